// A stranger's first hour, from the packed artefacts only: the worker's package, the command line, the client in a project of Vite.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { launch } from "../browser/harness/chromium.ts";
import { ROOT, freePort } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { DIST, Folder, artefact } from "./harness/folder.ts";

/** The bundler that the client's package is tried with. */
const VITE = "vite@8.3.8";

const QUIET = "--prefer-offline --no-audit --no-fund --loglevel=error";

const folder = new Folder();
after(() => folder.remove());

const version = /^version = "(.*)"$/m.exec(readFileSync(`${ROOT}/Cargo.toml`, "utf8"))![1]!;

test("checksums are those of the files, and every name has the version", () => {
  const sums = readFileSync(`${DIST}/SHA256SUMS`, "utf8").trim().split("\n").map((line) => line.split(/ [ *]/) as [string, string]);
  assert.deepEqual(sums.map(([, name]) => name).toSorted(), readdirSync(DIST).filter((name) => name !== "SHA256SUMS").toSorted());
  for (const [sum, name] of sums) {
    assert.equal(createHash("sha256").update(readFileSync(`${DIST}/${name}`)).digest("hex"), sum, name);
    // The installers' names stay, so that the address of the newest one does.
    assert.ok(name.includes(version) || name.startsWith("install."), name);
  }
});

test("the command line runs by itself, with completions and manual pages", () => {
  folder.ok(`tar -xzf ${artefact(/^downbeat-\d.*\.tar\.gz$/)} && mv downbeat-${version}-* downbeat && ln -s ../downbeat/downbeat bin/downbeat`);
  assert.match(folder.ok("downbeat --version"), new RegExp(`^downbeat ${version.replaceAll(".", "\\.")}( \\(commit [0-9a-f]{12}\\))?\n$`));
  assert.equal(folder.ok("downbeat -V"), `downbeat ${version}\n`);
  assert.match(folder.ok("head -c 200 downbeat/man/downbeat-pause.1"), /downbeat-pause/);
  assert.match(folder.ok("cat downbeat/completions/downbeat.bash"), /complete .*downbeat/);
  assert.match(folder.ok("cat downbeat/CHANGELOG.md"), new RegExp(`^## \\[${version}\\]`, "m"));
});

test("the worker's package is installed, and init says what to do next", () => {
  folder.ok(`npm install ${QUIET} ${artefact(/^downbeat-worker-.*\.tgz$/)}`);
  assert.equal(folder.ok("npx downbeat-worker --version"), `downbeat-worker ${version}\n`);
  const words = folder.ok("npx downbeat-worker init");
  assert.match(words, /^wrote wrangler\.toml, \.gitignore\n/);
  const steps = words.split("\n").filter((line) => line.startsWith("  ")).map((line) => /^  (\S+(?: \S+)*)( {2,})\S/.exec(line)![0].length);
  assert.deepEqual(new Set(steps).size, 1, `what each step does begins in one column:\n${words}`);
  for (const step of ["npm install", "npx downbeat-worker dev", "npx downbeat-worker deploy --dry-run"]) assert.ok(words.includes(step), step);
  assert.match(folder.run("npx downbeat-worker init").stderr, /is there already; it stays as it is/);
  // What somebody without a package.json gets: one that pins the version.
  folder.ok("npx downbeat-worker init fresh");
  assert.equal(JSON.parse(folder.ok("cat fresh/package.json")).dependencies["downbeat-worker"], version);
});

test("the settings that init wrote go through wrangler", () => {
  const words = folder.ok("npx downbeat-worker deploy --dry-run");
  assert.match(words, /^settings  .*wrangler\.toml: the worker "downbeat"$/m);
  assert.match(words, /^bundle    [\d.]+ KiB \/ gzip: [\d.]+ KiB$/m);
});

