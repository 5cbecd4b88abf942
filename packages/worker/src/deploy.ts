import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Command } from "./command.ts";
import { withEmbedders, withEmergency } from "./pages.ts";
import { answering, becomes, examine, interrupted } from "./live.ts";
import { PAGES, VERSION } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { ALL_SCOPES, makeToken } from "./token.ts";
import { type Settings, Wrangler } from "./wrangler.ts";

const HELP = `deploys the worker to your Cloudflare account, unless an event is live or near

usage: downbeat-worker deploy [--dry-run] [--while-live] [--config FILE] [--env NAME] [--server URL] [--token-file FILE]
  --dry-run          say what would be done, and bundle it; needs no account and no network
  --while-live       deploy although an event is live, starts within an hour, or cannot be asked about. A deployment closes all
                     viewers' sockets: they play on, and reconnect within about 10 seconds
  --config FILE      the settings (wrangler.toml)
  --env NAME         an environment in the settings, such as staging
  --server URL       where the worker answers; known from the settings' domain or the last deployment from this folder
  --token-file FILE  an operator's token with the scope read, to see which events are live; the first deployment writes
                     the first operator's here (operator.token). DOWNBEAT_TOKEN is read where there is no file

Signs in as wrangler does: "npx wrangler login", or CLOUDFLARE_API_TOKEN. EMERGENCY_URL and EMERGENCY_KEY, if set, are put into
the pages (docs/emergency.md). EMBED_SITES, in the settings' [vars] or the environment, names the sites that may show the viewer in
a frame (docs/integrate.md).
`;

/** Where the last deployment's address is remembered, beside the settings. */
const REMEMBERED = ".downbeat/deployed.json";

const SECRET = "DOWNBEAT_TOKENS";

