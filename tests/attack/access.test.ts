// Who gets in: nobody without a token of this event, that is valid now, with the right scope; and no page of another site.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Asked, call } from "../edge/harness/calls.ts";
import { rundownAt } from "../edge/harness/rundowns.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { Viewer } from "../edge/harness/viewer.ts";
import { Show } from "./harness/show.ts";
import { Workerd } from "./harness/workerd.ts";

let runtime: Workerd;
let show: Show;
before(async () => {
  runtime = await Workerd.start("access");
  show = await Show.begin(runtime, "gala", { origins: ["https://gala.example"] });
});
after(async () => {
  show?.end();
  await runtime?.kill();
});

const rundown = rundownAt(1);
/** Everything that takes a token. */
const CALLS: [method: string, path: string, body?: unknown][] = [
  ["PUT", "/v1/events/gala", { title: "mine" }],
  ["PUT", "/v1/events/new-one", { startsAt: 1_704_067_200_000 }],
  ["POST", "/v1/events/gala/commands", { command: "end", id: "attack" }],
  ["POST", "/v1/events/gala/commands?dryRun", { command: "end", id: "attack" }],
  ["PUT", `/v1/events/gala/rundowns/${rundown.digest}.json`, rundown.bytes],
  ["DELETE", `/v1/events/gala/rundowns/${rundown.digest}.json`],
  ["DELETE", "/v1/events/gala"],
  ["GET", "/v1/events/gala/rundowns"],
  ["GET", `/v1/events/gala/rundowns/${rundown.digest}/notes`],
  ["PUT", `/v1/events/gala/rundowns/${rundown.digest}/notes`, { cues: [{ cue: "flash@1", note: "mine" }] }],
  ["GET", "/v1/events/gala/log"],
  ["GET", "/v1/events/gala/audience"],
  ["GET", "/v1/events/gala/audience/history"],
  ["GET", "/v1/events/gala/metrics"],
  ["GET", "/v1/events"],
  ["GET", "/v1/token"],
  ["GET", "/v1/tokens"],
  ["POST", "/v1/tokens", { id: "mine", scopes: ["admin"] }],
];

/** Ways to show what is no token. */
const SHOWN: Record<string, Asked> = {
  "nothing": {},
  "a token nobody made": { token: TOKENS.stranger },
  "a known id with another secret": { token: TOKENS.stranger.replace("stranger", "all") },
  "an expired token": { token: TOKENS.expired },
  "a token without its last character": { token: TOKENS.all.slice(0, -1) },
  "a token and one more character": { token: `${TOKENS.all}0` },
  "a token in capitals": { token: TOKENS.all.toUpperCase() },
  "the hash of a token": { token: `dbt_all_${"0".repeat(64)}` },
  "two tokens": { headers: { authorization: `Bearer ${TOKENS.stranger}, Bearer ${TOKENS.all}` } },
  "a token as Basic": { headers: { authorization: `Basic ${Buffer.from(`all:${TOKENS.all}`).toString("base64")}` } },
  "a token in a cookie": { headers: { cookie: `token=${TOKENS.all}; authorization=Bearer ${TOKENS.all}` } },
  "headers that objects and proxies use": {
    headers: {
      "x-downbeat-token": "all", "x-downbeat-emergency-key": "A".repeat(43), "x-downbeat-hub": "0", "cf-worker": "downbeat",
      "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "x-original-url": "/v1/events", "x-rewrite-url": "/v1/events",
    },
  },
  "another method in a header": { headers: { "x-http-method-override": "POST", "x-method-override": "PUT" } },
};

/** Calls one of `CALLS`. */
const make = ([method, path, body]: (typeof CALLS)[number], asked: Asked) =>
  call(runtime, method, path, { ...asked, ...(body === undefined ? {} : { body }) });

test("no token, or what is none: nothing is read and nothing changes", () =>
  show.attacked("no token, or a wrong, expired or misplaced one", async (tried) => {
    for (const [what, asked] of Object.entries(SHOWN)) {
      for (const one of CALLS) {
        const answer = await make(one, asked);
        tried();
        assert.ok([401, 403, 404, 405, 429].includes(answer.status), `${what}: ${one[0]} ${one[1]}: ${answer.status} ${answer.text}`);
        for (const secret of Object.values(TOKENS)) assert.ok(!answer.text.includes(secret.slice(-16)), "a token is not repeated");
      }
    }
    for (const path of [`/v1/events/gala/log?token=${TOKENS.all}`, `/v1/events?access_token=${TOKENS.all}`]) {
      assert.ok([401, 429].includes((await call(runtime, "GET", path)).status), "a token in the query is none");
      tried();
    }
  }));

