// Rooms in the real runtime: who is let in, who may do what, and that everyone learns of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call } from "./harness/calls.ts";
import { fixture, Member, Room } from "./harness/room.ts";
import { Runtime } from "./harness/runtime.ts";
import { shapeOf } from "./harness/shape.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";

let runtime: Runtime;
/** Rooms are made with a token here: how many an address may make without one is tested below. */
const make = (settings: Record<string, unknown> = {}) => Room.make(runtime, settings, TOKENS.all);

before(async () => void (runtime = await Runtime.start("rooms", { variables: { ROOMS: "open" } })));
after(() => runtime.end());

test("a member's pause reaches three others, and its answer says which revision it made", async () => {
  const room = await make({ title: "Film night", content: "/clips/a.mp4" });
  const [ana, ...others] = await Promise.all(["Ana", "Boris", "Cleo", "Dan"].map((name) => room.join(room.invitations.control, name)));
  assert.equal(ana!.state.status, "paused", "a room starts held");
  assert.equal(ana!.state.room.content, "/clips/a.mp4");
  const resume = await ana!.command("resume");
  const pause = await ana!.command("pause");
  assert.equal(pause["rev"], resume["rev"] + 1);
  for (const member of others) {
    const state = await member.has(pause["rev"]);
    assert.equal(state.timeline.at(-1)!.rate, 0);
    assert.equal(state.timeline.at(-1)!.from, pause["effectiveAt"]);
    assert.equal(state.room.lastChange.actor, "Ana");
  }
  assert.equal((await room.state()).rev, pause["rev"], "what was announced is saved");
});

test("frames and bodies have the shape of the golden documents", async () => {
  const room = await make({ content: "https://cdn.example.com/film.mp4" });
  const ana = await room.controller("Ana");
  const boris = await room.join(room.invitations.view, "Boris");
  const { confirmed: _, ...state } = boris.welcome["state"];
  const shape = (document: any) => ({ ...(shapeOf(document) as object), state: "" });
  assert.deepEqual(shape(boris.welcome), shape(fixture("room-welcome")));
  const golden = fixture("room-state");
  assert.deepEqual(Object.keys(shapeOf(state) as object), Object.keys(shapeOf(golden) as object));
  assert.deepEqual(shapeOf({ event: room.name, invitations: room.invitations }), shapeOf(fixture("room-answer")));
  assert.deepEqual(shapeOf((await room.call("GET", "/audience", room.invitations.view)).body), shapeOf(fixture("room-audience")));
  assert.deepEqual(shapeOf(await ana.command("resume")), shapeOf(fixture("room-command-answer")));
  const stale = await ana.command("pause", { at: Date.now() - 3_000 });
  assert.deepEqual(shape(stale), shape(fixture("room-command-answer-stale")));
  const present = (name: string) => (frame: any) => frame.type === "presence" && frame.present?.some((one: any) => one.name === name);
  const { left: __, ...presence } = await ana.gets("Boris's presence", present("Boris"));
  const { left: ___, ...expected } = fixture("room-presence");
  assert.deepEqual(shapeOf(presence), shapeOf(expected));
});

test("a viewer's command is refused, with the state", async () => {
  const room = await make();
  const viewer = await room.join(room.invitations.view);
  const refused = await viewer.command("resume");
  assert.equal(refused.code, "not-allowed");
  assert.equal(refused["state"].rev, 1);
  assert.equal((await room.state()).rev, 1);
});

test("where everyone has the controls, a viewer has them", async () => {
  const room = await make({ controls: "everyone" });
  const viewer = await room.join(room.invitations.view);
  assert.equal((await viewer.command("resume"))["rev"], 2);
});

test("an action that was decided before the last one is refused as stale, with the state", async () => {
  const room = await make();
  const [ana, boris] = await Promise.all([room.controller("Ana"), room.controller("Boris")]);
  const decided = Date.now() - 1_000;
  const resume = await ana.command("resume");
  const refused = await boris.command("pause", { at: decided });
  assert.equal(refused.code, "stale-action");
  assert.equal(refused["state"].rev, resume["rev"]);
  assert.equal(refused["state"].room.lastChange.actor, "Ana");
});

test("the same id again changes nothing and gets the first answer, but not for another command", async () => {
  const room = await make();
  const ana = await room.controller("Ana");
  const first = await ana.command("seek", { id: "s-1", position: 61_000 });
  assert.deepEqual(await ana.command("seek", { id: "s-1", position: 61_000 }), first);
  assert.equal((await ana.command("seek", { id: "s-1", position: 62_000 })).code, "conflict");
  assert.equal((await room.state()).rev, first["rev"]);
});

