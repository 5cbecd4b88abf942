// The mesh with other people's WebRTC: aiortc (Python) and werift (TypeScript), over the same messages.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { ROOT } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { ForeignMember } from "./harness/foreign.ts";
import { type Member, meshTests } from "./harness/peers.ts";

const AIORTC = ["python3", `${ROOT}/tests/browser/harness/foreign/aiortc_member.py`];
const WERIFT = [process.execPath, "--no-warnings", `${ROOT}/tests/browser/harness/foreign/werift-member.ts`];

const mesh = meshTests();

/** Connects a page with that software, the page as `me`, the other as `id`. */
async function meet(me: string, id: string, command: string[]): Promise<[Member, ForeignMember]> {
  const page = await mesh.open(me);
  await page.publish("red");
  await page.update([id, me].sort());
  const foreign = new ForeignMember(mesh.signalling, id, [...command, id, me]);
  mesh.ends(() => foreign.end());
  await page.opens(id);
  return [page, foreign];
}

/** Returns why the test is left out, if `probe` fails. */
function without(name: string, how: string, program: string, ...probe: string[]): { skip: string | false } {
  try {
    execFileSync(program, probe, { stdio: "ignore", cwd: ROOT });
    return { skip: false };
  } catch {
    return { skip: `${name} is not installed; ${how}` };
  }
}

const aiortc = without("aiortc", "run scripts/setup", "python3", "-c", "import aiortc");
const werift = without("werift", "npm install --no-save werift@0.25.2", process.execPath, "-e", "require.resolve('werift')");

for (const [role, me, id] of [["offers", "m1", "m2"], ["answers", "m2", "m1"]] as const) {
  test(`aiortc ${role}: pictures, texts and bytes both ways`, aiortc, async () => {
    const [page, foreign] = await meet(me, id, AIORTC);
    await page.sees(id, "green");
    await foreign.says({ event: "sees", color: "red" });
    await page.send("from the page");
    await page.send([0, 255]);
    await foreign.says({ event: "got", data: "from the page" });
    await foreign.says({ event: "got", data: [0, 255] });
    await until(() => page.log(), ({ data }) => data.length === 3, "the echoes");
    assert.deepEqual((await page.log()).data.map(([, data]) => data).sort(), [[0, 255], "from aiortc", "from the page"].sort());
    // A replaced track is the same track to aiortc.
    await page.publish("blue");
    await foreign.says({ event: "sees", color: "blue" });
    await page.run("member.peers.leave()");
    await foreign.says({ event: "left" });
    assert.deepEqual((await page.log()).errors, []);
  });

  test(`werift ${role}: packets of pictures, texts and bytes both ways`, werift, async () => {
    const [page, foreign] = await meet(me, id, WERIFT);
    await foreign.says({ event: "packets" });
    await page.send("from the page");
    await page.send([0, 255]);
    await foreign.says({ event: "got", data: "from the page" });
    await foreign.says({ event: "got", data: [0, 255] });
    await until(() => page.log(), ({ data }) => data.length === 3, "the echoes");
    await page.run("member.peers.leave()");
    await foreign.says({ event: "left" });
    assert.deepEqual((await page.log()).errors, []);
  });
}