test("each scope allows what it says, and nothing else", () =>
  show.attacked("a valid token without the scope", async (tried) => {
    const allowed = { operator: /^PUT \/v1\/events\/[a-z-]+$|^POST .*commands/, publisher: /^(PUT|DELETE) .*rundowns/, reader: /^GET/ };
    for (const [who, may] of Object.entries(allowed)) {
      for (const one of CALLS) {
        if (may.test(`${one[0]} ${one[1]}`) || one[1] === "/v1/token") continue;
        const answer = await make(one, { token: TOKENS[who as keyof typeof allowed] });
        tried();
        assert.ok([403, 404, 405].includes(answer.status), `${who}: ${one[0]} ${one[1]}: ${answer.status} ${answer.text}`);
      }
    }
  }));

test("a command that was overheard applies once, however often it is sent, and its id serves no other", () =>
  show.attacked("a replayed command", async (tried) => {
    const id = "overheard";
    const rev = await show.command("announce", { message: "Hello", id });
    for (let index = 0; index < 20; index++) {
      const again = await show.event.send({ command: "announce", message: "Hello", id });
      assert.deepEqual([again.status, again.body.rev], [200, rev], again.text);
      const other = await show.event.send({ command: "end", id });
      assert.equal(other.status, 409, other.text);
      tried(2);
    }
  }));

test("a token that is right up to its end takes as long to refuse as one that is wrong from the beginning", () =>
  show.attacked("the time that refusing takes", async (tried) => {
    const [head, secret] = [TOKENS.all.slice(0, 8), TOKENS.all.slice(8)];
    const flip = (letter: string) => (letter === "0" ? "1" : "0");
    const early = head + flip(secret[0]!) + secret.slice(1);
    const late = head + secret.slice(0, -1) + flip(secret.at(-1)!);
    const times: { token: string; took: number }[] = [];
    const rounds = 300;
    for (let index = 0; index < rounds; index++) {
      for (const token of index % 2 ? [early, late] : [late, early]) {
        const asked = performance.now();
        const { status } = await call(runtime, "GET", "/v1/token", { token });
        times.push({ token, took: performance.now() - asked });
        assert.ok(status === 401 || status === 429, `${status}`);
        tried();
      }
    }
    // How often a late one took longer than an early one. By chance it is a half, with a standard deviation of 0.024.
    times.sort((a, b) => a.took - b.took);
    let [earlier, wins] = [0, 0];
    for (const { token } of times) {
      if (token === early) earlier++;
      else wins += earlier;
    }
    const share = wins / rounds ** 2;
    assert.ok(Math.abs(share - 0.5) < 0.15, `in ${share} of all comparisons the later mistake took longer`);
  }));

test("no page of another site sends an operator's call or reads its answer", () =>
  show.attacked("another site's page", async (tried) => {
    for (const origin of ["https://evil.example", "null", "https://gala.example.evil.example", runtime.url]) {
      for (const [method, path] of CALLS) {
        const asked = { headers: { origin, "access-control-request-method": method, "access-control-request-headers": "authorization" } };
        const preflight = await call(runtime, "OPTIONS", path, asked);
        tried();
        const allow = (name: string) => preflight.headers.get(`access-control-allow-${name}`);
        assert.equal(allow("headers"), null, `${method} ${path}: no page may send a token`);
        assert.equal(allow("credentials"), null);
        assert.ok(!/PUT|DELETE/.test(allow("methods") ?? ""), `${path}: ${allow("methods")}`);
        if (method !== "GET") continue;
        const answer = await call(runtime, method, path, { token: TOKENS.all, headers: { origin } });
        if (answer.status === 200) assert.equal(answer.headers.get("access-control-allow-origin"), null, path);
      }
    }
  }));

test("only pages of the event's own sites open sockets", () =>
  show.attacked("sockets from other sites", async (tried) => {
    const origins = [
      "https://evil.example", "null", "https://gala.example.evil.example", "https://evil.example/https://gala.example",
      "http://gala.example", "https://gala.example:444", "https://gala.example@evil.example", "https://GALA.example.evil",
      "https://gala.example,https://evil.example", "https://gala.example https://evil.example", "file://",
    ];
    for (const origin of origins) {
      await assert.rejects(Viewer.join(runtime, "gala", { origin }), /403/, origin);
      tried();
    }
    (await Viewer.join(runtime, "gala", { origin: "https://gala.example" })).end();
  }));
