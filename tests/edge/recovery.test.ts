// A panic in the wasm: one call fails, and the next finds everything as it was.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Workerd } from "../attack/harness/workerd.ts";
import { begun, call } from "./harness/calls.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";

// Nothing that is sent makes the worker panic, so the test does: while the variable names a function that the wasm exports, the
// next call of it traps.
const TRAP = `
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...args) {
  const { exports } = new Instance(...args);
  const trapping = Object.entries(exports).map(([name, value]) => [name, typeof value !== "function" ? value : (...args) => {
    if (globalThis.trapping !== name) return value(...args);
    globalThis.trapping = undefined;
    throw new WebAssembly.RuntimeError("unreachable");
  }]);
  return { exports: Object.fromEntries(trapping) };
};
`;

const ENTRY = `
import "./trap.js";
import worker from "./worker.js";
export * from "./worker.js";
export default {
  fetch(request, env, ctx) {
    const name = request.headers.get("x-trap");
    if (name === null) return worker.fetch(request, env, ctx);
    globalThis.trapping = name;
    return new Response("the next call traps");
  },
};
`;

let runtime: Workerd;
before(async () => {
  runtime = await Workerd.start("recovery");
  await runtime.kill();
  const file = (name: string) => `${runtime.directory}/${name}`;
  writeFileSync(file("worker.js"), readFileSync(file("entry.js")));
  writeFileSync(file("entry.js"), ENTRY);
  writeFileSync(file("trap.js"), TRAP);
  const added = ["worker.js", "trap.js"].map((name) => `(name = "${name}", esModule = embed "${name}"),`).join("\n        ");
  const configuration = readFileSync(file("config.capnp"), "utf8");
  writeFileSync(file("config.capnp"), configuration.replace('(name = "index.js"', `${added}\n        (name = "index.js"`));
  await runtime.restart();
});
after(() => runtime.kill());

/** Lets the next call of what the wasm exports as `name` trap. */
async function trap(name: string): Promise<void> {
  assert.equal((await call(runtime, "GET", "/", { headers: { "x-trap": name } })).status, 200);
}

/** How often the wasm has trapped. */
function traps(): number {
  return [...runtime.output.matchAll(/Critical RuntimeError: unreachable/g)].length;
}

test("a request that traps fails, and the next one is answered", async () => {
  const event = await begun(runtime, "request", 10_000);
  await trap("fetch");
  assert.equal((await call(runtime, "GET", `${event.path}/time`)).status, 500);
  const time = await until(() => event.time(), ({ rev }) => rev === 1, "the event's state");
  assert.equal(time.status, "running");
});

test("an event whose object traps keeps its state, and takes the command when it is sent again", async () => {
  const event = await begun(runtime, "object", 10_000);
  await trap("eventdo_fetch");
  const failed = await event.send({ command: "pause", id: "p1" });
  assert.ok(failed.status >= 500, `${failed.status}: ${failed.text}`);
  const again = await event.send({ command: "pause", id: "p1" });
  assert.deepEqual([again.status, again.body.rev], [200, 2]);
});

test("a viewer whose hub traps has the next change", async () => {
  const event = await begun(runtime, "hub", 10_000);
  const viewer = await Viewer.join(runtime, event.name);
  await trap("hubdo_webSocketMessage");
  const before = traps();
  viewer.send("{}");
  await until(async () => traps(), (now) => now > before, "the hub to trap");
  const { rev } = await event.command("pause");
  await viewer.has(rev);
});
