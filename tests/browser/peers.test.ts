// The mesh, in a real browser: members join, talk at the same time, reload, leave and move to another network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../edge/harness/until.ts";
import { Datagrams } from "./harness/datagrams.ts";
import { ENGINE } from "./harness/engine.ts";
import { type Member, meshTests, type StartOptions } from "./harness/peers.ts";

const MESH = ["m1", "m2", "m3", "m4", "m5", "m6", "m7"];

const mesh = meshTests();
const { open, members } = mesh;

/** Returns two members that are connected, channels included. */
async function pair(options?: StartOptions): Promise<[Member, Member]> {
  const [one, two] = [await open("m1", options), await open("m2", options)];
  await mesh.signalling.update("m1", "m2");
  await Promise.all([one.opens("m2"), two.opens("m1"), one.reaches("m2"), two.reaches("m1")]);
  return [one, two];
}

/** Delays every message by 0 to `most` ms, in an order that `seed` determines. */
function shuffle(most: number, seed: number): void {
  let at = seed;
  mesh.signalling.delay = () => (at = (at * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31 * most;
}

/** Has all datagrams between members pass a network of the test's own. */
function behindNetwork(): Datagrams {
  const network = new Datagrams();
  mesh.ends(() => network.end());
  mesh.signalling.change = async ({ message }) => {
    if (message.candidate) for (const one of message.candidate.list) one.candidate = await network.behind(one.candidate);
    // Candidates that are in the description would lead past the network.
    if (message.description?.sdp) message.description.sdp = message.description.sdp.replaceAll(/^a=candidate:.*\r\n/gm, "");
    return message;
  };
  return network;
}

test("two join, see each other, and send texts and bytes both ways", async () => {
  const [one, two] = await pair();
  await Promise.all([one.publish("red"), two.publish("blue")]);
  await Promise.all([one.sees("m2", "blue"), two.sees("m1", "red")]);
  assert.deepEqual(await one.evaluate(`member.tracks("m2")`), ["audio", "video"]);
  assert.deepEqual(await one.send("from one"), { sent: ["m2"], failed: [] });
  assert.deepEqual(await two.send([0, 255, 7], "m1"), { sent: ["m1"], failed: [] });
  await until(() => one.log(), ({ data }) => data.length === 1, "the bytes");
  await until(() => two.log(), ({ data }) => data.length === 1, "the text");
  assert.deepEqual((await one.log()).data, [["m2", [0, 255, 7]]]);
  assert.deepEqual((await two.log()).data, [["m1", "from one"]]);
  const [stats] = [await until(() => one.stats(), (stats) => stats["m2"]?.roundTrip !== null, "a round trip")];
  assert.equal(stats["m2"]!.kind, "direct");
  assert.ok(stats["m2"]!.roundTrip! < 1_000 && stats["m2"]!.loss! >= 0 && stats["m2"]!.loss! < 1, JSON.stringify(stats));
  // What cannot be sent is said.
  assert.equal((await one.send("x", "m9")).failed[0]!.code, "not-open");
  assert.equal((await one.evaluate<any>(`member.peers.send("x".repeat(2 ** 25))`)).failed[0].code, "too-large");
  assert.deepEqual([(await one.log()).errors, (await two.log()).errors], [[], []]);
});

test("a camera and a microphone are sent, and go on after leaving", async () => {
  const [one, two] = await pair();
  await one.evaluate(`navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then((stream) => {
    member.camera = stream; member.peers.publish(stream); })`);
  await until(() => two.evaluate<string[]>(`member.tracks("m1")`), (kinds) => kinds.length === 2, "both tracks");
  await until(() => two.evaluate<string | null>(`member.sees("m1") ?? null`), (seen) => seen !== null, "a picture");
  await one.run("member.peers.leave()");
  await two.reaches("m1", "closed");
  assert.deepEqual(await one.evaluate("member.camera.getTracks().map(({ readyState }) => readyState)"), ["live", "live"]);
  assert.deepEqual(await one.left(), { open: 0, timers: 0 });
  assert.deepEqual(await two.evaluate(`member.tracks("m1")`), []);
});

test("a track is replaced without negotiation, taken away, and sent again in the same place", async () => {
  const [one, two] = await pair();
  await one.publish("red");
  await two.sees("m1", "red");
  const descriptions = () => mesh.signalling.passed.filter(({ message }) => /^(offer|answer)$/.test(message.description?.type)).length;
  const before = descriptions();
  await one.publish("blue");
  await two.sees("m1", "blue");
  assert.equal(descriptions(), before, "no description was sent");
  for (let turn = 0; turn < 5; turn++) {
    await one.publish(null);
    await two.sees("m1", undefined);
    await one.publish("green");
    await two.sees("m1", "green");
  }
  const last = mesh.signalling.passed.findLast(({ message }) => message.description?.sdp)!.message.description;
  assert.equal(last.sdp.match(/^m=/gm).length, 3, "a channel, a video and an audio");
});

/** How often what depends on the order of messages is tried: in CI, where every minute counts, less often; DOWNBEAT_TURNS=50 tries longer. */
const TURNS = Number(process.env["DOWNBEAT_TURNS"] ?? (process.env["CI"] ? 4 : 12));

test("both sides change what they send at the same time, again and again, with messages late and out of order", { timeout: 300_000 }, async () => {
  const [one, two] = await pair();
  let clashes = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    shuffle(30, turn);
    const start = mesh.signalling.passed.length;
    const [mine, theirs] = turn % 2 ? [null, null] : [turn % 4 ? "red" : "green", turn % 4 ? "green" : "red"];
    await Promise.all([one.publish(mine), two.publish(theirs)]);
    await Promise.all([one.sees("m2", theirs ?? undefined), two.sees("m1", mine ?? undefined)]);
    const offers = mesh.signalling.passed.slice(start).filter(({ message }) => message.description?.type === "offer");
    if (new Set(offers.map(({ from }) => from)).size === 2) clashes++;
  }
  assert.ok(clashes >= TURNS / 5, `both offered at the same time in ${clashes} of ${TURNS} turns`);
  assert.deepEqual([(await one.log()).errors, (await two.log()).errors], [[], []]);
  assert.deepEqual([(await one.log()).connections, (await two.log()).connections], [1, 1], "nothing was made anew");
});

test("joining works in any order of the messages", { timeout: 300_000 }, async () => {
  const [one, two] = [await open("m1"), await open("m2")];
  await Promise.all([one.publish("red"), two.publish("blue")]);
  for (let turn = 0; turn < TURNS; turn++) {
    shuffle(100, turn);
    await mesh.signalling.update("m1", "m2");
    await Promise.all([one.sees("m2", "blue"), two.sees("m1", "red"), one.opens("m2"), two.opens("m1")]);
    await Promise.all([one.update(["m1"]), two.update(["m2"])]);
    await Promise.all([one.sees("m2", undefined), two.sees("m1", undefined)]);
  }
  assert.deepEqual([(await one.log()).errors, (await two.log()).errors], [[], []]);
});

test("six are a mesh, the seventh is refused, and takes the place of the first that leaves", { timeout: 300_000 }, async () => {
  for (const id of MESH) await open(id);
  await mesh.signalling.update(...MESH);
  const inMesh = members.slice(0, 6);
  await Promise.all(inMesh.flatMap((member) => inMesh.filter((other) => other !== member).map((other) => member.opens(other.id))));
  const seventh = members[6]!;
  const { refused, states } = await seventh.log();
  assert.deepEqual([refused.map(({ member, reason }) => [member, reason]), states], [[["m7", "full"]], {}]);
  assert.match(refused[0]!.message, /6 members joined before/);
  await inMesh[0]!.send("to all");
  await Promise.all(inMesh.slice(1).map((member) => until(() => member.log(), ({ data }) => data.length === 1, "the text")));
  assert.deepEqual((await seventh.log()).data, []);
  assert.deepEqual(await seventh.left(), { open: 0, timers: 0 });
  // One leaves: the seventh is the sixth.
  await members.splice(2, 1)[0]!.close();
  await mesh.signalling.update(...MESH.filter((id) => id !== "m3"));
  await Promise.all(members.slice(0, 5).map((member) => member.opens("m7")));
  assert.deepEqual((await seventh.log()).refused.length, 1);
});

test("lists that differ leave nothing half open: who refuses says so, and a list that is right connects", async () => {
  const [one, two] = [await open("m1", { max: 2 }), await open("m2", { max: 2 })];
  await open("m3", { max: 2 });
  const three = members[2]!;
  await Promise.all([one.update(["m1", "m2", "m3"]), two.update(["m1", "m2", "m3"]), three.update(["m1", "m3"])]);
  await one.opens("m2");
  await until(() => three.log(), ({ refused }) => refused.length === 1, "the refusal");
  assert.deepEqual((await three.log()).refused.map(({ member, reason }) => [member, reason]), [["m1", "full"]]);
  assert.deepEqual(await three.left(), { open: 0, timers: 0 });
  assert.deepEqual((await one.log()).states["m3"], undefined);
  await Promise.all([one.update(["m1", "m3"]), two.update(["m2"])]);
  await Promise.all([one.opens("m3"), three.opens("m1")]);
  await three.update([]);
  assert.equal((await three.log()).refused.at(-1)!.reason, "not-a-member");
});

test("a member that loads its page again is connected again; what its former session sent is ignored", async () => {
  const [one, two] = await pair();
  await Promise.all([one.publish("red"), two.publish("blue")]);
  await Promise.all([one.sees("m2", "blue"), two.sees("m1", "red")]);
  // For each side once: the polite and the impolite.
  for (const [gone, stays] of [[two, one], [one, two]] as const) {
    const late = mesh.signalling.passed.filter(({ from, to }) => from === gone.id && to === stays.id);
    await gone.load(mesh.site);
    await gone.publish("green");
    await gone.update(["m1", "m2"]);
    for (const { message } of late) await stays.receive(gone.id, message);
    await Promise.all([stays.sees(gone.id, "green"), gone.sees(stays.id, stays === one ? "red" : "green"), gone.opens(stays.id)]);
    for (const { message } of late) await stays.receive(gone.id, message);
    assert.deepEqual((await stays.send("again")).sent, [gone.id]);
    await until(() => gone.log(), ({ data }) => data.some(([, text]) => text === "again"), "the text");
  }
  assert.deepEqual((await two.log()).errors, []);
});

test("a device whose clock was set back before it loads its page again is connected all the same", async () => {
  const [one, two] = await pair();
  await two.load(mesh.site);
  await two.evaluate("Date.now = () => 1704067200000");
  await two.update(["m1", "m2"]);
  // The other side answers to the session that it knows, at the latest when it finds the connection broken.
  await Promise.all([two.opens("m1"), one.reaches("m2")]);
  assert.deepEqual((await two.send("here")).sent, ["m1"]);
  await until(() => one.log(), ({ data }) => data.length === 1, "the text");
});

test("members that leave amid a negotiation leave nothing", async () => {
  const [one, two] = [await open("m1"), await open("m2")];
  await Promise.all([one.publish("red"), two.publish("blue")]);
  for (const amid of ["hello", "offer", "answer", undefined]) {
    const gone = new Promise<void>((resolve) => {
      mesh.signalling.change = async ({ from, message }) => {
        if ((message.description?.type ?? undefined) === amid) {
          await (from === "m1" ? two : one).update([]);
          resolve();
        }
        return message;
      };
    });
    await mesh.signalling.update("m1", "m2");
    await gone;
    mesh.signalling.change = ({ message }) => message;
    await Promise.all([one.update(["m1"]), two.update(["m2"])]);
    await until(async () => [await one.left(), await two.left()], (left) => left.every(({ open, timers }) => open + timers === 0), "nothing");
  }
  await mesh.signalling.update("m1", "m2");
  await Promise.all([one.sees("m2", "blue"), two.sees("m1", "red")]);
  await Promise.all([one.run("member.peers.leave()"), two.run("member.peers.leave()")]);
  assert.deepEqual([await one.left(), await two.left()], [{ open: 0, timers: 0 }, { open: 0, timers: 0 }]);
  const streams = await one.evaluate(`member.picture("red").getTracks().map(({ readyState }) => readyState)`);
  assert.deepEqual(streams, ["live", "live"]);
});

test("a lost answer is noticed, and the connection made anew", async () => {
  const [one, two] = [await open("m1"), await open("m2")];
  let lost = 0;
  mesh.signalling.change = ({ message }) => (message.description?.type === "answer" && lost++ === 0 ? undefined : message);
  await mesh.signalling.update("m1", "m2");
  await Promise.all([one.opens("m2"), two.opens("m1")]);
  assert.deepEqual((await two.log()).errors.map(({ code }) => code), ["no-answer"]);
});

test("on another network ICE is restarted with servers that are fetched anew, and nothing else is lost", async () => {
  const network = behindNetwork();
  const [one, two] = await pair({ servers: [[]] });
  await two.publish("blue");
  await one.sees("m2", "blue");
  assert.ok(network.passed > 10, "the datagrams pass the test's network");
  network.cut();
  await Promise.race([one.reaches("m2", "interrupted"), two.reaches("m1", "interrupted")]);
  await until(() => one.log(), ({ states }) => states["m2"]!.at(-1) === "connected" && states["m2"]!.length > 2, "the connection");
  assert.deepEqual((await one.send("over the new path")).sent, ["m2"]);
  await until(() => two.log(), ({ data }) => data.length === 1, "the text");
  await one.sees("m2", "blue");
  for (const [member, other] of [[one, "m2"], [two, "m1"]] as const) {
    const { states, connections } = await member.log();
    assert.equal(connections, 1, `the same connection: ${states[other]}`);
  }
  const asked = await Promise.all([one, two].map((member) => member.evaluate<number>("member.asked")));
  assert.ok(Math.max(...asked) >= 2, `ice was asked ${asked} times`);
});

test("the share of media packets that are lost is told on both sides, and 0 without loss", async (t) => {
  const network = behindNetwork();
  const [one, two] = await pair({ servers: [[]] });
  const { loss, sentLoss } = (await one.stats())["m2"]!;
  assert.deepEqual([loss, sentLoss], [null, null], "no media are sent yet");
  await two.publish("blue");
  await one.sees("m2", "blue");
  const packets = async (count: number) => {
    const from = network.media;
    await until(async () => network.media - from, (more) => more > count, "media packets");
  };
  await Promise.all([one.stats(), packets(200)]);
  assert.equal((await one.stats())["m2"]!.loss, 0);
  network.loses = 5;
  await packets(500);
  const [{ loss: received }, { sentLoss: sent }] = [(await one.stats())["m2"]!, (await two.stats())["m1"]!];
  t.diagnostic(`one packet in five is lost: ${received} received, ${sent} sent and reported`);
  // What the network loses, but for packets that were on their way at either end of the interval.
  assert.ok(Math.abs(received! - 0.2) < 0.05, `${received}`);
  // Reports began with the first packets, of which none were lost.
  assert.ok(sent! > 0.02 && sent! < 0.25, `${sent}`);
});

test("a change of the network restarts ICE at once", async () => {
  const [one, two] = await pair({ servers: [[]] });
  const offers = () => mesh.signalling.passed.filter(({ from, message }) => from === "m1" && message.description?.type === "offer").length;
  const before = offers();
  await one.evaluate("dispatchEvent(new Event('online'))");
  await until(async () => offers(), (now) => now === before + 1, "an offer");
  assert.equal(await one.evaluate("member.asked"), 2);
  await one.send("still here");
  await until(() => two.log(), ({ data }) => data.length === 1, "the text");
});

test("servers that the browser refuses, or that are not told, are errors with a code", async () => {
  const [one] = [await open("m1", { servers: [[{ urls: "nonsense" }]] }), await open("m2")];
  await mesh.signalling.update("m1", "m2");
  await until(() => one.log(), ({ errors }) => errors.length > 0, "the error");
  const { errors: [error] } = await one.log();
  assert.deepEqual([error!.member, error!.code], ["m2", "ice-servers"]);
  assert.match(error!.message, /nonsense|ICE servers/);
});

test("wrong options are refused by name", async () => {
  const one = await open("m1");
  const refusal = (options: string) => one.evaluate<string>(`(() => { try { new member.peers.constructor(${options}); return ""; } catch (error) { return String(error); } })()`);
  assert.match(await refusal("{}"), /^TypeError: Peers: "me"/);
  assert.match(await refusal(`{ me: "m1" }`), /"signal"/);
  assert.match(await refusal(`{ me: "m1", signal() {}, max: 1 }`), /"max" is 1/);
  for (const message of [null, 1, "x", {}, { description: {} }, { candidate: { session: 1, list: [1] } }, { description: { session: "1", type: "hello" } }]) {
    await one.receive("m2", message);
  }
  assert.deepEqual((await one.log()).errors, [], ENGINE);
});