export const deploy: Command = {
  help: HELP,
  options: {
    "dry-run": { type: "boolean" }, "while-live": { type: "boolean" }, config: { type: "string" }, env: { type: "string" },
    server: { type: "string" }, "token-file": { type: "string" },
  },
  most: 0,
  async run(options) {
    const config = resolve((options["config"] as string | undefined) ?? "wrangler.toml");
    if (!existsSync(config)) throw new Refusal(`${config} does not exist; write one with "downbeat-worker init", or name it with --config`);
    const env = options["env"] as string | undefined;
    const tokenFile = resolve((options["token-file"] as string | undefined) ?? "operator.token");
    const wrangler = new Wrangler(config, env);
    const settings = await wrangler.settings();
    const remembered = `${dirname(config)}/${REMEMBERED}`;
    const url = ((options["server"] as string | undefined) ?? addressOf(settings, remembered))?.replace(/\/$/, "");
    say("settings", `${config}: the worker "${settings.name}"`);
    say("address", [...settings.domains, ...(settings.usesWorkersDev ? [url?.includes(".workers.dev") ? url : "its address at workers.dev"] : [])].join(", "));
    say("plan", settings.paidOnly.length > 0 ? `${settings.paidOnly.join(" and ")} in the settings: the free plan refuses this` : "nothing in the settings needs the paid plan");
    if (settings.buckets.length > 0) say("R2", `rundowns go to the bucket ${settings.buckets.join(", ")}, which must exist; R2 is activated once in the dashboard`);
    if (options["dry-run"]) {
      say("bundle", wrangler.bundle());
      return void process.stdout.write(plan(url, tokenFile));
    }

    const account = wrangler.account(settings);
    say("account", `${account.name} (${account.id})`);
    const secrets = wrangler.secrets();
    say("secret", secrets === undefined ? "this is the first deployment" : secrets.includes(SECRET) ? `${SECRET} is set` : `${SECRET} is not set, so every operator is refused`);
    const given = existsSync(tokenFile) ? readFileSync(tokenFile, "utf8").trim() : process.env["DOWNBEAT_TOKEN"];
    if (secrets !== undefined) await refuseWhileLive(url, secrets.includes(SECRET) ? given : undefined, secrets, options["while-live"] === true);

    const folder = mkdtempSync(join(tmpdir(), "downbeat-deploy-"));
    try {
      const flags = [...ownPages(folder, settings)];
      let token = given;
      if (!secrets?.includes(SECRET)) {
        if (existsSync(tokenFile)) {
          throw new Refusal(`${tokenFile} is there, but the worker has no secret ${SECRET}. If it is from another worker, name another file with --token-file`);
        }
        const made = makeToken("owner", ALL_SCOPES);
        writeFileSync(`${folder}/secrets.json`, JSON.stringify({ [SECRET]: JSON.stringify([made.entry]) }), { mode: 0o600 });
        // Written first: a token that the worker knows and nobody has would be of no use.
        writeFileSync(tokenFile, `${made.text}\n`, { mode: 0o600, flag: "wx" });
        flags.push("--secrets-file", `${folder}/secrets.json`);
        token = made.text;
        say("token", `made for the first operator, with all scopes: ${tokenFile}`);
      }
      let targets;
      try {
        targets = wrangler.deploy(flags);
      } catch (error) {
        if (token !== given && !wrangler.secrets()?.includes(SECRET)) rmSync(tokenFile);
        throw error;
      }
      await confirm(settings.name, url, targets, remembered, token, tokenFile);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const say = (what: string, found: string): void => void process.stdout.write(`${what.padEnd(10)}${found}\n`);

/** Returns where the worker answers: at its domain, or where the last deployment from this folder was. */
function addressOf({ name, domains }: Settings, remembered: string): string | undefined {
  const domain = domains.find((pattern) => !pattern.includes("*"))?.replace(/\/.*$/, "");
  if (domain !== undefined) return `https://${domain}`;
  if (!existsSync(remembered)) return undefined;
  return (JSON.parse(readFileSync(remembered, "utf8")) as Record<string, string>)[name];
}

async function refuseWhileLive(url: string | undefined, token: string | undefined, secrets: string[], anyway: boolean): Promise<void> {
  const reasons: string[] = [];
  if (url === undefined) {
    reasons.push("the worker is deployed, and where it answers is not known here; name it: --server URL");
  } else {
    const there = await answering(url);
    say("live now", there ? `Downbeat ${there.version} at ${url}` : there === null ? `${url} is answered by something else` : `nothing answers at ${url}`);
    if (there && token === undefined && secrets.includes(SECRET)) reasons.push("which events are live is for operators to know; name a token with the scope read: --token-file FILE");
    else if (there && token !== undefined) {
      try {
        reasons.push(...(await interrupted(url, token)));
      } catch (error) {
        reasons.push((error as Error).message);
      }
    } else if (!there) reasons.push(`whether an event is live cannot be asked at ${url}`);
  }
  if (reasons.length === 0) return say("events", "none is live or starts within an hour");
  for (const reason of reasons) say("events", reason);
  if (!anyway) throw new Refusal("not deployed: it would close the sockets of everyone who is watching. --while-live deploys anyway");
}

/** Returns the flags for pages that know where a signed pause is, and which sites may frame them, if environment or settings say it. */
function ownPages(folder: string, settings: Settings): string[] {
  const { EMERGENCY_URL: emergency, EMBED_SITES: sites = settings.embedSites } = process.env;
  if (emergency === undefined && !sites) return [];
  cpSync(PAGES, `${folder}/pages`, { recursive: true });
  for (const file of readdirSync(`${folder}/pages`).filter((name) => name.endsWith(".html"))) {
    if (emergency !== undefined) writeFileSync(`${folder}/pages/${file}`, withEmergency(readFileSync(`${folder}/pages/${file}`, "utf8"), process.env));
  }
  const headers = `${folder}/pages/_headers`;
  writeFileSync(headers, withEmbedders(readFileSync(headers, "utf8"), { EMBED_SITES: sites }));
  if (emergency !== undefined) say("pages", `a signed pause is at ${emergency}`);
  if (sites) say("frames", `the viewer may be shown in pages of ${sites}`);
  return ["--assets", `${folder}/pages`];
}

async function confirm(name: string, url: string | undefined, targets: string[], remembered: string, token: string | undefined, tokenFile: string): Promise<void> {
  const at = url ?? targets.map((target) => (target.startsWith("http") ? target : `https://${target}`)).find((target) => !target.includes("*"));
  if (at === undefined) throw new Refusal("deployed, but wrangler does not say where it answers; look with: downbeat doctor --server URL");
  await becomes(at, VERSION);
  say("answers", `Downbeat ${VERSION} at ${at}`);
  mkdirSync(dirname(remembered), { recursive: true });
  const known = existsSync(remembered) ? (JSON.parse(readFileSync(remembered, "utf8")) as Record<string, string>) : {};
  writeFileSync(remembered, `${JSON.stringify({ ...known, [name]: at }, null, 2)}\n`);
  const doctor = spawnSync("downbeat", ["doctor", "--server", at, ...(existsSync(tokenFile) ? ["--token-file", tokenFile] : [])], { stdio: "inherit" });
  // Without the command line, its main questions.
  const { lines, ok } = doctor.error ? await examine(at, token) : { lines: [], ok: doctor.status === 0 };
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (!ok) throw new Refusal("deployed, but not everything is as it should be; the lines above say what");
  process.stdout.write(`\nOpen in a browser: ${at} (viewer), ${at}/display (stage), ${at}/console (operator)
Next: downbeat event set --server ${at} --token-file ${tokenFile} --event main --starts-at …
`);
}

function plan(url: string | undefined, tokenFile: string): string {
  return `
A deployment would, in this order:
  1. ask wrangler which account is signed in, and stop if there is none or more than one without account_id
  2. ask whether the worker is deployed already, and whether it has the secret ${SECRET}
  3. ask ${url ?? "the worker"}, if it is deployed, which events are running, paused, or start within an hour, and stop if there are any,
     or if it cannot tell: a deployment closes all viewers' sockets. --while-live goes on
  4. if there is no secret: make the first operator's token, with all scopes, into ${tokenFile},
     and send its SHA-256 along as the secret, so that the worker is never without operators
  5. deploy, with wrangler
  6. wait until ${url ?? "the worker"} answers with version ${VERSION}, three times in a row
  7. look at time, pages and token, with "downbeat doctor" where it is installed
Nothing was changed, and nobody was asked. What it costs: docs/deploy.md.
`;
}
