// Limits that compose, on the real worker: an event is filled to the brim, and then it is paused with the longest message
// there can be.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, type Event, now } from "./harness/calls.ts";
import { Signer } from "./harness/emergency.ts";
import { Runtime } from "./harness/runtime.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";

/** The longest message, in bytes of JSON. */
const MESSAGE_BYTES_MAX = 8_192;

/** The locales of a message, at most 64. */
const LOCALES = ["en", ...Array.from({ length: 63 }, (_, place) => `l${letter(place >> 3)}${letter(place & 7)}`)];

let worker: Runtime;
const signer = new Signer();

before(async () => { worker = await Runtime.start("limits"); });
after(() => worker.end());

function letter(place: number): string {
  return String.fromCharCode(97 + place);
}

/** A text in every locale: `chars` characters that take six bytes each. */
function texts(chars: number, begin = ""): Record<string, string> {
  return Object.fromEntries(LOCALES.map((locale) => [locale, begin + "\u0001".repeat(chars)]));
}

/** The longest message: filled up to the last byte. */
function longest(): Record<string, string> {
  const message = texts(19);
  message["en"] += "x".repeat(MESSAGE_BYTES_MAX - JSON.stringify(message).length);
  return message;
}

/** Schedules announcements until one is refused; returns that answer, and how many were accepted. */
async function fill(event: Event) {
  const begins = await now(worker);
  for (let count = 0; ; count++) {
    const message = texts(3, `${count} `);
    const answer = await event.send({ command: "announce", message, at: begins + 3_600_000 * (count + 1) });
    if (answer.status !== 200) return { answer, count };
  }
}

/** Checks that a viewer, the time and the state show the pause with `message`. */
async function assertDelivered(event: Event, viewer: Viewer, rev: number, message: Record<string, string>): Promise<void> {
  await viewer.has(rev);
  const { timeline, messages } = viewer.last;
  assert.equal(timeline.at(-1)!.rate, 0);
  assert.ok(messages.some(({ text }) => JSON.stringify(text) === JSON.stringify(sorted(message))), "in every locale");
  const time = await until(() => event.time(), (time) => time.message === message["en"], "the message of the pause");
  assert.deepEqual([time.rev, time.status], [rev, "paused"]);
}

function sorted(message: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(message).sort(([one], [other]) => (one < other ? -1 : 1)));
}

test("an event filled to the brim is paused with the longest message, and its viewers have it", async () => {
  const event = await begun(worker, "brim", 60_000, { title: "\u0001".repeat(100), origins: ["https://gala.example"] });
  const viewer = await Viewer.join(worker, event.name);
  const { answer: refused, count } = await fill(event);
  assert.ok(count >= 3, `${count} announcements`);
  const { problem } = refused;
  assert.deepEqual([refused.status, problem.code, problem.limit], [409, "state-too-large", 23_552]);
  assert.ok(Number(problem.bytes) > 23_552 && problem.detail.includes(`${problem.bytes} bytes`), problem.detail);
  assert.match(problem.detail, /at most 23552 fit, so that a pause always does; .*leave locales out, or "clear"/);

  // Nothing else fills the reserve either.
  const origins = Array.from({ length: 20 }, (_, place) => `https://${"o".repeat(150)}${place}.example`);
  assert.equal((await event.put({ origins })).problem.code, "state-too-large");
  const { rev } = await event.state();

  const message = longest();
  const pause = { command: "pause", id: "the-pause", message, severity: "critical", reason: "\u0001".repeat(500), actor: "\u0001".repeat(100) };
  const paused = await event.send(pause);
  assert.deepEqual([paused.status, paused.body?.rev], [200, rev + 1], paused.text.slice(0, 300));
  await assertDelivered(event, viewer, rev + 1, message);
  assert.equal((await event.send(pause)).text, paused.text, "a repetition gets the first answer");
  assert.equal((await event.log())[0]!.body["id"], "the-pause");

  // And again, and on: nothing that acts at once is refused.
  const again = await event.command("pause", { message: { ...message, en: "again" } });
  await assertDelivered(event, viewer, again.rev, { ...message, en: "again" });
  const resumed = await event.command("resume", { reason: "\u0001".repeat(500) });
  await viewer.has(resumed.rev);
  await event.reaches(resumed.effectiveAt);
  assert.equal((await event.time()).status, "running");
  viewer.end();
});

test("a message over 8 KiB is refused with its size, also for a pause", async () => {
  const event = await begun(worker, "long", 60_000);
  const message = longest();
  message["en"] += "x";
  for (const command of ["announce", "pause", "end"]) {
    const { status, problem } = await event.send({ command, message });
    assert.deepEqual([status, problem.code, problem.pointer], [422, "invalid-field", "/message"]);
    assert.match(problem.detail, /8193 bytes of JSON in 64 locales, at most 8192 fit; shorten the texts, or leave locales out/);
  }
  assert.equal((await event.time()).status, "running");
});

test("a pause with the longest message can be signed for an event that is full, and is delivered", async () => {
  const event = await begun(worker, "signed", 60_000, signer.channel());
  const viewer = await Viewer.join(worker, event.name);
  await fill(event);
  const known = await event.state();
  await viewer.has(known.rev);
  const message = longest();
  const signedAt = await now(worker);
  const said = [...known.messages, { from: signedAt + 500, text: message, severity: "critical" }].sort((one, other) => one.from - other.from);
  const document = signer.pause(known, signedAt, "", { messages: said });
  const answer = await call<any>(worker, "POST", `${event.path}/emergency`, { body: document });
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  await assertDelivered(event, viewer, known.rev + 1, message);
  viewer.end();
});

test("a signed revision is at most a thousand above the event's, and none wraps", async () => {
  const event = await begun(worker, "absurd", 60_000, signer.channel());
  const known = await event.state();
  for (const rev of ["1002", "4294967296", "1099511627776", "9007199254740993", "18446744073709551615"]) {
    const { state } = signer.pause(known, await now(worker));
    const document = signer.sign(state.replace(/"rev":\d+/, `"rev":${rev}`));
    const { status, problem } = await call<any>(worker, "POST", `${event.path}/emergency`, { body: document });
    assert.deepEqual([status, problem.code, problem.pointer], [422, "invalid-field", "/state/rev"], rev);
    assert.match(problem.detail, /more than 1000 above/);
  }
  assert.equal((await event.state()).rev, 1);
  const document = signer.pause(known, await now(worker), "Back soon", { rev: 1_001 });
  assert.equal((await call(worker, "POST", `${event.path}/emergency`, { body: document })).status, 200);
  assert.equal((await event.command("resume")).rev, 1_002);
  assert.deepEqual((await event.log()).map(({ rev }) => rev), [1_002, 1_001, 1]);
});
