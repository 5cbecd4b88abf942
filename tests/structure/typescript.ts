// The imports of the TypeScript files.

import { posix } from "node:path";
import { FILES, lineAt, read } from "./files.ts";
import type { Edge } from "./graph.ts";

/** Returns what every TypeScript file imports, types included: files by their path, packages by their name. */
export function typescriptImports(): Edge[] {
  return FILES.filter((file) => file.endsWith(".ts")).flatMap((file) => {
    const text = read(file);
    const imports = /^\s*(?:import\s*|(?:import|export)\b[^"';=()]*?\bfrom\s*)["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
    return [...text.matchAll(imports)].map((match) => {
      const named = (match[1] ?? match[2])!;
      const to = named.startsWith(".") ? posix.join(posix.dirname(file), named) : named;
      const line = lineAt(text, match.index + match[0].search(/\S/));
      return { from: file, to, line, text: match[0].trim().replace(/\s+/g, " ") };
    });
  });
}
