// How the project is built up: what no compiler refuses, and what would otherwise grow back.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { FILES, ROOT, read } from "./files.ts";
import { type Edge, cycles, describe } from "./graph.ts";
import { code, paths, rustImports } from "./rust.ts";
import { typescriptImports } from "./typescript.ts";

/** What each crate may depend on (`crates/ARCHITECTURE.md`). Nothing depends on a shell: worker, cli, web, media. */
const ARROWS: Record<string, string[]> = {
  core: [],
  wire: ["core"],
  sheet: ["core"],
  sim: ["core", "wire", "sheet"],
  api: ["core", "wire"],
  publish: ["core", "wire", "sheet", "api"],
  viewer: ["core", "wire", "sheet", "api"],
  worker: ["core", "wire", "sheet"],
  web: ["core", "wire"],
  media: ["core"],
  cli: ["core", "wire", "sheet", "sim", "api", "publish", "viewer"],
  bindgen: [],
};

/** The crates whose tests alone may use them, besides their own arrows: worlds to test in. */
const FOR_TESTS = ["sim"];

/** The most lines of a file that people write and read. */
const LINES_MAX = 500;

/** The most lines of the pages that newcomers begin with. */
const PAGES_MAX: Record<string, number> = { "README.md": 150, "crates/ARCHITECTURE.md": 200 };

/** Written by programs. */
const GENERATED = ["crates/web/ts/wire.ts"];

/** Fails with every cycle in `edges`. */
function assertAcyclic(edges: readonly Edge[]): void {
  const found = cycles(edges).map((group) => describe(group, edges));
  const remedy = "break each by moving what both files need into a third";
  assert.equal(found.length, 0, `${found.length} import cycles; ${remedy}:\n${found.join("\n")}`);
}

test("no Rust file is part of an import cycle", () => assertAcyclic(rustImports()));

test("no TypeScript file is part of an import cycle", () => assertAcyclic(typescriptImports()));

test("crates depend only on the crates that the map allows", () => {
  const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--offline", "--format-version", "1"], {
    ...{ cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 },
  });
  const wrong: string[] = [];
  for (const { manifest_path: manifest, dependencies } of JSON.parse(metadata).packages) {
    const [, crate] = /crates\/(\w+)\/Cargo\.toml$/.exec(manifest) ?? [];
    // Outside crates/ are generators and benchmarks, and the fuzz targets are tests: they may use every library.
    if (crate === undefined || crate === "fuzz") continue;
    const allowed = ARROWS[crate];
    if (allowed === undefined) {
      wrong.push(`crates/${crate} is not in the map; add it to crates/ARCHITECTURE.md and to ARROWS`);
      continue;
    }
    for (const { path, kind } of dependencies as { path?: string; kind: string | null }[]) {
      const [, target] = /crates\/(\w+)$/.exec(path ?? "") ?? [];
      if (target === undefined || allowed.includes(target) || (kind === "dev" && FOR_TESTS.includes(target))) continue;
      wrong.push(`${crate} → ${target}; ${crate} may depend on ${allowed.join(", ") || "no other crate"}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("each crate has a clippy.toml that says what it forbids", () => {
  const crates = FILES.flatMap((file) => /^crates\/(?!fuzz)(\w+)\/Cargo\.toml$/.exec(file)?.[1] ?? []);
  const without = crates.filter((crate) => !/^disallowed-(methods|macros|types) = \[/m.test(clippy(crate)));
  assert.deepEqual(without, [], "these crates forbid nothing");
});

/** Returns the text of a crate's clippy.toml, empty if it has none. */
function clippy(crate: string): string {
  const file = `crates/${crate}/clippy.toml`;
  return FILES.includes(file) ? read(file) : "";
}

/** The parts of the npm package that pages load as any site does. */
const CLIENT = ["downbeat-client", "downbeat-client/room", "downbeat-client/peers"];

/** The packages that files of the pages may use besides the client, each by one file only. */
const LIBRARIES: Record<string, string> = { "lean-qr": "pages/console/qr.ts" };

test("pages use the npm package by its name, and their own folder and pages/shared/ only", () => {
  const wrong = typescriptImports().filter(({ from, to }) => {
    const [, own] = /^pages\/(\w+)\//.exec(from) ?? [];
    // A part of the same package, which pages bundle (package.json).
    const allowed = CLIENT.includes(to) || to === "#countdown-text" || LIBRARIES[to] === from || to.startsWith("pages/shared/") || to.startsWith(`pages/${own}/`);
    return own !== undefined && !allowed;
  });
  assert.deepEqual(wrong.map(({ from, line, to }) => `${from}:${line} imports ${to}`), []);
});

test("no file is too long to be read at one sitting", () => {
  const written = FILES.filter((file) => /\.(rs|ts|js|css|html|sh)$|^scripts\/\w+$/.test(file) && !GENERATED.includes(file));
  const limits = [...written.map((file) => [file, LINES_MAX] as const), ...Object.entries(PAGES_MAX)];
  const long = limits.map(([file, max]) => ({ file, max, lines: read(file).trimEnd().split("\n").length }));
  assert.deepEqual(long.filter(({ lines, max }) => lines > max), [], "split these files, one concept each");
});

// What the tests above rely on.

test("a use is read into its paths, whatever its braces", () => {
  const read = (tree: string) => paths(tree).map(({ path, name }) => `${path.join("::")} as ${name}`);
  assert.deepEqual(read("crate::a::{self, b::{C, D as E}, f::*}"), [
    "crate::a as a", "crate::a::b::C as C", "crate::a::b::D as E", "crate::a::f::* as *",
  ]);
  assert.deepEqual(read("{super::a, core::fmt::Write as _}"), ["super::a as a", "core::fmt::Write as _"]);
});

test("comments, strings and characters are no code", () => {
  const source = `/* use a::B; */ let a = "use c;"; let b = 'x'; // mod d;\nlet e = r#"mod "f" {"#; fn g<'h>(i: &'h str) {}`;
  assert.equal(code(source).replace(/ +/g, " "), " let a = ; let b = ; \nlet e = ; fn g<'h>(i: &'h str) {}");
});

test("a cycle is found, and described by the shortest way round", () => {
  const edge = (from: string, to: string): Edge => ({ from, to, line: 7, text: `use ${to};` });
  const edges = [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("d", "b"), edge("c", "b"), edge("d", "e")];
  const [group, ...others] = cycles(edges);
  assert.deepEqual([group, others], [["b", "c", "d"], []]);
  assert.match(describe(group!, edges), /b:7 {2}use c;\n.*→ c\n.*c:7 {2}use b;\n.*→ b$/);
});

test("names are followed through re-exports to the file that defines them", () => {
  const edges = rustImports();
  const spans = edges.filter(({ from, text }) => from.startsWith("crates/wire/src/") && text === "use downbeat_core::Span;");
  assert.ok(spans.length > 0, "wire imports spans");
  assert.deepEqual(new Set(spans.map(({ to }) => to)), new Set(["crates/core/src/time.rs"]), "where spans are defined");
});