test("content, rate and seek reach the others, and a wrong one is refused with its reason", async () => {
  const room = await make();
  const [ana, boris] = await Promise.all([room.controller("Ana"), room.controller("Boris")]);
  await ana.command("content", { content: "https://cdn.example.com/b.mp4" });
  await ana.command("seek", { position: 5_000 });
  const { rev } = await ana.command("rate", { rate: 1.5 });
  const state = await boris.has(rev);
  assert.equal(state.room.content, "https://cdn.example.com/b.mp4");
  assert.equal(state.timeline.at(-1)!.position, 5_000);
  assert.equal((await ana.command("content", { content: "javascript:alert(1)" })).code, "invalid-field");
  assert.equal((await ana.command("rate", { rate: 9 })).code, "invalid-field");
  assert.equal((await ana.command("end")).code, "unknown-command");
});

test("without a valid invitation a socket gets nothing but a refusal, and a call nothing at all", async () => {
  const room = await make();
  const other = await make();
  for (const invitation of [other.invitations.control, `dbi_${"A".repeat(22)}`, "dbi_", ""]) {
    const stranger = await room.join(invitation);
    assert.equal(stranger.refused, "invalid-invitation", invitation);
    assert.equal((await stranger.isClosed()).code, 1008);
    assert.equal(stranger.frames.length, 1);
  }
  const mute = await room.open();
  mute.send({ type: "command", id: "x", command: "pause" });
  assert.equal((await mute.isClosed()).code, 1008);
  assert.deepEqual(mute.frames.map(({ type }) => type), ["refused"]);
  for (const path of ["", "/status", "/ice", "/log", "/audience", "/rundown.json"]) {
    for (const invitation of [undefined, other.invitations.own, TOKENS.all]) {
      const answer = await room.call("GET", path, invitation);
      assert.ok([401, 404].includes(answer.status), `${path}: ${answer.status}`);
      assert.ok(!answer.text.includes("timeline"), path);
    }
  }
  const time = await room.call("GET", "/time", undefined);
  assert.deepEqual([time.status, time.body.status, time.body.timeline], [200, "unknown", []]);
  assert.equal((await room.call("PUT", "", TOKENS.all, { title: "x" })).status, 401);
  assert.equal((await room.call("PUT", "", room.invitations.own, { title: "x" })).status, 404);
});

test("a socket that does not say hello gets no state, and is closed", { timeout: 60_000 }, async () => {
  const room = await make();
  const mute = await room.open();
  const ana = await room.controller("Ana");
  await ana.command("resume");
  await mute.isClosed();
  assert.deepEqual(mute.frames.map(({ type, code }) => [type, code]), [["refused", "bad-request"]]);
});

test("a name that hides or is too long is refused", async () => {
  const room = await make();
  for (const name of ["a\u202eb", "x".repeat(41)]) {
    assert.equal((await room.join(room.invitations.view, name)).refused, "invalid-field");
  }
  const ana = await room.join(room.invitations.view, "  Ana ");
  assert.equal(ana.welcome["members"][0].name, "Ana");
});

test("a reload is the same member with the same role, and its earlier socket is closed", async () => {
  const room = await make();
  const ana = await room.controller("Ana");
  const again = await room.join(room.invitations.control, "Ana", ana.welcome["resume"]);
  assert.deepEqual([again.id, again.welcome["role"]], [ana.id, "controller"]);
  assert.equal(again.welcome["members"].length, 1);
  await ana.isClosed();
  const other = await room.join(room.invitations.control, "Ana");
  assert.notEqual(other.id, ana.id);
});

test("before it says hello a socket learns nothing by a ping, and members go on getting their answers meanwhile", async () => {
  const room = await make();
  const ana = await room.controller("Ana");
  const { rev } = await ana.command("resume");
  const texts: string[] = [];
  ana.socket.on("message", (text) => void texts.push(String(text)));
  const pongs = () => texts.filter((text) => !text.startsWith("{"));
  const pong = (seen: number) => until(async () => pongs(), (all) => all.length > seen, "the answer to a ping");
  ana.socket.send("p");
  const stranger = await room.open();
  const heard: string[] = [];
  stranger.socket.on("message", (text) => void heard.push(String(text)));
  stranger.socket.send("p");
  const { code } = await stranger.isClosed();
  assert.deepEqual([code, heard], [1008, []]);
  const waiting = await room.open();
  await pong(0);
  ana.socket.send("p");
  await pong(1);
  waiting.end();
  ana.socket.send("p");
  const all = await pong(2);
  assert.ok(all.every((text) => text.endsWith(`.${rev}`)), all.join());
});

