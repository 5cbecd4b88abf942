// Who makes rooms: nobody unless the server says so, operators, or everyone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createHmac } from "node:crypto";
import { call } from "./harness/calls.ts";
import { Room } from "./harness/room.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";

const SECRET = "north-by-northwest";
const URLS = "turn:turn.example.com:3478,turns:turn.example.com:5349";

let off: Runtime;
let operators: Runtime;
before(async () => {
  off = await Runtime.start("rooms-off");
  const variables = { ROOMS: "operators", TURN_SECRET: SECRET, TURN_URLS: URLS, ICE_SERVERS: '[{"urls":"stun:stun.example.com"}]' };
  operators = await Runtime.start("rooms-operators", { variables });
});
after(() => Promise.all([off.end(), operators.end()]));

test("a server makes no rooms unless it is told to", async () => {
  for (const token of [undefined, TOKENS.all]) {
    const refused = await call(off, "POST", "/v1/rooms", { body: {}, ...(token === undefined ? {} : { token }) });
    assert.deepEqual([refused.status, refused.problem.code], [403, "rooms-off"]);
  }
});

test("where operators make rooms, it takes a token with the scope for it", async () => {
  const refusals = [];
  for (const token of [undefined, TOKENS.stranger, TOKENS.operator, TOKENS.gala]) {
    refusals.push((await call(operators, "POST", "/v1/rooms", { body: {}, ...(token === undefined ? {} : { token }) })).status);
  }
  assert.deepEqual(refusals, [401, 401, 403, 403]);
  const room = await Room.make(operators, {}, TOKENS.all);
  assert.match(room.name, /^r-[a-z2-7]{16}$/);
  for (const text of Object.values(room.invitations)) assert.match(text, /^dbi_[\w-]{22}$/);
});

test("a room that was made with a token has a relay, with a credential for an hour", async () => {
  const room = await Room.make(operators, {}, TOKENS.all);
  const { iceServers } = (await room.call("GET", "/ice", room.invitations.view)).body;
  assert.deepEqual(iceServers[0], { urls: "stun:stun.example.com" });
  const { urls, username, credential } = iceServers[1];
  assert.deepEqual(urls, URLS.split(","));
  const [expiry] = username.split(":");
  assert.ok(Math.abs(Number(expiry) - Date.now() / 1_000 - 3_600) < 60, username);
  assert.equal(credential, createHmac("sha1", SECRET).update(username).digest("base64"));
});
