// The installer of the command line, from the packed artefacts, as the release's page would serve them.

import assert from "node:assert/strict";
import { appendFileSync, cpSync, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { ROOT } from "../edge/harness/runtime.ts";
import { DIST, Folder } from "./harness/folder.ts";

const version = /^version = "(.*)"$/m.exec(readFileSync(`${ROOT}/Cargo.toml`, "utf8"))![1]!;

const folder = new Folder();
/** The files of the release, which tests may change. */
const files = `${folder.path}/release/v${version}`;
const server = createServer((request, response) => {
  const file = `${folder.path}/release${request.url}`;
  if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end("not found");
  response.end(readFileSync(file));
});
let releases = "";

before(async () => {
  cpSync(DIST, files, { recursive: true });
  cpSync(`${DIST}/install.sh`, `${folder.path}/install.sh`);
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  releases = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  server.close();
  await folder.remove();
});

/** Runs the installer at the home `home`, with the variables in `before`. */
const install = (home: string, flags = "", before = "SHELL=/bin/bash") =>
  folder.runBeside(`mkdir -p ${home} && HOME=$PWD/${home} ${before} DOWNBEAT_RELEASES=${releases} sh install.sh ${flags}`);

test("it installs the command line where no root is needed, and says how to put it on the PATH", async () => {
  const { exit, stdout, stderr } = await install("maria");
  assert.equal(exit, 0, stderr);
  assert.match(stdout, new RegExp(`^installed downbeat ${version.replaceAll(".", "\\.")} .*as .*/maria/\\.local/bin/downbeat$`, "m"));
  assert.match(stdout, /is not on your PATH yet/);
  const advice = /^ {2}(echo .*)$/m.exec(stdout)![1]!;
  folder.file("advice.sh", advice);
  folder.ok("HOME=$PWD/maria sh advice.sh");
  assert.match(folder.ok("HOME=$PWD/maria bash -c '. ~/.bashrc && downbeat --version'"), new RegExp(`^downbeat ${version}`));
});

test("it replaces an older one in the folder that is named, also where the path has spaces", async () => {
  folder.ok('mkdir -p "my tools" && printf old >"my tools/downbeat"');
  const { exit, stdout, stderr } = await install("joe", '--to "my tools"', 'PATH="$PWD/my tools:$PATH"');
  assert.equal(exit, 0, stderr);
  assert.ok(!stdout.includes("PATH"), stdout);
  assert.match(folder.ok('"./my tools/downbeat" --version'), new RegExp(`^downbeat ${version}`));
  assert.equal(folder.ok('ls -A "my tools"'), "downbeat\n");
});

test("a file that is not the release's, or is not there, changes nothing", async () => {
  const archive = folder.ok(`cd ${files} && ls downbeat-${version}-*.tar.gz`).trim();
  appendFileSync(`${files}/${archive}`, "x");
  const altered = await install("eve");
  assert.equal(altered.exit, 1);
  assert.match(altered.stderr, /is not the file of the release: its SHA-256 is [0-9a-f]{64}, and not [0-9a-f]{64}; nothing was changed/);
  folder.ok(`cd ${files} && rm ${archive}`);
  const gone = await install("eve");
  assert.equal(gone.exit, 1);
  assert.match(gone.stderr, /cannot be downloaded; nothing was changed/);
  assert.equal(folder.ok("ls -A eve"), "");
});

test("a system that the release is not for is told so", async () => {
  folder.ok(`mkdir -p odd && printf '#!/bin/sh\\n[ "$1" = -m ] && echo riscv64 || echo Linux\\n' >odd/uname && chmod 755 odd/uname`);
  const { exit, stderr } = await install("ann", "", "PATH=$PWD/odd:$PATH");
  assert.equal(exit, 1);
  assert.match(stderr, /there is no downbeat for the processor riscv64; build it from source/);
});