test("dev: an event, a published sheet, a pause, and a project of Vite that joins", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dev = await folder.start(`node_modules/.bin/downbeat-worker dev --port ${port}`, "downbeat resume");
  assert.match(dev.output, /^event main starts in 30 s$/m);
  const time = async () => (await (await fetch(`${url}/time`)).json()) as { status: string; message: string | null; rundown: string | null };
  const first = await time();
  assert.equal(first.status, "scheduled");
  const demo = (await (await fetch(`${url}/v1/events/main/rundowns/${first.rundown}.json`)).json()) as { cues: unknown[] };
  assert.ok(demo.cues.length > 100, "a new user sees cues");

  folder.file("sheet.json", '[{"time": 560, "action": "startSong1"}, {"time": 800, "action": "startSong2"}]');
  const flags = `--server ${url} --event main --token-file .downbeat/operator.token`;
  const { rundown } = JSON.parse(folder.ok(`downbeat cues publish sheet.json --yes --json ${flags}`)) as { rundown: string };
  assert.equal((await time()).rundown, rundown);

  // Both ways that it printed.
  const printed = dev.output.split("\n").map((line) => line.trim());
  folder.ok(printed.find((line) => line.startsWith("curl") && line.includes("pause"))!);
  await until(time, ({ message }) => message === "Back in a moment", "the pause by curl");
  folder.ok(`${printed.find((line) => line.startsWith("downbeat resume"))!} --yes`);
  folder.ok(`${printed.find((line) => line.startsWith("downbeat pause"))!} --yes`);
  await until(time, ({ message, status }) => status === "paused" && message === "Back in a moment", "the pause by the command line");

  folder.ok("mkdir site");
  folder.file("site/package.json", '{"private": true, "type": "module"}');
  folder.file("site/index.html", '<!doctype html><title>Gala</title><script type="module" src="/main.ts"></script>');
  folder.file("site/main.ts", `import { join } from "downbeat-client";
const event = await join({ server: ${JSON.stringify(url)}, event: "main" });
event.on("status", (status) => document.body.setAttribute("data-status", status));
`);
  // The registry may fail once.
  const install = `npm install ${QUIET} ${VITE} ${artefact(/^downbeat-client-.*\.tgz$/)}`;
  folder.ok(`cd site && (${install} || ${install}) && npx vite build --logLevel error`);
  const site = createServer((request, response) => {
    const file = `${folder.path}/site/dist${request.url === "/" ? "/index.html" : request.url}`;
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.setHeader("content-type", extname(file) === ".js" ? "text/javascript" : "text/html");
    response.end(readFileSync(file));
  }).listen(0, "127.0.0.1");
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as { port: number }).port}/`);
    await page.waitForSelector('body[data-status="paused"]', { state: "attached" });
  } finally {
    await browser.close();
    site.close();
  }
  assert.equal(await dev.end(), 0);
});

test("serve: the same without wrangler", async () => {
  const serve = await folder.start("node_modules/.bin/downbeat-worker serve --port 0", "/console");
  const url = /^ready (.*)$/m.exec(serve.output)![1]!;
  const flags = `--server ${url} --event gala --token-file downbeat-state/operator.token`;
  folder.ok(`downbeat event set --yes --create --title Gala --starts-at +1h ${flags}`);
  folder.ok(`downbeat announce --yes --message "Doors are open" ${flags}`);
  assert.match(folder.ok(`downbeat doctor ${flags}`), new RegExp(`the server has ${version} too`));
  folder.ok("npx downbeat-worker backup gala.tar.gz");
  assert.equal(await serve.end(), 0);
});

test("the client's package has types, source maps, and the files that their integrity is for", async () => {
  const manifest = JSON.parse(readFileSync(`${folder.path}/site/node_modules/downbeat-client/package.json`, "utf8"));
  assert.deepEqual([manifest.version, manifest.exports["./package.json"]], [version, "./package.json"]);
  for (const [name, source] of [["downbeat-client", "client.ts"], ["downbeat-media", "media.ts"]] as const) {
    const packed = readFileSync(`${folder.path}/site/node_modules/downbeat-client/${name}.js`, "utf8");
    assert.ok(packed.endsWith(`\n//# sourceMappingURL=${name}.js.map\n`));
    const map = JSON.parse(readFileSync(`${folder.path}/site/node_modules/downbeat-client/${name}.js.map`, "utf8"));
    assert.ok(map.sources.some((path: string) => path.endsWith(source)), `${map.sources}`);
    const single = readFileSync(`${DIST}/${name}-${version}.js`, "utf8");
    assert.equal(single, packed.replaceAll(/downbeat-(client|media)\.js/g, `downbeat-$1-${version}.js`));
  }
  // The one loads the other by its versioned name.
  const client = readFileSync(`${DIST}/downbeat-client-${version}.js`, "utf8");
  assert.ok(client.includes(`import("./downbeat-media-${version}.js")`));
  for (const { default: file } of Object.values(manifest.exports).filter((entry): entry is { default: string } => typeof entry === "object")) {
    assert.ok(existsSync(`${folder.path}/site/node_modules/downbeat-client/${file}`), file);
  }
});
