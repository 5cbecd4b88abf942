// A stand-in for wrangler where an account is needed, run as a program: STAND_IN names a JSON file that says what the account has, and
// what was called is written beside it. Bundling is left to wrangler itself.

import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

/** What the account has. */
export interface StandIn {
  /** Nobody is signed in without it. */
  accounts?: { id: string; name: string }[];
  /** The names of the worker's secrets; without it the worker was never deployed. */
  secrets?: string[];
  /** Whether a deployment fails. */
  fails?: boolean;
  /** Where a deployment answers. */
  targets: string[];
}

if (process.argv[1] === import.meta.filename) {
  const file = process.env["STAND_IN"]!;
  const account = JSON.parse(readFileSync(file, "utf8")) as StandIn;
  const [command, ...args] = process.argv.slice(2);
  const flag = (name: string): string | undefined => args[args.indexOf(name) + 1];
  const end = (code: number, stdout: string, stderr = ""): never => {
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exit(code);
  };
  appendFileSync(`${file}.calls`, `${[command, ...args].join(" ")}\n`);
  if (command === "whoami") end(account.accounts ? 0 : 1, JSON.stringify({ loggedIn: account.accounts !== undefined, accounts: account.accounts }));
  if (command === "secret" && !account.secrets) end(1, "", "This Worker does not exist on your account. [code: 10007]\n");
  if (command === "secret") end(0, JSON.stringify(account.secrets!.map((name) => ({ name, type: "secret_text" }))));
  if (command === "deploy" && args.includes("--dry-run")) {
    const real = `${dirname(createRequire(import.meta.url).resolve("wrangler/package.json"))}/wrangler-dist/cli.js`;
    process.exit(spawnSync(process.execPath, ["--no-warnings", real, command, ...args], { stdio: "inherit" }).status ?? 1);
  }
  if (command !== "deploy") end(2, "", `the stand-in does not know ${command}\n`);
  if (account.fails) end(1, "", "A request to the Cloudflare API failed.\n");
  if (args.includes("--secrets-file")) writeFileSync(`${file}.secrets`, readFileSync(flag("--secrets-file")!));
  writeFileSync(process.env["WRANGLER_OUTPUT_FILE_PATH"]!, `${JSON.stringify({ type: "wrangler-session" })}\n${JSON.stringify({ type: "deploy", targets: account.targets })}\n`);
  end(0, "Uploaded downbeat\n");
}
