// A graph of files, and the cycles in it.

/** One import: `from` imports something that `to` defines. */
export interface Edge {
  from: string;
  to: string;
  /** Where the import is, from 1. */
  line: number;
  /** The import as it is written, shortened. */
  text: string;
}

/** Returns the groups of files that reach each other by imports, largest first: each is one or more cycles. */
export function cycles(edges: readonly Edge[]): string[][] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    if (from !== to) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  }
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  // Tarjan's algorithm for strongly connected components.
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!index.has(target)) {
        visit(target);
        low.set(file, Math.min(low.get(file)!, low.get(target)!));
      } else if (stack.includes(target)) {
        low.set(file, Math.min(low.get(file)!, index.get(target)!));
      }
    }
    if (low.get(file) === index.get(file)) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1) found.push(group.sort());
    }
  };
  for (const file of targets.keys()) if (!index.has(file)) visit(file);
  return found.sort((a, b) => b.length - a.length);
}

/** Returns a shortest cycle through the first file of `group`, one import a line. */
export function describe(group: readonly string[], edges: readonly Edge[]): string {
  const inside = edges.filter(({ from, to }) => from !== to && group.includes(from) && group.includes(to));
  const start = group[0]!;
  const reached = new Map<string, Edge>();
  const queue = [start];
  while (!reached.has(start)) {
    const file = queue.shift()!;
    for (const edge of inside.filter((edge) => edge.from === file && !reached.has(edge.to))) {
      reached.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  const path: Edge[] = [];
  do path.unshift(reached.get(path[0]?.from ?? start)!);
  while (path[0]!.from !== start);
  const steps = path.map(({ from, line, text, to }) => `    ${from}:${line}  ${text}\n      → ${to}`);
  return `  ${group.length} files import each other: ${group.join(", ")}\n  the shortest way round:\n${steps.join("\n")}`;
}
