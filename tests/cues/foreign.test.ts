// Files of other programs, as the command line reads and writes them and as others do: Chromium's <track>, the W3C's WebVTT
// parser, OpenTimelineIO, and Python's csv.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { launch } from "../browser/harness/chromium.ts";
import { ROOT } from "../edge/harness/runtime.ts";

interface TextCue {
  id: string;
  from: number;
  to: number;
  text: string;
}

const { WebVTTParser } = createRequire(import.meta.url)("webvtt-parser") as {
  WebVTTParser: new () => { parse(text: string, mode: "metadata"): { cues: { startTime: number; endTime: number }[] } };
};

const browser = await launch();
after(() => browser.close());
const page = await browser.newPage();

function downbeat(args: string[], input: string | Buffer = ""): string {
  return execFileSync(`${ROOT}/target/debug/downbeat`, ["cues", ...args], { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
}

/** Returns the cues of a track as Chromium's own parser reads them, with the text that it would show. */
function inChromium(track: string): Promise<TextCue[]> {
  return page.evaluate(async (track) => {
    const [video, element] = [document.createElement("video"), document.createElement("track")];
    element.src = URL.createObjectURL(new Blob([track], { type: "text/vtt" }));
    element.track.mode = "hidden";
    const loaded = new Promise((resolve, reject) => {
      element.addEventListener("load", resolve);
      element.addEventListener("error", () => reject(new Error("Chromium refuses the track")));
    });
    video.append(element);
    document.body.append(video);
    await loaded;
    return [...(element.track.cues ?? [])].map((cue) => {
      const { id, startTime, endTime } = cue;
      const text = (cue as VTTCue).getCueAsHTML().textContent!.trim();
      return { id, from: Math.round(startTime * 1000), to: Math.round(endTime * 1000), text };
    });
  }, track);
}

/** Returns the cues that a track becomes. */
function imported(track: string): TextCue[] {
  const { cues } = JSON.parse(downbeat(["compile", "-"], downbeat(["import", "vtt", "-"], track)));
  return cues.map((cue: { id: string; time: number; end?: number; message: { en: string } }) => {
    return { id: cue.id, from: cue.time, to: cue.end ?? cue.time, text: cue.message.en };
  });
}

const times = (from: number) => `00:0${from}.000 --> 00:0${from + 1}.000`;

const TRACKS = {
  "no empty line after the header": `WEBVTT\n${times(1)}\nOne\n`,
  "no empty lines between cues": `WEBVTT\n\n${times(1)}\nOne\n${times(3)}\nTwo\n${times(5)}\nThree`,
  "numbers without empty lines": `WEBVTT\n\n1\n${times(1)}\nOne\n2\n${times(3)}\nTwo\n`,
  "keywords as identifiers": `WEBVTT\n\nNOTE\n${times(1)}\nOne\n\nSTYLE\n${times(3)}\nTwo\n\nREGION\n${times(5)}\nThree\n`,
  "notes with and without an arrow after them": `WEBVTT\n\nNOTE a\nb\n${times(1)}\nOne\n\nNOTE\nc\n\n${times(3)}\nTwo\n`,
  "lines that end in CR": `WEBVTT\r\r1\r${times(1)}\rOne\rmore\r\r${times(3)}\rTwo\r`,
  "lines that end in CRLF": `WEBVTT\r\n\r\n1\r\n${times(1)}\r\nOne\r\nmore\r\n`,
  "lines that end in everything": `WEBVTT\n\r\n1\r${times(1)}\nOne\r\nmore\r\r${times(3)}\nTwo`,
  "character references": `WEBVTT\n\n${times(1)}\n&eacute;t&eacute; &#39;a&#x27; &quot;b&quot; &hellip; &copy &amp;lt; &nope; &lt;i&gt; &AMP x\n`,
  "tags": `WEBVTT\n\n${times(1)}\n<v Anna>One <i.loud>two</i> <00:01.500>three</v> <ruby>a<rt>b</rt></ruby>\n`,
  "hours of one digit, no spaces, settings at once": "WEBVTT\n\n0:00:01.000-->0:00:02.000align:start\nOne\n",
  "an hour and more": "WEBVTT - a title\n\n100:00:01.000 --> 100:00:02.000\nOne\n",
  "a map of timestamps": `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n${times(1)}\nOne\n`,
  "a block without times": `WEBVTT\n\nlost\nwords\n\n${times(1)}\nOne\n`,
  "a style": `WEBVTT\n\nSTYLE\n::cue { color: red }\n\n${times(1)}\nOne\n`,
  "a byte order mark": `\ufeffWEBVTT\n\n${times(1)}\nOne\n`,
};

for (const [name, track] of Object.entries(TRACKS)) {
  test(`WebVTT with ${name} has the cues that Chromium and the W3C's parser find`, async () => {
    const [ours, chromiums] = [imported(track), await inChromium(track)];
    assert.ok(chromiums.length > 0);
    const withoutIds = (cues: TextCue[]) => cues.map(({ from, to, text }) => ({ from, to, text }));
    assert.deepEqual(withoutIds(ours), withoutIds(chromiums));
    // A cue without an identifier gets one from its action.
    for (const [index, { id }] of chromiums.entries()) if (id !== "") assert.equal(ours[index]!.id, id);
    // webvtt-parser takes NOTE for a comment even where an arrow follows, which the standard does not.
    if (/^(NOTE|STYLE)/m.test(track)) return;
    const w3c = new WebVTTParser().parse(track, "metadata").cues.map(({ startTime }) => Math.round(startTime * 1000));
    assert.deepEqual(ours.map(({ from }) => from), w3c);
  });
}

for (const [rate, fraction, frameMs] of [["25", "25/1", 40], ["29.97", "30000/1001", 1001 / 30], ["23.976", "24000/1001", 1001 / 24], ["59.94", "60000/1001", 1001 / 60]] as const) {
  test(`OpenTimelineIO reads the edits of every cue at ${rate} frames a second, also of those that overlap`, () => {
    const sheet = `${ROOT}/cues/good/gala.json`;
    const list = downbeat(["export", "edl", sheet, "--fps", rate, "--start", "01:00:00:00"]);
    const out = execFileSync("python3", [`${import.meta.dirname}/harness/edl.py`, fraction], { input: list, encoding: "utf8" });
    const clips = JSON.parse(out) as { track: string; name: string; from: number; frames: number }[];
    const { cues } = JSON.parse(downbeat(["compile", sheet])) as { cues: { time: number; end?: number; action: string }[] };
    assert.equal(clips.length, cues.length);
    assert.ok(new Set(clips.map(({ track }) => track)).size > 1, "some overlap");
    const first = Math.min(...clips.map(({ from }) => from));
    const found = clips.map(({ name, from, frames }) => ({ action: name.split(" ")[0], ms: (from - first) * frameMs, lasts: frames * frameMs }));
    const order = (a: { ms: number; action?: string }, b: { ms: number; action?: string }) => Math.round(a.ms - b.ms) || (a.action! < b.action! ? -1 : 1);
    found.sort(order);
    const expected = cues.map(({ time, end, action }) => ({ action, ms: Math.round(time / frameMs) * frameMs, end })).sort(order);
    for (const [index, { action, ms }] of expected.entries()) {
      assert.equal(found[index]!.action, action);
      assert.ok(Math.abs(found[index]!.ms - ms) <= frameMs / 2, `${action}: ${found[index]!.ms} instead of ${ms}`);
    }
  });
}

test("Python reads an exported table, in which nothing is a formula", () => {
  const sheet = JSON.stringify([
    { id: "-a", time: 1, action: "=cmd|'/C calc'!A0", message: "@all, \"sing\"\nloudly", note: "+1, and\ttabs", params: { x: 1 } },
    { id: "b", time: 2.5, action: "b;c,d", track: "-t", duration: "4s", flags: ["two words", "x"], owner: "Zoë" },
  ]);
  const table = downbeat(["export", "csv", "-"], sheet);
  const script = "import csv, json, sys; print(json.dumps(list(csv.DictReader(sys.stdin))))";
  const rows = JSON.parse(execFileSync("python3", ["-X", "utf8", "-c", script], { input: table, encoding: "utf8" })) as Record<string, string>[];
  assert.equal(rows.length, 2);
  assert.ok(rows.flatMap(Object.values).every((cell) => !/^[=+\-@\t\r\n]/.test(cell)), JSON.stringify(rows));
  assert.deepEqual([rows[0]!.id, rows[0]!.action, rows[0]!.note], ["'-a", "'=cmd|'/C calc'!A0", "'+1, and\ttabs"]);
  assert.deepEqual([rows[1]!.action, rows[1]!.owner, JSON.parse(rows[1]!.flags!)], ["b;c,d", "Zoë", ["two words", "x"]]);
  const back = downbeat(["compile", "-"], downbeat(["import", "csv", "-"], table));
  assert.deepEqual(JSON.parse(back).cues, JSON.parse(downbeat(["compile", "-"], sheet)).cues);
});
