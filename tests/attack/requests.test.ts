// Requests as no client sends them: two in one, paths that lead elsewhere, bodies and headers that cost more to read than
// to send.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { call, now } from "../edge/harness/calls.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { send } from "./harness/raw.ts";
import { Show } from "./harness/show.ts";
import { Workerd } from "./harness/workerd.ts";

let runtime: Workerd;
let show: Show;
before(async () => {
  runtime = await Workerd.start("requests");
  show = await Show.begin(runtime, "gala");
});
after(async () => {
  show?.end();
  await runtime?.kill();
});

const MIB = 1_048_576;
const END = JSON.stringify({ command: "end", id: "smuggled" });
/** The command an attacker wants in: with a valid token, so that nothing but the framing keeps it out. */
const HIDDEN = `POST /v1/events/gala/commands HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.all}\r\nContent-Length: ${END.length}\r\n\r\n${END}`;

test("a request hidden in the body of another is not carried out", () =>
  show.attacked("smuggled requests", async (tried) => {
    const chunk = `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`;
    // Each whole request has the hidden one as its body, whichever of its headers is believed.
    const heads: Record<string, [head: string, body: string]> = {
      "a body of a GET": [`Content-Length: ${HIDDEN.length}`, HIDDEN],
      "a chunked body of a GET": ["Transfer-Encoding: chunked", chunk],
      "chunked, in other letters": ["tRANSFER-eNCODING: CHUNKED", chunk],
      "chunked, then a length": [`Transfer-Encoding: chunked\r\nContent-Length: ${chunk.length}`, chunk],
      "a length, then chunked": [`Content-Length: ${chunk.length}\r\nTransfer-Encoding: chunked`, chunk],
      "two equal lengths": [`Content-Length: ${HIDDEN.length}\r\nContent-Length: ${HIDDEN.length}`, HIDDEN],
    };
    const lines = ["GET /time", "POST /time", "GET /v1/events/gala/status", "POST /v1/events/gala/emergency"];
    for (const [what, [head, body]] of Object.entries(heads)) {
      await Promise.all(lines.map(async (line) => {
        const came = await send(runtime.port, `${line} HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${body}`);
        tried();
        assert.ok(came.statuses.length <= 1 || came.statuses.slice(1).every((status) => status === 400), `${what}: ${came.statuses}`);
      }));
    }
  }));

