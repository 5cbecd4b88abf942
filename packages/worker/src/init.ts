import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Command } from "./command.ts";
import { VERSION, template } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { located } from "./settings.ts";

const HELP = `writes wrangler.toml, the settings of a deployment, and says what to do next

usage: downbeat-worker init [DIR]
  DIR    the folder, made if it is not there (this one)

Also writes package.json, which pins this version, and .gitignore, where there is none. Changes no file that is there.
`;

const IGNORED = `node_modules/
# Tokens and local state.
.downbeat/
.wrangler/
operator.token
`;

export const init: Command = {
  help: HELP,
  options: {},
  most: 1,
  async run(_, [folder = "."]) {
    const directory = resolve(folder);
    if (existsSync(`${directory}/wrangler.toml`)) {
      throw new Refusal(`${directory}/wrangler.toml is there already; it stays as it is. Name another folder: downbeat-worker init DIR`);
    }
    mkdirSync(directory, { recursive: true });
    const parts = "node_modules/downbeat-worker";
    const written = ["wrangler.toml"];
    writeFileSync(`${directory}/wrangler.toml`, located(template(), `${parts}/worker`, `${parts}/pages`));
    const hadPackage = existsSync(`${directory}/package.json`);
    if (!hadPackage) {
      const manifest = { private: true, dependencies: { "downbeat-worker": VERSION }, allowScripts: { esbuild: true, workerd: true } };
      writeFileSync(`${directory}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
      written.push("package.json");
    }
    if (!existsSync(`${directory}/.gitignore`)) {
      writeFileSync(`${directory}/.gitignore`, IGNORED);
      written.push(".gitignore");
    }
    const shown = relative(process.cwd(), directory);
    const steps = [
      ...(shown === "" ? [] : [[`cd ${shown}`, ""]]),
      [hadPackage ? `npm install --save-exact downbeat-worker@${VERSION}` : "npm install", "the worker, wrangler and the runtime"],
      ["npx downbeat-worker dev", "runs it on this machine"],
      ["npx downbeat-worker deploy --dry-run", "says what a deployment to your Cloudflare account would do"],
      ["npx downbeat-worker serve", "or serves it from this machine, without Cloudflare"],
    ] as [string, string][];
    const width = Math.max(...steps.map(([command]) => command.length));
    process.stdout.write(`wrote ${written.join(", ")}${shown === "" ? "" : ` into ${shown}`}

Next:
${steps.map(([command, purpose]) => `  ${command.padEnd(width)}  ${purpose}`.trimEnd()).join("\n")}
wrangler.toml has the settings, each with a comment: the domain, what is logged, the event that /time answers for.
`);
  },
};
