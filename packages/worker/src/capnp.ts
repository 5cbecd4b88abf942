// workerd's configuration.

import { readdirSync } from "node:fs";
import type { Page } from "./pages.ts";
import type { Setup } from "./settings.ts";

/** Where workerd listens. */
export interface Socket {
  /** Such as `127.0.0.1:8787`, or `*:443`. */
  address: string;
  /** Certificate and key in PEM form, as paths from the configuration; without it HTTP. */
  tls?: { certificate: string; key: string };
}

/** Returns the configuration, whose constant is `config`. Its folder has the modules in `worker/` and the pages in `pages/`;
 * `directory` is that folder and `objects` the folder of the objects, both relative to where workerd runs. The variables'
 * values come from workerd's environment, so that no secret is in the file. */
export function configuration(setup: Setup, socket: Socket, directory: string, objects: string, pages: Record<string, Page>): string {
  const files = readdirSync(`${directory}/worker`).sort((one) => (one === "front.js" ? -1 : 1));
  const modules = files.map((file) => `(name = "${file}", ${file.endsWith(".js") ? "esModule" : "wasm"} = embed "worker/${file}")`);
  const classes = Object.values(setup.objects);
  const bindings = [
    ...Object.entries(setup.objects).map(([name, kind]) => `(name = "${name}", durableObjectNamespace = "${kind}")`),
    ...Object.keys(setup.variables).map((name) => `(name = "${name}", fromEnvironment = "${name}")`),
    `(name = "PAGES", service = "pages")`,
    `(name = "PAGES_INDEX", json = ${JSON.stringify(JSON.stringify(pages))})`,
  ];
  // The keys are those that wrangler uses for the same objects on a developer's machine.
  const namespaces = classes.map((kind) => `(className = "${kind}", uniqueKey = "downbeat-${kind}", enableSql = true)`);
  const { tls } = socket;
  const protocol = tls
    ? `https = (options = (), tlsOptions = (keypair = (privateKey = embed "${tls.key}", certificateChain = embed "${tls.certificate}")))`
    : "http = ()";
  const list = (items: string[]): string => `[\n${items.map((item) => `        ${item},\n`).join("")}      ]`;
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = "${setup.date}",
      modules = ${list(modules)},
      bindings = ${list(bindings)},
      durableObjectNamespaces = ${list(namespaces)},
      durableObjectStorage = (localDisk = "objects"))),
    (name = "objects", disk = (path = ${JSON.stringify(objects)}, writable = true)),
    (name = "pages", disk = (path = ${JSON.stringify(`${directory}/pages`)})),
  ],
  sockets = [(name = "main", address = "${socket.address}", ${protocol}, service = "main")],
);
`;
}
