// The built worker under plain workerd, as somebody runs it without Cloudflare: no wrangler before it, so the runtime knows
// who opened a connection, and requests cost what they cost.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { ROOT } from "./runtime.ts";
import { ENTRIES } from "./tokens.ts";

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export interface Plain {
  readonly url: string;
  /** Returns the runtime's resident memory, in KB; undefined where the system does not report it. */
  memory(): number | undefined;
  end(): Promise<void>;
}

/** Starts an empty runtime whose worker has these variables. */
export async function plain(name: string, variables: Record<string, string> = {}): Promise<Plain> {
  const directory = `${ROOT}/target/edge/${name}`;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(`${directory}/state`, { recursive: true });
  writeFileSync(`${directory}/config.capnp`, configuration(variables));
  const child = spawn("workerd", ["serve", "--control-fd=3", "config.capnp", "config"], {
    cwd: directory,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  running.add(child);
  const ended = once(child, "exit").then(() => void running.delete(child));
  const port = await new Promise<number>((listening, failed) => {
    let lines = "";
    (child.stdio[3] as Readable).on("data", (bytes) => {
      lines += String(bytes);
      const port = /"port":(\d+)/.exec(lines)?.[1];
      if (port) listening(Number(port));
    });
    void ended.then(() => failed(new Error("workerd ended before it listened")));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    memory: () => {
      try {
        return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]);
      } catch {
        return undefined;
      }
    },
    end: () => (child.kill("SIGKILL"), ended),
  };
}

function configuration(variables: Record<string, string>): string {
  const date = /^compatibility_date = "(.*)"$/m.exec(readFileSync(`${ROOT}/wrangler.toml`, "utf8"))![1];
  const modules = readdirSync(`${ROOT}/build`)
    .filter((file) => file.endsWith(".js") || file.endsWith(".wasm"))
    .sort((one) => (one === "entry.js" ? -1 : 1))
    .map((file) => {
      const kind = file.endsWith(".js") ? "esModule" : "wasm";
      return `(name = "${file}", ${kind} = embed "../../../build/${file}")`;
    });
  const texts = { DEFAULT_EVENT: "main", DOWNBEAT_TOKENS: JSON.stringify(ENTRIES), ...variables };
  const objects = { EVENT: "EventDo", HUB: "HubDo", CATALOG: "CatalogDo" };
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    compatibilityDate = "${date}",
    modules = [${modules.join(", ")}],
    bindings = [
      ${Object.entries(objects).map(([name, kind]) => `(name = "${name}", durableObjectNamespace = "${kind}")`).join(", ")},
      ${Object.entries(texts).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`).join(", ")},
    ],
    durableObjectNamespaces = [
      ${Object.values(objects).map((kind) => `(className = "${kind}", uniqueKey = "${kind}", enableSql = true)`).join(", ")},
    ],
    durableObjectStorage = (localDisk = "state"))),
    (name = "state", disk = (path = "state", writable = true))],
  sockets = [(name = "main", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}