test("a flood says how many frames a member may send", async () => {
  const room = await make();
  const ana = await room.controller("Ana");
  for (let n = 0; n < 2_000; n++) ana.send({ type: "ack" });
  assert.deepEqual(await ana.isClosed(), { code: 1008, reason: "a member sends at most 60 frames a second" });
});

test("a secret of somebody who was never here makes no member", async () => {
  const room = await make();
  const resume = "CQkJCQkJCQkJCQkJCQkJCQ";
  const ana = await room.join(room.invitations.control, "Ana", resume);
  assert.notEqual(ana.welcome["resume"], resume);
  ana.end();
  const back = await room.join(room.invitations.control, "Ana", ana.welcome["resume"]);
  assert.equal(back.id, ana.id, "within a minute");
});

test("others learn who comes, and who leaves", async () => {
  const room = await make();
  const ana = await room.controller("Ana");
  const boris = await room.controller("Boris");
  await ana.gets("Boris", (frame) => frame.type === "presence" && frame["present"]?.some((one: any) => one.name === "Boris"));
  boris.end();
  await ana.gets("that Boris left", (frame) => frame.type === "presence" && frame["left"]?.includes(boris.id));
});

test("a wait ends at its max although the member never comes back", { timeout: 60_000 }, async () => {
  const room = await make({ wait: { max: 1_500 } });
  const [ana, boris] = await Promise.all([room.controller("Ana"), room.controller("Boris")]);
  const { rev, effectiveAt } = await ana.command("resume");
  await ana.has(rev);
  await until(async () => Date.now(), (now) => now > effectiveAt, "the room to play");
  boris.send({ type: "ready", ready: false });
  const held = await ana.has(rev + 1);
  boris.socket.terminate();
  const wait = held.room.wait!;
  assert.ok(wait.until - wait.from <= 1_500, JSON.stringify(wait));
  assert.deepEqual(held.timeline.slice(-2).map(({ rate }) => rate), [0, 1], "the resume comes with the hold");
  await until(() => room.state(), ({ status }) => status === "running", "the room to go on");
});

test("when all are ready the wait ends sooner", { timeout: 60_000 }, async () => {
  const room = await make({ wait: { max: 10_000 } });
  const [ana, boris] = await Promise.all([room.controller("Ana"), room.controller("Boris")]);
  const { rev, effectiveAt } = await ana.command("resume");
  await until(async () => Date.now(), (now) => now > effectiveAt, "the room to play");
  boris.send({ type: "ready", ready: false });
  const held = await ana.has(rev + 1);
  boris.send({ type: "ready", ready: true });
  const resumed = await ana.has(rev + 2);
  assert.ok(resumed.timeline.at(-1)!.from < held.room.wait!.until);
});

test("a signal reaches the member it is for, stamped with its sender, and nobody else", async () => {
  const room = await make();
  const [ana, boris, cleo] = await Promise.all(["Ana", "Boris", "Cleo"].map((name) => room.controller(name)));
  const description = { type: "offer", sdp: `v=0\r\n${"a=x\r\n".repeat(2_000)}` };
  ana!.send({ type: "signal", to: boris!.id, from: cleo!.id, description });
  const signal = await boris!.gets("the signal", ({ type }) => type === "signal");
  assert.deepEqual(signal, { type: "signal", from: ana!.id, description });
  boris!.send({ type: "signal", to: ana!.id, candidate: null });
  assert.deepEqual(await ana!.gets("the candidate", ({ type }) => type === "signal"), { type: "signal", from: boris!.id, candidate: null });
  ana!.send({ type: "signal", to: "0".repeat(20), candidate: {} });
  assert.equal((await ana!.gets("the refusal", ({ type }) => type === "signal-refused")).code, "unknown-member");
  // Cleo's socket has delivered all that was sent before this answer.
  await cleo!.command("resume");
  assert.ok(!cleo!.frames.some(({ type }) => type === "signal"));
});

