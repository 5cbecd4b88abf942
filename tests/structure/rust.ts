// The imports of the Rust files: which file each name in a `use` is defined in.

import { posix } from "node:path";
import { FILES, lineAt, read } from "./files.ts";
import type { Edge } from "./graph.ts";

/** One name that a `use` brings in. */
interface Import {
  /** The path, `crate`, `self` and `super` included; `*` at its end for all names. */
  path: string[];
  /** The name by which the module knows it; `*` for all names. */
  name: string;
  /** Whether others may take it from here. */
  exported: boolean;
  line: number;
  text: string;
}

/** A module: a file, or a `mod … { }` within one. */
interface Module {
  file: string;
  parent: Module | undefined;
  children: Map<string, Module>;
  imports: Import[];
  /** The functions, types, constants and macros that the module defines. */
  items: Set<string>;
}

/** Returns `source` with its comments, strings and character literals blanked out, every line where it was. */
export function code(source: string): string {
  const skipped = /\/\/[^\n]*|\/\*[^]*?\*\/|b?r(#*)"[^]*?"\1|b?"(?:\\[^]|[^"\\])*"|b?'(?:\\[^']+|\\'|[^'\\\n])'/g;
  return source.replace(skipped, (text) => text.replace(/[^\n]/g, " "));
}

/** Returns the paths that one `use` names: its braces are opened, and `as` gives the name. */
export function paths(tree: string): { path: string[]; name: string }[] {
  const text = tree.trim();
  const brace = text.indexOf("{");
  if (brace < 0) {
    const [full, alias] = text.split(/\s+as\s+/);
    const path = full!.split("::").map((part) => part.trim()).filter((part) => part !== "");
    if (path.at(-1) === "self" && path.length > 1) path.pop();
    return [{ path, name: alias?.trim() ?? path.at(-1)! }];
  }
  const prefix = text.slice(0, brace).replace(/::\s*$/, "");
  let depth = 0;
  let part = "";
  const found: { path: string[]; name: string }[] = [];
  for (const letter of `${text.slice(brace + 1, text.lastIndexOf("}"))},`) {
    depth += letter === "{" ? 1 : letter === "}" ? -1 : 0;
    if (letter !== "," || depth > 0) {
      part += letter;
    } else {
      if (part.trim() !== "") found.push(...paths(prefix === "" ? part : `${prefix}::${part.trim()}`));
      part = "";
    }
  }
  return found;
}

/** What says where names come from: modules, imports, items, and the braces around them. */
const TOKENS = new RegExp(
  [
    /\bmod\s+(?:r#)?(\w+)\s*([{;])/,
    /(\bpub(?:\s*\([^)]*\))?\s+)?\buse\s+([^;]+);/,
    /\b(?:fn|struct|enum|union|trait|type|const|static)\s+(?:mut\s+)?(\w+)/,
    /\bmacro_rules!\s*(\w+)/,
    /[{}]/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/** Reads `file` into modules, and the files of its `mod …;` with it. */
function load(file: string, parent: Module | undefined, isRoot: boolean): Module {
  const source = read(file);
  const text = code(source);
  const module: Module = { file, parent, children: new Map(), imports: [], items: new Set() };
  const folder = isRoot || file.endsWith("/mod.rs") ? file.replace(/\/[^/]*$/, "") : file.replace(/\.rs$/, "");
  const open: (Module | undefined)[] = [];
  let current = module;
  const inlinePath = () => {
    const names: string[] = [];
    for (let at = current; at !== module; at = at.parent!) {
      names.unshift([...at.parent!.children].find(([, child]) => child === at)![0]);
    }
    return names;
  };
  for (const match of text.matchAll(TOKENS)) {
    const [token, name, opens, exported, tree, item, macro] = match;
    if (name !== undefined && opens === "{") {
      const child: Module = { file, parent: current, children: new Map(), imports: [], items: new Set() };
      current.children.set(name, child);
      open.push(current);
      current = child;
    } else if (name !== undefined) {
      // The shells for browsers share two files.
      const [, given] = /#\[path = "([^"]+)"\]\s*$/.exec(source.slice(0, match.index)) ?? [];
      const place = given ? posix.join(file, "..", given.replace(/\.rs$/, "")) : [folder, ...inlinePath(), name].join("/");
      const target = [`${place}.rs`, `${place}/mod.rs`].find((path) => FILES.includes(path));
      if (target === undefined) throw new Error(`${file}: no file for "mod ${name};" at ${place}.rs`);
      current.children.set(name, load(target, current, false));
    } else if (tree !== undefined) {
      const line = lineAt(text, match.index);
      const shown = source.slice(match.index, match.index + token.length).replace(/\s+/g, " ");
      for (const { path, name } of paths(tree)) {
        const written = shown.length <= 100 ? shown : `use ${path.join("::")};`;
        current.imports.push({ path, name, exported: exported !== undefined, line, text: written });
      }
    } else if (item !== undefined || macro !== undefined) {
      current.items.add((item ?? macro)!);
    } else if (token === "{") {
      open.push(undefined);
    } else {
      current = open.pop() ?? current;
    }
  }
  return module;
}

/** Finds where names are defined, in all crates. */
class Resolver {
  readonly #crates: ReadonlyMap<string, Module>;

  constructor(crates: ReadonlyMap<string, Module>) {
    this.#crates = crates;
  }

  /** Returns the module or the file's module in which what `path` names from within `module` is defined. */
  resolve(module: Module, path: readonly string[], asked: Set<string> = new Set()): Module | undefined {
    let at: Module | undefined = module;
    let rest = path;
    if (path[0] === "crate") {
      while (at!.parent !== undefined) at = at!.parent;
      rest = path.slice(1);
    } else if (path[0] === "self" || path[0] === "super") {
      while (rest[0] === "self" || rest[0] === "super") {
        if (rest[0] === "super") at = at?.parent;
        rest = rest.slice(1);
      }
    } else if (!module.children.has(path[0]!) && !this.#imports(module, path[0]!)) {
      at = this.#crates.get(path[0]!);
      rest = path.slice(1);
    }
    for (; at !== undefined && rest.length > 0 && rest[0] !== "*"; rest = rest.slice(1)) {
      const child: Module | undefined = at.children.get(rest[0]!);
      if (child !== undefined) at = child;
      else return this.#defining(at, rest, asked);
    }
    return at;
  }

  /** Returns where the name `rest` begins with is defined, if `module` does not have it as a module of its own. */
  #defining(module: Module, rest: readonly string[], asked: Set<string>): Module | undefined {
    const [name, ...further] = rest;
    const question = `${module.file}::${name}`;
    if (module.items.has(name!) || asked.has(question)) return module;
    asked.add(question);
    const brought = this.#imports(module, name!);
    if (brought !== undefined) return this.resolve(module, [...brought.path, ...further], asked);
    for (const { path } of module.imports.filter(({ name }) => name === "*")) {
      const from = this.resolve(module, path, asked);
      const has = from !== undefined && from !== module && (from.items.has(name!) || from.children.has(name!));
      if (has) return this.resolve(from, ["self", ...rest], asked);
    }
    return module;
  }

  #imports(module: Module, name: string): Import | undefined {
    return module.imports.find((one) => one.name === name && one.path[0] !== name);
  }
}

/** Returns `module` and all that is below it. */
function all(module: Module): Module[] {
  return [module, ...[...module.children.values()].flatMap(all)];
}

/** The files that Cargo compiles as crates of their own, in crates/ and in bench/. */
const ROOTS = /^(?:crates\/\w+\/(?:src\/(?:lib|main)|(?:tests|examples|fuzz_targets)\/(?:\w+|\w+\/main))|bench\/(?:.*\/)?\w+)\.rs$/;

/** Returns the imports between the Rust files. Names are followed through re-exports to the file that defines them. */
export function rustImports(): Edge[] {
  const loaded = FILES.filter((file) => ROOTS.test(file)).map((file) => load(file, undefined, true));
  const crates = new Map<string, Module>();
  for (const root of loaded) {
    const [, crate] = /^crates\/(\w+)\/src\/lib\.rs$/.exec(root.file) ?? [];
    if (crate !== undefined) crates.set(`downbeat_${crate}`, root);
  }
  const resolver = new Resolver(crates);
  const edges: Edge[] = [];
  for (const module of loaded.flatMap(all)) {
    for (const { path, exported, line, text } of module.imports) {
      const target = resolver.resolve(module, path);
      if (target === undefined || target.file === module.file) continue;
      // A parent that passes on what is below it uses nothing itself.
      const below = target.file.startsWith(module.file.replace(/(\/(lib|main|mod))?\.rs$/, "/"));
      if (!(exported && below)) edges.push({ from: module.file, to: target.file, line, text });
    }
  }
  return edges;
}
