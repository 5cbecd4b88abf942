// States that claim to be signed in an emergency: anyone may send them, so nothing but the signature may count.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call } from "../edge/harness/calls.ts";
import { Signer } from "../edge/harness/emergency.ts";
import { Show } from "./harness/show.ts";
import { Workerd } from "./harness/workerd.ts";

let runtime: Workerd;
let show: Show;
const owner = new Signer();
const stranger = new Signer();
before(async () => {
  runtime = await Workerd.start("signed");
  show = await Show.begin(runtime, "gala", owner.channel());
});
after(async () => {
  show?.end();
  await runtime?.kill();
});

/** Posts a document as a page of any site may. */
function post(event: string, body: unknown) {
  const headers = { "x-downbeat-emergency-key": stranger.key, origin: "https://evil.example" };
  return call(runtime, "POST", `/v1/events/${event}/emergency`, { body, headers });
}

test("a forged signed state changes nothing", () =>
  show.attacked("forged signed states", async (tried) => {
    const known = await show.event.state();
    const now = known.serverTime;
    const real = owner.pause(known, now - 1_000, "old", { rev: 1 });
    const forged: Record<string, unknown> = {
      "by a stranger": stranger.pause(known, now),
      "without a signature": { state: real.state },
      "with a signature of nothing": { ...real, signature: "A".repeat(86) },
      "with one bit changed": { ...real, signature: real.signature.replace(/^./, (letter) => (letter === "A" ? "B" : "A")) },
      "with the text changed": { ...real, state: real.state.replace('"old"', '"new"') },
      "of another event": owner.pause({ ...known, event: "other" }, now),
      "of a past life": owner.pause({ ...known, epoch: "longago1" }, now),
      "of an old revision": real,
      "signed for another purpose": { state: real.state, signature: owner.sign(`x${real.state}`).signature },
      "of a negative revision": owner.pause(known, now, "x", { rev: -1 }),
      "of a revision that is no number": owner.pause(known, now, "x", { rev: "9" }),
      "with a timeline of nothing": owner.pause(known, now, "x", { timeline: [] }),
      "with thousands of segments": { state: JSON.stringify({ timeline: Array(5_000).fill(0) }), signature: real.signature },
      "that is no document": [real],
    };
    for (const [what, document] of Object.entries(forged)) {
      const answer = await post("gala", document);
      tried();
      assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text}`);
    }
    // A thousand of them, as fast as one machine sends them, hold no command back.
    const flood = stranger.pause(known, now);
    const statuses = await Promise.all(Array.from({ length: 300 }, async () => (await post("gala", flood)).status));
    tried(statuses.length);
    assert.ok(statuses.every((status) => status === 403 || status === 422 || status === 409 || status === 429), `${[...new Set(statuses)]}`);
  }));

test("a signed state that was delivered once does nothing when it is delivered again, and a later command stands", async () => {
  const other = await Show.begin(runtime, "again", owner.channel());
  try {
    const known = await other.event.state();
    const document = owner.pause(known, known.serverTime);
    assert.equal((await post("again", document)).status, 200);
    const resumed = await other.event.command("resume");
    const again = await post("again", document);
    assert.ok(again.status === 200 || again.status === 409, again.text);
    const { rev, status } = await other.event.reaches(resumed.effectiveAt);
    assert.deepEqual([rev, status], [resumed.rev, "running"], "an old signature pauses nobody");
  } finally {
    other.end();
  }
});

test("a signed state of an absurd revision is refused", async () => {
  const other = await Show.begin(runtime, "absurd", owner.channel());
  try {
    const known = await other.event.state();
    for (const rev of [2 ** 53 - 1, 1e15, known.rev + 5_000]) {
      const answer = await post("absurd", owner.pause(known, known.serverTime, "x", { rev }));
      assert.ok(answer.status >= 400 && answer.status < 500, `${rev}: ${answer.status}`);
    }
    await other.pause();
  } finally {
    other.end();
  }
});