test("more than fifty signals a second are refused, and a longer frame ends the socket", async () => {
  const room = await make();
  const [ana, boris] = await Promise.all([room.controller("Ana"), room.controller("Boris")]);
  // However slow the machine is, it gets more than it may pass on.
  const refusal = async () => {
    for (let n = 0; n < 20; n++) ana.send({ type: "signal", to: boris.id, candidate: { n } });
    return ana.frames.find(({ type }) => type === "signal-refused");
  };
  const refused = await until(refusal, (frame) => frame !== undefined || ana.closed !== undefined, "the refusal");
  assert.equal(refused?.code, "too-many-requests");
  boris.send({ type: "signal", to: ana.id, description: { sdp: "x".repeat(17_000) } });
  await boris.isClosed();
  assert.equal(boris.refused, "too-large");
});

test("replaced invitations let nobody in, and disconnect those who came by them", async () => {
  const room = await make();
  const ana = await room.controller("Ana");
  const viewer = await room.join(room.invitations.view);
  for (const invitation of [room.invitations.view, room.invitations.control]) {
    assert.equal((await room.call("POST", "/invitations", invitation)).status, 403);
  }
  const one = await room.call("POST", "/invitations", room.invitations.own, { role: "control" });
  assert.deepEqual([one.status, Object.keys(one.body)], [200, ["control"]]);
  await ana.isClosed();
  assert.equal(ana.refused, "invalid-invitation");
  assert.equal((await room.join(room.invitations.control)).refused, "invalid-invitation");
  assert.equal((await room.join(one.body.control)).welcome["role"], "controller");
  assert.equal(viewer.closed, undefined, "the others stay");
  const all = await room.call("POST", "/invitations", room.invitations.own);
  assert.deepEqual(Object.keys(all.body), ["view", "control", "own"]);
  await viewer.isClosed();
  assert.equal((await room.call("GET", "", room.invitations.own)).status, 401);
  assert.equal((await room.call("GET", "", all.body.own)).status, 200);
});

test("the owner deletes the room, or an operator; nobody else", async () => {
  const room = await make();
  const ana = await room.controller("Ana");
  assert.equal((await room.call("DELETE", "", room.invitations.control)).status, 403);
  assert.equal((await room.call("DELETE", "", TOKENS.reader)).status, 403);
  assert.equal((await room.call("DELETE", "", room.invitations.own)).status, 204);
  assert.equal((await ana.isClosed()).code, 1001);
  assert.equal((await room.call("GET", "", room.invitations.own)).status, 404);
  const other = await make();
  assert.equal((await other.call("DELETE", "", TOKENS.all)).status, 204);
});

test("the 201st member is refused with a reason, and gets in when somebody has left", { timeout: 120_000 }, async () => {
  const room = await make();
  const members: Member[] = [];
  while (members.length < 200) {
    members.push(...(await Promise.all(Array.from({ length: 20 }, () => room.join(room.invitations.view)))));
  }
  assert.ok(members.every((member) => member.refused === undefined));
  const late = await room.join(room.invitations.view);
  assert.equal(late.refused, "room-full");
  assert.match(late.frames[0]!["detail"], /200 members/);
  await members[0]!.gets("counts above a hundred", (frame) => frame.type === "presence" && frame["counts"]?.members === 200);
  members.pop()!.end();
  await until(async () => (await room.join(room.invitations.view)).refused, (refused) => refused === undefined, "room for another");
  members.forEach((member) => member.end());
});

test("members get ICE servers, and nobody else", async () => {
  const room = await make();
  const answer = await room.call("GET", "/ice", room.invitations.view);
  assert.deepEqual(answer.body, { iceServers: [{ urls: "stun:stun.cloudflare.com:3478" }] });
});

test("an address makes twenty rooms without a token; then it is refused", async () => {
  const answers = [];
  for (let n = 0; n < 21; n++) answers.push(await call<any>(runtime, "POST", "/v1/rooms", { body: {} }));
  assert.deepEqual([answers[19]!.status, answers[20]!.status], [201, 429]);
  assert.equal(answers[20]!.problem.code, "too-many-requests");
  await make();
});

test("a setting out of its range makes no room", async () => {
  for (const [settings, pointer] of [
    [{ keep: 1_000 }, "/keep"],
    [{ lead: 1 }, "/lead"],
    [{ wait: { max: 60_000 } }, "/wait/max"],
    [{ wait: 5 }, "/wait"],
    [{ controls: "nobody" }, "/controls"],
    [{ content: "http://example.com/a.mp4" }, "/content"],
  ] as const) {
    const refused = await call(runtime, "POST", "/v1/rooms", { token: TOKENS.all, body: settings });
    assert.deepEqual([refused.status, (refused.problem as any).pointer], [422, pointer], refused.text);
  }
});
