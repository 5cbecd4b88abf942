import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Readable } from "node:stream";
import type { Command, Options } from "./command.ts";
import { type Socket, configuration } from "./capnp.ts";
import { copyPages, withEmbedders, withEmergency } from "./pages.ts";
import { FRONT, PAGES, VERSION, WORKER, template, workerd } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { setupOf } from "./settings.ts";
import { STATE, open, variables } from "./state.ts";

const HELP = `serves the worker from this machine, without Cloudflare

usage: downbeat-worker serve [--port N] [--host ADDRESS] [--state DIR] [--domain NAME] [--tls-cert FILE --tls-key FILE]
  --port N         listen on this port (8787; 443 with --tls-cert); 0 takes a free one
  --host ADDRESS   listen on this address (127.0.0.1; every address with --tls-cert)
  --state DIR      keep everything here: objects/, worker.env with variables and secrets, operator.token (${STATE})
  --domain NAME    the name that viewers use. Without --tls-cert a proxy on this machine is expected in front, whose
                   X-Forwarded-For then counts; examples for Caddy and nginx are in the package's folder examples/
  --tls-cert FILE  the certificate with its chain, in PEM form: workerd then speaks HTTPS itself. A new certificate needs a restart
  --tls-key FILE   its private key, in PEM form

The first start makes the token of the first operator, into operator.token. SIGTERM and Ctrl-C stop it. All of an event's state
is on the disk before its operator is answered. Backup: downbeat-worker backup --help.
`;

/** How long workerd may take to end by itself, in ms: longer than an operator waits for an answer. Open sockets would keep it for ever. */
const END_PATIENCE = 1_500;

/** The descriptors that a viewer's socket takes in workerd (bench/push/README.md), and what everything else may need. */
const DESCRIPTORS_EACH = 2;
const DESCRIPTORS_OTHER = 200;

export const serve: Command = {
  help: HELP,
  options: {
    port: { type: "string" }, host: { type: "string" }, state: { type: "string" }, domain: { type: "string" },
    "tls-cert": { type: "string" }, "tls-key": { type: "string" },
  },
  most: 0,
  async run(options: Options) {
    const { port, host, domain, "tls-cert": certificate, "tls-key": key } = options as Record<string, string | undefined>;
    if ((certificate === undefined) !== (key === undefined)) throw new Refusal("--tls-cert and --tls-key belong together", 2);
    if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
      throw new Refusal(`--port "${port}" is not a port: 0 to 65535`, 2);
    }
    if (domain !== undefined && !/^[a-z0-9.-]+$/i.test(domain)) {
      throw new Refusal(`--domain "${domain}" is not a name such as time.example.com`, 2);
    }
    const tls = certificate !== undefined;
    for (const file of [certificate, key]) {
      if (file !== undefined && !existsSync(file)) throw new Refusal(`${file} does not exist`);
    }
    const address = host ?? (tls ? "*" : "127.0.0.1");
    const state = open((options["state"] as string | undefined) ?? STATE);
    const values = variables(state);
    const setup = setupOf(template());
    setup.variables = { ...setup.variables, ...(values as Record<string, string>) };
    if (domain !== undefined && !tls && isLoopback(address)) setup.variables["TRUSTED_PROXIES"] ??= "127.0.0.1,::1";

    const run = `${state}/run`;
    rmSync(run, { recursive: true, force: true });
    mkdirSync(`${run}/worker`, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(WORKER).filter((file) => /\.(js|wasm)$/.test(file))) copyFileSync(`${WORKER}/${file}`, `${run}/worker/${file}`);
    copyFileSync(FRONT, `${run}/worker/front.js`);
    const pages = copyPages(PAGES, `${run}/pages`, (html) => withEmergency(html, values), (text) => withEmbedders(text, setup.variables));
    if (tls) {
      copyFileSync(certificate, `${run}/certificate.pem`);
      copyFileSync(key!, `${run}/key.pem`);
    }
    const socket: Socket = {
      address: `${address.includes(":") ? `[${address}]` : address}:${port ?? (tls ? 443 : 8787)}`,
      ...(tls ? { tls: { certificate: "certificate.pem", key: "key.pem" } } : {}),
    };
    writeFileSync(`${run}/config.capnp`, configuration(setup, socket, run, `${state}/objects`, pages), { mode: 0o600 });

    const child = spawn(workerd(), ["serve", "--control-fd=3", `${run}/config.capnp`, "config"], {
      stdio: ["ignore", "inherit", "inherit", "pipe"],
      env: { ...process.env, ...setup.variables },
    });
    // From now on a signal ends workerd too, also before it listens.
    const end = ended(child);
    const listening = await listens(child).catch((error: unknown) => end.then(() => undefined, () => Promise.reject(error)));
    if (listening === undefined) return;
    const local = `${tls ? "https" : "http"}://${isEvery(address) ? "localhost" : address.includes(":") ? `[${address}]` : address}:${listening}`;
    const url = domain === undefined ? local : `https://${domain}${tls && listening !== 443 ? `:${listening}` : ""}`;
    announce(url, local, state);
    await end;
  },
};

function announce(url: string, local: string, state: string): void {
  const folder = relative(process.cwd(), state) || ".";
  const shown = folder.startsWith("..") ? state : folder;
  const descriptors = Number((process.report.getReport() as any).userLimits?.open_files?.soft);
  const lines = [
    `downbeat-worker ${VERSION}, state in ${state}`,
    ...(existsSync(`${state}/operator.token`) ? [`operator's token: ${shown}/operator.token`] : []),
    ...(descriptors > 0 ? [`room for about ${Math.max(0, Math.floor((descriptors - DESCRIPTORS_OTHER) / DESCRIPTORS_EACH))} viewers: ${descriptors} open files are allowed, and each viewer takes ${DESCRIPTORS_EACH}`] : []),
    ...(url === local ? [] : [`listening on ${local}`]),
    `ready ${url}`,
    `Open in a browser: ${url} (viewer), ${url}/display (stage), ${url}/console (operator)`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

const isLoopback = (address: string): boolean => address === "localhost" || address === "::1" || address.startsWith("127.");
const isEvery = (address: string): boolean => ["*", "0.0.0.0", "::"].includes(address);

/** Returns the port once workerd listens. */
function listens(child: ChildProcess): Promise<number> {
  return new Promise((listening, failed) => {
    let text = "";
    (child.stdio[3] as Readable).on("data", (bytes) => {
      text += String(bytes);
      const port = /"port":(\d+)/.exec(text)?.[1];
      if (port !== undefined) listening(Number(port));
    });
    child.once("error", (error) => failed(new Refusal(`workerd did not start: ${error.message}`)));
    child.once("exit", () => failed(new Refusal("workerd did not start; the lines above say why")));
  });
}

/** Waits until workerd has ended: after a signal, or because it failed. */
async function ended(child: ChildProcess): Promise<void> {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      asked = true;
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), END_PATIENCE).unref();
    });
  }
  await new Promise((resolve) => void child.once("exit", resolve).once("error", resolve));
  // Ctrl-C in a terminal reaches both at once.
  if (!asked && child.signalCode !== "SIGINT") throw new Refusal("workerd ended by itself; the lines above say why. Whoever started this (systemd, Docker) should start it again");
}
