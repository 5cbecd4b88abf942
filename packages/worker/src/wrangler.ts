// wrangler, as a program of its own: it knows the account, and this package does not.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wrangler } from "./parts.ts";
import { Refusal } from "./refusal.ts";

/** What a deployment needs to know of wrangler.toml, as wrangler itself reads it. */
export interface Settings {
  name: string;
  accountId: string | undefined;
  /** The custom domains, and other routes' patterns. */
  domains: string[];
  usesWorkersDev: boolean;
  /** What the free plan refuses. */
  paidOnly: string[];
  buckets: string[];
  defaultEvent: string;
  /** The sites that may show the viewer in a frame; empty for none. */
  embedSites: string;
}

/** The account that wrangler deploys to. */
export interface Account {
  id: string;
  name: string;
}

export class Wrangler {
  readonly #flags: string[];
  readonly #program = process.env["DOWNBEAT_WRANGLER"] ?? wrangler();
  readonly #config: string;
  readonly #env: string | undefined;

  constructor(config: string, env: string | undefined) {
    this.#config = config;
    this.#env = env;
    this.#flags = ["--config", config, ...(env === undefined ? [] : ["--env", env])];
  }

  async settings(): Promise<Settings> {
    const { unstable_readConfig: read } = await import("wrangler");
    let config;
    try {
      config = read({ config: this.#config, ...(this.#env === undefined ? {} : { env: this.#env }) }, { hideWarnings: true });
    } catch (error) {
      throw new Refusal(`${this.#config} cannot be read: ${(error as Error).message.trim()}`);
    }
    const routes = [...(config.route === undefined ? [] : [config.route]), ...(config.routes ?? [])];
    return {
      name: config.name ?? "",
      accountId: config.account_id ?? process.env["CLOUDFLARE_ACCOUNT_ID"],
      domains: routes.map((route) => (typeof route === "string" ? route : route.pattern)),
      usesWorkersDev: config.workers_dev ?? routes.length === 0,
      paidOnly: [...(config.limits?.cpu_ms === undefined ? [] : ["limits.cpu_ms"]), ...(config.logpush ? ["logpush"] : [])],
      buckets: config.r2_buckets.map((bucket: { bucket_name?: string }) => bucket.bucket_name ?? ""),
      defaultEvent: String(config.vars["DEFAULT_EVENT"] ?? "main"),
      embedSites: String(config.vars["EMBED_SITES"] ?? ""),
    };
  }

  /** Returns the account; refuses if nobody is signed in, or if it could be several. */
  account(settings: Settings): Account {
    const { status, stdout } = this.#call(["whoami", "--json"]);
    const known = status === 0 ? (JSON.parse(stdout) as { accounts: Account[] }) : undefined;
    if (!known) {
      throw new Refusal(`wrangler is not signed in to Cloudflare: run "npx wrangler login", or set CLOUDFLARE_API_TOKEN (docs/deploy.md has the token's least rights)`);
    }
    const { accounts } = known;
    // A token of CI may deploy to an account, and not be allowed to list it.
    if (accounts.length === 0 && settings.accountId !== undefined) return { id: settings.accountId, name: "an account that this token cannot list" };
    const chosen = settings.accountId === undefined ? accounts : accounts.filter(({ id }) => id === settings.accountId);
    if (chosen.length === 1) return chosen[0]!;
    const list = accounts.map(({ id, name }) => `  ${id}  ${name}`).join("\n");
    throw new Refusal(chosen.length > 1
      ? `this sign-in has ${chosen.length} accounts; name one as account_id in wrangler.toml or as CLOUDFLARE_ACCOUNT_ID:\n${list}`
      : `this sign-in does not have the account ${settings.accountId}; it has:\n${list}`);
  }

  /** Returns the names of the worker's secrets; undefined if it was never deployed. */
  secrets(): string[] | undefined {
    const { status, stdout, stderr } = this.#call(["secret", "list", "--format", "json", ...this.#flags]);
    if (status === 0) return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    if (/\b10007\b|\b10090\b|does not exist/.test(stdout + stderr)) return undefined;
    throw new Refusal(`wrangler cannot say which secrets the worker has:\n${(stderr || stdout).trim()}`);
  }

  /** Bundles as a deployment does, without an account; returns what wrangler says about the size. */
  bundle(): string {
    const { status, stdout, stderr } = this.#call(["deploy", "--dry-run", ...this.#flags]);
    if (status !== 0) throw new Refusal(`wrangler cannot bundle the worker:\n${(stderr || stdout).trim()}`);
    return /^Total Upload: (.*)$/m.exec(stdout)?.[1] ?? "bundled";
  }

  /** Deploys, with wrangler's own output; returns where the worker answers. */
  deploy(flags: string[]): string[] {
    const folder = mkdtempSync(join(tmpdir(), "downbeat-deploy-"));
    try {
      const output = join(folder, "output.ndjson");
      const { status } = this.#call(["deploy", ...this.#flags, ...flags], { WRANGLER_OUTPUT_FILE_PATH: output }, "inherit");
      if (status !== 0) throw new Refusal("not deployed; wrangler says why above. What was deployed before goes on");
      const lines = readFileSync(output, "utf8").trim().split("\n").map((line) => JSON.parse(line) as { type: string; targets?: string[] });
      return lines.find(({ type }) => type === "deploy")?.targets ?? [];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #call(args: string[], env: NodeJS.ProcessEnv = {}, output: "pipe" | "inherit" = "pipe") {
    return spawnSync(process.execPath, ["--no-warnings", this.#program, ...args], {
      encoding: "utf8",
      stdio: ["ignore", output, output],
      env: { ...process.env, ...env },
    });
  }
}