test("framing that two servers would read differently is refused, or ends the connection", () =>
  show.attacked("ambiguous framing", async (tried) => {
    const ambiguous = [
      "Content-Length: 0\r\nContent-Length: 5", "Content-Length: +5", "Content-Length: 5, 5", "Content-Length: 0x5", "Content-Length: -1",
      "Content-Length: 99999999999999999999", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity",
      "Transfer-Encoding : chunked", "Transfer-Encoding:\x0bchunked", "X: y\nTransfer-Encoding: chunked", " folded: x", "Bad\x00Name: x",
    ];
    await Promise.all(ambiguous.map(async (head) => {
      const came = await send(runtime.port, `POST /v1/events/gala/emergency HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n{"a":GET /v1/events/gala/log HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.all}\r\n\r\n`);
      tried();
      assert.ok(!came.text.includes('"entries"'), `${JSON.stringify(head)}: the log came`);
    }));
    for (const bytes of ["\x16\x03\x01\x02\x00\x01\x00", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0".repeat(5_000), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]) {
      const came = await send(runtime.port, bytes);
      tried();
      assert.ok(came.statuses.every((status) => status >= 400), `${JSON.stringify(bytes)}: ${came.statuses}`);
    }
    // One token in each of two headers: neither may pick the other's.
    const two = await send(runtime.port, `GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.stranger}\r\nAuthorization: Bearer ${TOKENS.all}\r\n\r\n`);
    assert.deepEqual(two.statuses, [401]);
  }));

test("a path has one spelling, and leads nowhere else", () =>
  show.attacked("paths", async (tried) => {
    const paths = [
      "/v1/events/gala/../gala/log", "/v1/events/gala/%2e%2e/gala/log", "/v1/events/gala/%252e%252e/log", "//v1/events/gala/log",
      "/v1//events/gala/log", "/v1/events/gala%2flog", "/v1/events/gala%00/log", "/v1/events/gala\0/log", "/v1/events/gala;x/log", "/v1/events\\gala\\log",
      "/V1/events/gala/log", "/v1/events/GALA/log", "/v1/events/gala/log/", "/v1/events/gala/log%20", "/v1/events/gala/log%3flimit=1",
      "/time/../v1/events", "/console/../v1/events", "/v1/events/gala/rundowns/../../../secrets.env", "/v1/events/gala/rundowns/..%2f..%2fstate",
      "/./v1/events", "/v1/events/%67ala/log", `/v1/events/${"x".repeat(20_000)}/log`, "/%ff%fe", "/v1/events/gala/live/../log",
    ];
    await Promise.all(paths.map(async (path) => {
      for (const head of ["", `Authorization: Bearer ${TOKENS.expired}\r\n`]) {
        const came = await send(runtime.port, `GET ${path} HTTP/1.1\r\nHost: x\r\n${head}\r\n`);
        tried();
        assert.ok(came.statuses.every((status) => status >= 400), `${path}: ${came.statuses} ${came.text.slice(0, 200)}`);
        assert.ok(!/"entries"|"events":\[/.test(came.text), path);
      }
    }));
    const absolute = await send(runtime.port, "GET http://elsewhere.example/v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.ok(absolute.statuses.every((status) => status >= 400));
  }));

test("JSON that is deep, huge, doubled or no text is refused even from an operator, and costs little", () =>
  show.attacked("bodies that hurt", async (tried) => {
    const bodies: (string | Uint8Array)[] = [
      "[".repeat(MIB - 1), '{"a":'.repeat(150_000), `${'{"command":"pause","id":"x","a":'}${"[".repeat(500_000)}`,
      '{"command":"seek","id":"x","position":1e308}', '{"command":"seek","id":"x","position":-0.5}', `{"command":"seek","id":"x","position":${"9".repeat(100_000)}}`,
      '{"command":"seek","id":"x","position":9007199254740993}', '{"command":"rate","id":"x","rate":NaN}', '{"command":"rate","id":"x","rate":1e-400}',
      '{"command":"reschedule","id":"x","startsAt":9223372036854775807}', '{"command":"pause","id":"x","at":-9223372036854775808}',
      '{"command":"announce","id":"x","message":"\\ud800"}', new Uint8Array([...Buffer.from('{"command":"announce","id":"x","message":"'), 0xc0, 0xaf, 0x22, 0x7d]),
      '\ufeff{"command":"end","id":"x"}', '{"command":"end","id":"\u0000"}', '{"command":"end","id":"../x"}', `{"command":"end","id":"${"x".repeat(10_000)}"}`,
      '{"__proto__":{"command":"end","id":"x"}}', '{"constructor":{"prototype":{"command":"end"}},"id":"x"}',
      `{"command":"announce","id":"x","message":${JSON.stringify("a".repeat(900_000))}}`, `{"command":"announce","id":"x","message":{${Array.from({ length: 20_000 }, (_, index) => `"l${index}":"x"`)}}}`,
    ];
    for (const body of bodies) {
      for (const [method, path] of [["POST", "/v1/events/gala/commands"], ["PUT", "/v1/events/gala"], ["POST", "/v1/events/gala/emergency"]] as const) {
        const answer = await call(runtime, method, path, { token: TOKENS.all, body });
        tried();
        // A configuration without any field that is known changes nothing.
        const harmless = method === "PUT" && answer.status === 200;
        assert.ok(harmless || (answer.status >= 400 && answer.status < 500), `${method} ${String(body).slice(0, 60)}: ${answer.status} ${answer.text.slice(0, 200)}`);
      }
    }
  }));

test("a compressed body is not unpacked, and one without an end is not waited for", () =>
  show.attacked("bombs", async (tried) => {
    const bomb = gzipSync(Buffer.alloc(200 * MIB));
    const before = runtime.memory;
    for (const encoding of ["gzip", "deflate", "br", "gzip, gzip"]) {
      for (const token of [TOKENS.all, TOKENS.stranger]) {
        const answer = await call(runtime, "POST", "/v1/events/gala/commands", { token, body: bomb, headers: { "content-encoding": encoding } });
        tried();
        assert.ok(answer.status >= 400 && answer.status < 500, `${encoding}: ${answer.status}`);
      }
    }
    const grown = runtime.memory - before;
    assert.ok(grown < 150 * MIB, `memory grew by ${Math.round(grown / MIB)} MiB`);
    const endless = await send(runtime.port, `POST /v1/events/gala/commands HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n${"x".repeat(65_536)}`);
    tried();
    assert.deepEqual(endless.statuses, [401], "refused without reading on");
  }));

test("headers that never end are cut off", () =>
  show.attacked("header bombs", async (tried) => {
    const bombs = [`X: ${"y".repeat(5 * MIB)}`, Array.from({ length: 60_000 }, (_, index) => `X-${index}: y`).join("\r\n"), `Authorization: Bearer ${"dbt_".repeat(300_000)}`, `Cookie: ${"a=b; ".repeat(400_000)}`];
    for (const head of bombs) {
      const came = await send(runtime.port, `GET /v1/events HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n`);
      tried();
      assert.ok(came.statuses.every((status) => status >= 400), `${head.slice(0, 20)}: ${came.statuses}`);
    }
  }));

test("three hundred connections that send a byte now and then keep nobody waiting", () =>
  show.attacked("slow requests", async (tried) => {
    const slow: Socket[] = [];
    const head = `POST /v1/events/gala/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nX: `;
    while (slow.length < 300) {
      const socket = connect(runtime.port, "127.0.0.1");
      socket.on("error", () => {});
      slow.push(socket);
      tried();
    }
    for (let round = 0; round < head.length; round += 8) {
      for (const socket of slow) socket.write(head.slice(round, round + 8));
      await now(runtime);
      await show.pause();
    }
    slow.forEach((socket) => socket.destroy());
  }));
