// `downbeat room …` against the real worker: links that are shown once, who may do what, and what the errors say.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Operator } from "./harness/cli.ts";
import { Room } from "./harness/room.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";

let runtime: Runtime;
let operator: Operator;
before(async () => {
  runtime = await Runtime.start("cli-room", { variables: { ROOMS: "operators" } });
  operator = new Operator("maria", runtime);
});
after(() => runtime.end());

type Links = { view: string; control: string; own: string };

/** Returns the room behind the links that a command printed. */
function behind({ own, control, view }: Links): Room {
  const part = (link: string) => link.slice(link.indexOf("#") + 1).split(".");
  return new Room(runtime, part(own)[0]!, { own: part(own)[1]!, control: part(control)[1]!, view: part(view)[1]! });
}

async function create(...args: string[]): Promise<{ links: Links; room: Room }> {
  const made = await operator.json("room", "create", ...args);
  assert.equal(made.code, 0, JSON.stringify(made));
  return { links: made["links"], room: behind(made["links"]) };
}

test("a room is made as asked, and each of its links lets its holder do what is said of it", async () => {
  const args = ["--title", "Film night", "--content", "https://cdn.example.com/film.mp4", "--controls", "everyone", "--wait", "off"];
  const { links, room } = await create(...args, "--keep", "2h", "--lead", "500ms");
  const state = await room.state();
  assert.deepEqual([state.title, state.room.content, state.room.controls], ["Film night", "https://cdn.example.com/film.mp4", "everyone"]);
  assert.equal((await room.call("GET", "/audience", room.invitations.own)).body.keep, 7_200_000);
  for (const [role, link] of [["viewer", links.view], ["controller", links.control], ["owner", links.own]] as const) {
    assert.ok(link.startsWith(`${runtime.url}/room#${room.name}.dbi_`), link);
    assert.equal((await room.join(behind({ ...links, own: link }).invitations.own)).welcome["role"], role);
  }
  const { stdout } = await operator.run("room", "create", "--page", "https://films.example/watch");
  assert.match(stdout, /view: watch with the others\n {2}https:\/\/films\.example\/watch#r-/);
  assert.match(stdout, /shown this once/);
  const { stdout: quiet } = await operator.run("room", "create", "--quiet");
  assert.equal(quiet.trim().split("\n").length, 3);
});

test("a dry run makes no room, and a setting out of its range is refused by its name", async () => {
  const dry = await operator.json("room", "create", "--dry-run");
  assert.deepEqual([dry.code, dry["dryRun"], dry["links"]], [0, true, undefined]);
  const wrong = await operator.json("room", "create", "--wait", "60s");
  assert.equal(wrong.code, 3);
  assert.match(wrong.error!.message, /"wait.max" of 60000 ms is not allowed; use 1000 to 10000 ms/);
});

test("show says who is there, who has the controls, and when the room ends", async () => {
  const { links, room } = await create("--title", "Film night");
  const empty = await operator.run("room", "show", links.view);
  assert.match(empty.stdout, /members +nobody/);
  assert.match(empty.stdout, /deletes +itself .*, unless somebody comes/);
  const ana = await room.controller("Ana");
  await ana.command("resume");
  const shown = await operator.run("room", "show", links.own);
  assert.equal(shown.exit, 0, shown.stderr);
  assert.match(shown.stdout, /link +owner's/);
  assert.match(shown.stdout, /members +1 member: Ana \(controller, ready\)/);
  assert.match(shown.stdout, /deletes +itself 1 d after the last member left/);
  assert.ok(!shown.stdout.includes("dbi_-") && !/dbi_[\w-]{5}/.test(shown.stdout), shown.stdout);
  // Neither the link nor the invitation has to be an argument.
  operator.environment["DOWNBEAT_ROOM"] = links.view;
  const json = await operator.json("room", "show");
  delete operator.environment["DOWNBEAT_ROOM"];
  assert.deepEqual([json["room"], json["audience"].role, json["audience"].members.length], [room.name, "viewer", 1]);
  operator.environment["DOWNBEAT_INVITATION"] = room.invitations.control;
  assert.equal((await operator.json("room", "show", room.name))["audience"].role, "controller");
  delete operator.environment["DOWNBEAT_INVITATION"];
  assert.equal((await operator.json("room", "show", room.name, "--invitation", room.invitations.own))["audience"].role, "owner");
});

test("links replaces all three, and disconnects those who came by the old ones", async () => {
  const { links, room } = await create();
  const ana = await room.controller("Ana");
  const unsure = await operator.json("room", "links", links.own);
  assert.deepEqual([unsure.code, ana.closed], [6, undefined]);
  const viewer = await operator.json("room", "links", links.view, "--yes");
  assert.deepEqual([viewer.code, viewer.error!.code], [7, "not-allowed"]);
  const replaced = await operator.json("room", "links", links.own, "--yes");
  assert.equal(replaced.code, 0, JSON.stringify(replaced));
  await ana.isClosed();
  assert.equal(ana.refused, "invalid-invitation");
  const old = await operator.json("room", "show", links.own);
  assert.deepEqual([old.code, old.error!.code], [7, "invalid-invitation"]);
  const again = behind(replaced["links"]);
  for (const [role, invitation] of [["viewer", again.invitations.view], ["controller", again.invitations.control], ["owner", again.invitations.own]] as const) {
    assert.equal((await again.join(invitation)).welcome["role"], role);
  }
});

test("close deletes the room: for its owner, or for an operator by its name", async () => {
  const [{ links, room }, other] = await Promise.all([create(), create()]);
  const ana = await room.controller("Ana");
  assert.equal((await operator.json("room", "close", links.own)).code, 6);
  assert.equal((await operator.json("room", "close", links.control, "--yes")).code, 7);
  const closed = await operator.json("room", "close", links.own, "--yes");
  assert.deepEqual([closed.code, closed["deleted"]], [0, true]);
  assert.equal((await ana.isClosed()).code, 1001);
  const gone = await operator.json("room", "show", links.own);
  assert.deepEqual([gone.code, gone.error!.code], [3, "unknown-event"]);
  assert.match(gone.error!.hint!, /deletes itself/);
  assert.equal((await operator.json("room", "close", links.own, "--yes"))["deleted"], false);
  const stranger = new Operator("stranger", runtime, TOKENS.reader);
  assert.equal((await stranger.json("room", "close", other.room.name, "--yes")).code, 7);
  assert.equal((await operator.json("room", "close", other.room.name, "--yes"))["deleted"], true);
});

test("what is missing is said: the room, its invitation, a token, and that rooms are off", async () => {
  const none = await operator.json("room", "show");
  assert.deepEqual([none.code, none.error!.code], [2, "usage"]);
  const bare = await operator.json("room", "show", "r-abcdefghijklmnop");
  assert.deepEqual([bare.code, bare.error!.code], [7, "invalid-invitation"]);
  const nobody = new Operator("nobody", runtime);
  delete nobody.environment["DOWNBEAT_TOKEN_FILE"];
  const refused = await nobody.json("room", "create");
  assert.deepEqual([refused.code, refused.error!.code], [7, "unauthorized"]);
  assert.match(refused.error!.hint!, /scope rooms/);
  const off = await Runtime.start("cli-room-off");
  try {
    const answer = await new Operator("off", off).json("room", "create");
    assert.deepEqual([answer.code, answer.error!.code], [7, "rooms-off"]);
    assert.match(answer.error!.hint!, /variable ROOMS/);
  } finally {
    await off.end();
  }
});
