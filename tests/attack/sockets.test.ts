// Sockets that do what no viewer does. They may lose their own connection; nobody else may notice.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { deflateRawSync } from "node:zlib";
import { after, before, test } from "node:test";
import { call } from "../edge/harness/calls.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { turn } from "../edge/harness/until.ts";
import { Viewer } from "../edge/harness/viewer.ts";
import type { Audience } from "../edge/harness/wire.ts";
import { frame, hungUp, upgrade } from "./harness/raw.ts";
import { Show } from "./harness/show.ts";
import { Workerd } from "./harness/workerd.ts";

let runtime: Workerd;
let show: Show;
before(async () => {
  runtime = await Workerd.start("sockets");
  show = await Show.begin(runtime, "gala", { hubs: 2 });
});
after(async () => {
  show?.end();
  await runtime?.kill();
});

const MIB = 1_048_576;
const LIVE = "/v1/events/gala/live";
const [CONTINUED, TEXT, BYTES, CLOSE, PING] = [0x80, 0x81, 0x82, 0x88, 0x89];

async function audience(): Promise<Audience> {
  return (await call<Audience>(runtime, "GET", "/v1/events/gala/audience", { token: TOKENS.all })).body;
}

/** Opens a socket by hand, which must succeed sooner or later: strangers are refused while a broadcast is due. */
async function open(more = ""): Promise<Socket> {
  for (;;) {
    const socket = await upgrade(runtime.port, LIVE, more);
    if (socket !== undefined) return socket;
  }
}

test("frames that the protocol does not allow end the socket they came through", () =>
  show.attacked("malformed frames", async (tried) => {
    const text = Buffer.from("hello");
    const wrong: Record<string, Buffer> = {
      "a text that is none of ours": frame(TEXT, text),
      "bytes": frame(BYTES, text),
      "a text that is no UTF-8": frame(TEXT, Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80])),
      "a frame without a mask": frame(TEXT, text, false),
      "reserved bits": frame(0xf1, text),
      "an unknown opcode": frame(0x83, text),
      "a continuation of nothing": frame(CONTINUED, text),
      "a close with an invalid code": frame(CLOSE, Buffer.from([0, 1])),
      "a close of one byte": frame(CLOSE, Buffer.from([3])),
      "a length of 2^63": Buffer.from([TEXT, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1]),
      "an HTTP request": Buffer.from("GET /time HTTP/1.1\r\nHost: x\r\n\r\n".repeat(40)),
    };
    await Promise.all(Object.entries(wrong).map(async ([what, bytes]) => {
      const socket = await open();
      socket.write(bytes);
      tried();
      await hungUp(socket, what);
    }));
  }));

test("messages of many megabytes end the socket they came through, also in pieces, and memory comes back", () =>
  show.attacked("oversized frames", async (tried) => {
    const large = Buffer.alloc(31 * MIB, "x");
    for (const first of [TEXT, BYTES]) {
      const socket = await open();
      socket.write(frame(first, large));
      tried();
      await hungUp(socket);
    }
    const pieces = await open();
    pieces.write(frame(0x01, Buffer.alloc(MIB, "x")));
    for (let index = 0; index < 30; index++) pieces.write(frame(0x00, Buffer.alloc(MIB, "x")));
    pieces.write(frame(CONTINUED, Buffer.from("x")));
    tried();
    await hungUp(pieces);
  }));

test("a compressed message is not unpacked to megabytes", () =>
  show.attacked("compressed frames", async (tried) => {
    const bomb = deflateRawSync(Buffer.alloc(200 * MIB, "x"));
    const before = runtime.memory;
    const socket = await open("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
    socket.write(frame(0xc1, bomb));
    tried();
    await hungUp(socket);
    assert.ok(runtime.memory - before < 100 * MIB, `memory grew by ${Math.round((runtime.memory - before) / MIB)} MiB`);
  }));

test("viewers who read nothing hold nobody back", () =>
  show.attacked("slow readers", async (tried) => {
    const slow = await Promise.all(Array.from({ length: 40 }, () => open()));
    slow.forEach((socket) => (socket.pause(), tried()));
    for (let index = 0; index < 20; index++) await show.command("announce", { message: `${index} ${"x".repeat(450)}` });
    await show.pause();
    slow.forEach((socket) => socket.destroy());
  }));

test("a viewer who acknowledges what it was never asked for counts for nothing", () =>
  show.attacked("lying acks", async (tried) => {
    const liars = await Promise.all(Array.from({ length: 4 }, () => Viewer.joinAtLast(runtime, "gala")));
    for (let round = 0; round < 12; round++) {
      for (const liar of liars) {
        if (liar.closed !== undefined) continue;
        for (const rev of [liar.last.rev, liar.last.rev + 1, 2 ** 53 - 1, 0]) {
          for (const appliedAt of [0, Number.MAX_SAFE_INTEGER, -1]) {
            liar.send(JSON.stringify({ type: "ack", rev, appliedAt }));
            tried();
          }
        }
      }
      await show.command("clear");
      const { acks } = await audience();
      assert.ok(acks === null || acks.applied <= acks.asked, JSON.stringify(acks));
    }
    liars.forEach((liar) => liar.end());
  }));

test("strangers who join and leave as fast as they can do not keep a pause from anybody", () =>
  show.attacked("churn", async (tried) => {
    const until = Date.now() + 4_000;
    await Promise.all(Array.from({ length: 60 }, async () => {
      while (Date.now() < until) {
        (await upgrade(runtime.port, LIVE))?.destroy();
        tried();
      }
    }));
  }));

test("a socket that floods is closed, and the acks of others are counted", () =>
  show.attacked("a flood of frames", async (tried) => {
    const flooding = await open();
    const ack = frame(TEXT, Buffer.from('{"type":"ack","rev":1,"appliedAt":1}'));
    const burst = Buffer.concat(Array.from({ length: 500 }, () => ack));
    let closed = false;
    const over = hungUp(flooding).then(() => void (closed = true));
    for (let round = 0; round < 100 && !closed; round++) {
      flooding.write(burst);
      tried(500);
      await turn();
    }
    await over;
  }));

test("sockets that ping without pause take nothing from others", () =>
  show.attacked("a flood of pings", async (tried) => {
    const sockets = await Promise.all(Array.from({ length: 4 }, () => open()));
    const burst = Buffer.concat(Array.from({ length: 400 }, (_, index) => frame(index % 2 ? PING : TEXT, Buffer.from("p"))));
    sockets.forEach((socket) => socket.on("error", () => {}).resume());
    for (let round = 0; round < 15; round++) {
      for (const socket of sockets) {
        if (!socket.destroyed) socket.write(burst);
        tried(400);
      }
      await show.pause();
    }
    sockets.forEach((socket) => socket.destroy());
  }));
