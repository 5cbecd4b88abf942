// The settings in wrangler.toml, as far as they are needed without wrangler.

/** What the worker needs from its runtime. */
export interface Setup {
  /** The compatibility date. */
  date: string;
  /** The classes of its Durable Objects, by the name under which the worker finds them. */
  objects: Record<string, string>;
  /** Variables and their values. */
  variables: Record<string, string>;
}

/** Reads the settings that come with the package. Their form is known, so this is not a parser for every TOML file. */
export function setupOf(toml: string): Setup {
  const date = /^compatibility_date = "(.*)"$/m.exec(toml)?.[1];
  const objects = Object.fromEntries([...toml.matchAll(/^name = "(.*)"\nclass_name = "(.*)"$/gm)].map(([, name, kind]) => [name, kind]));
  const variables = Object.fromEntries([...section(toml, "vars").matchAll(/^([A-Z_]+) = "(.*)"$/gm)].map(([, name, text]) => [name, text]));
  if (date === undefined || Object.keys(objects).length === 0) throw new Error("wrangler.toml of the package has another form");
  return { date, objects, variables };
}

function section(toml: string, name: string): string {
  const start = toml.indexOf(`\n[${name}]\n`);
  if (start < 0) return "";
  const rest = toml.slice(start + 1);
  const end = rest.search(/\n\[/);
  return end < 0 ? rest : rest.slice(0, end);
}

/** Returns the settings with the worker and the pages in other folders. */
export function located(toml: string, worker: string, pages: string): string {
  const text = (path: string): string => JSON.stringify(path.replaceAll("\\", "/"));
  return toml
    .replace(/^main = .*$/m, `main = ${text(`${worker}/entry.js`)}`)
    .replace(/^directory = .*$/m, `directory = ${text(pages)}`);
}
