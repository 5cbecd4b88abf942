// What README.md and the guides show must work: commands, sheets, settings, code and links.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { beforeEach, test } from "node:test";
import { type Sample, PAGES, ROOT, codeSamples, commands, place, read, samples, samplesIn } from "./pages.ts";

const SCRATCH = `${ROOT}/target/docs`;

/** A public key, for commands that show `KEY` in the place of one. */
const KEY = JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/state.json`, "utf8")).emergency.key;

beforeEach(() => {
  rmSync(SCRATCH, { recursive: true, force: true });
  mkdirSync(SCRATCH, { recursive: true });
});

/** Runs a line of shell with the built command line, without anything of this machine's settings. */
function shell(line: string, environment: Record<string, string> = {}) {
  return spawnSync("sh", ["-c", line], {
    ...{ cwd: SCRATCH, encoding: "utf8", input: "" },
    env: { PATH: `${ROOT}/target/debug:/usr/bin:/bin`, HOME: SCRATCH, TZ: "UTC", ...environment },
  });
}

/** Returns the samples that are cue sheets. */
function sheets(): Sample[] {
  return samplesIn("json", "jsonc").filter(({ text }) => /^\s*\[?\{[^]*"action"/.test(text));
}

test("commands exist, with these flags and values", () => {
  const wrong: string[] = [];
  for (const sample of samplesIn("sh", "console")) {
    for (const line of commands(sample).filter((line) => line.startsWith("downbeat "))) {
      // Help is printed once everything before it was understood, and nothing is done.
      const help = `downbeat() { command downbeat "$@" --help; }; ${line.replace(/\bKEY\b/, KEY)}`;
      const { status, stderr } = shell(help);
      if (status !== 0) wrong.push(`${place(sample)}: ${line}\n${stderr}`);
    }
  }
  assert.equal(wrong.length, 0, wrong.join("\n"));
});

test("scripts exist, with these stages", () => {
  for (const sample of samplesIn("sh", "console")) {
    for (const line of commands(sample).filter((line) => line.startsWith("./scripts/"))) {
      const [script, ...words] = line.replace(/#.*/, "").trim().split(/\s+/);
      assert.ok(existsSync(`${ROOT}/${script}`), `${place(sample)}: ${script} does not exist`);
      const text = readFileSync(`${ROOT}/${script}`, "utf8");
      for (const word of words) assert.ok(text.includes(word), `${place(sample)}: ${script} does not know ${word}`);
    }
  }
});

test("sheets compile without a warning", () => {
  assert.ok(sheets().length >= 4, "the pages show sheets");
  for (const sample of sheets()) {
    writeFileSync(`${SCRATCH}/sheet.jsonc`, sample.text);
    const { status, stdout, stderr } = shell("downbeat cues check sheet.jsonc --deny warnings");
    assert.equal(status, 0, `${place(sample)}\n${stdout}${stderr}`);
  }
});

test("the author's commands run on the sheet that the guide shows", () => {
  const page = samples("docs/cues.md");
  const sheet = page.find(({ language }) => language === "jsonc");
  writeFileSync(`${SCRATCH}/gala.jsonc`, sheet!.text);
  writeFileSync(`${SCRATCH}/cues.csv`, "time,action\n560,startSong1\n");
  const offline = page.filter(({ language }) => language === "sh").flatMap(commands)
    .filter((line) => /^downbeat cues (check|fmt|at|join|preview|shift|import|export|init)\b/.test(line) && !line.includes("cues/"));
  assert.ok(offline.length >= 8, offline.join("\n"));
  for (const line of offline) {
    const { status, stdout, stderr } = shell(line);
    assert.equal(status, 0, `${line}\n${stdout}${stderr}`);
  }
});

test("profiles are read, and other settings are those of wrangler.toml", () => {
  const settings = readFileSync(`${ROOT}/wrangler.toml`, "utf8");
  for (const sample of samplesIn("toml")) {
    const profiles = [...sample.text.matchAll(/^\[profile\.([a-z]+)\]$/gm)].map(([, name]) => name!);
    if (profiles.length === 0) {
      for (const line of sample.text.trim().split("\n")) {
        assert.ok(settings.split("\n").includes(line), `${place(sample)}: wrangler.toml has no line ${line}`);
      }
    }
    for (const profile of profiles) {
      writeFileSync(`${SCRATCH}/downbeat.toml`, sample.text);
      // Settings that cannot be read are 2; with these, nothing listens at the server.
      const { status, stderr } = shell(`downbeat status --profile ${profile}`, { DOWNBEAT_SERVER: "http://127.0.0.1:9" });
      assert.equal(status, 8, `${place(sample)}: profile ${profile}\n${stderr}`);
    }
  }
});

test("the downbeat.toml that --help shows is read", () => {
  const [example] = /^ {2}\[profile\.production\]\n(?: {2}.*\n)+/m.exec(shell("downbeat --help").stdout) ?? [];
  assert.match(example ?? "", /emergencyKeyFile/);
  writeFileSync(`${SCRATCH}/downbeat.toml`, example!);
  const { status, stderr } = shell("downbeat status --profile production", { DOWNBEAT_SERVER: "http://127.0.0.1:9" });
  assert.equal(status, 8, stderr);
});

test("JSON is valid, and the time is what the worker answers", () => {
  for (const sample of samplesIn("json")) JSON.parse(sample.text);
  const time = samples("docs/integrate.md").find(({ text }) => text.includes("serverTime"));
  assert.deepEqual(JSON.parse(time!.text), JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/time.json`, "utf8")));
  const [entry] = JSON.parse(samples("docs/deploy.md").find(({ text }) => text.includes("sha256"))!.text);
  const fixture = JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/token-entry.json`, "utf8"));
  assert.deepEqual(Object.keys(entry), Object.keys(fixture));
});

test("code fits the package's types, as strictly as TypeScript checks", () => {
  const types = (name: string) => [`${ROOT}/build/client/${name}.d.ts`];
  const code = codeSamples();
  assert.ok(code.length >= 7, "the pages and the comments show code");
  const names = code.map(({ language }, index) => `sample-${index}.${language === "tsx" ? "tsx" : "ts"}`);
  code.forEach(({ text }, index) => writeFileSync(`${SCRATCH}/${names[index]}`, `${text}\nexport {};\n`));
  writeFileSync(`${SCRATCH}/tsconfig.json`, JSON.stringify({
    compilerOptions: {
      ...{ noEmit: true, strict: true, module: "esnext", moduleResolution: "bundler", jsx: "react-jsx", target: "es2022" },
      ...{ lib: ["es2022", "dom", "dom.iterable"], types: [] },
      paths: {
        "downbeat-client": types("index"), "https://*/downbeat-client.js": types("index"), "downbeat-client/react": types("react"),
        "downbeat-client/countdown": types("countdown"), "downbeat-client/countdown-text": types("countdown-text"),
        "downbeat-client/peers": types("peers/peers"), "downbeat-client/room": types("room"),
      },
    },
    files: names,
  }));
  const { status, stdout } = shell(`${ROOT}/node_modules/.bin/tsc --project tsconfig.json`, { PATH: process.env["PATH"]! });
  const named = stdout.replaceAll(/sample-(\d+)\.tsx?/g, (_, index) => `${place(code[Number(index)]!)} (sample)`);
  assert.equal(status, 0, named);
});

test("links lead somewhere", () => {
  const wrong: string[] = [];
  for (const page of [...PAGES, "crates/ARCHITECTURE.md"]) {
    for (const [, link] of read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file, anchor] = link!.split("#");
      const target = file === "" ? page : posix.join(posix.dirname(page), file!);
      if (!existsSync(`${ROOT}/${target}`)) wrong.push(`${page}: ${link} does not exist`);
      else if (anchor !== undefined && !anchors(target).includes(anchor)) wrong.push(`${page}: ${link} has no such heading`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("the map names files that exist", () => {
  const crates = /^(core|sheet|wire|sim|api|publish|viewer|worker|cli)\//;
  const wrong: string[] = [];
  for (const page of ["crates/ARCHITECTURE.md", "crates/DECISIONS.md"]) {
    for (const [, named] of read(page).matchAll(/`([a-z_-]+(?:\/[a-z_-]+)*\/(?:[a-z_-]+\.(?:rs|ts))?)`/g)) {
      const places = [named!, `crates/${named}`, `crates/${named!.replace(/^(\w+)\//, "$1/src/")}`];
      const known = crates.test(named!) || named!.startsWith("web/") || places.some((place) => existsSync(`${ROOT}/${place}`));
      if (known && !places.some((place) => existsSync(`${ROOT}/${place}`))) wrong.push(`${page}: ${named}`);
    }
  }
  assert.deepEqual(wrong, []);
});

/** Returns the anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  const headings = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase());
  return headings.map((heading) => heading.replaceAll(/[^\p{L}\p{N} -]/gu, "").replaceAll(" ", "-"));
}
