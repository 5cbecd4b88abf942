# Four workers under one runtime, one port each. bench/time/run.ts copies their modules next to this file.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "ours", worker = .ours),
    (name = "json", worker = (
      compatibilityDate = .date,
      modules = [(name = "json.js", esModule = embed "json.js")],
      bindings = [(name = "REST", fromEnvironment = "REST")])),
    (name = "tuned", worker = (
      compatibilityDate = .date,
      modules = [(name = "tuned.js", esModule = embed "tuned.js")],
      bindings = [(name = "REST", fromEnvironment = "REST")])),
    (name = "usual", worker = (
      compatibilityDate = .date,
      modules = [
        (name = "index.js", esModule = embed "usual/index.js"),
        (name = "index_bg.wasm", wasm = embed "usual/index_bg.wasm")],
      bindings = [(name = "REST", fromEnvironment = "REST")])),
    (name = "state", disk = (path = "state", writable = true)),
  ],
  sockets = [
    (name = "ours", address = "127.0.0.1:0", http = (), service = "ours"),
    (name = "json", address = "127.0.0.1:0", http = (), service = "json"),
    (name = "tuned", address = "127.0.0.1:0", http = (), service = "tuned"),
    (name = "usual", address = "127.0.0.1:0", http = (), service = "usual"),
  ],
);

# Each alone, to measure its start-up time.
const oursAlone :Workerd.Config = (
  services = [(name = "ours", worker = .ours), (name = "state", disk = (path = "state", writable = true))],
  sockets = [(name = "ours", address = "127.0.0.1:0", http = (), service = "ours")],
);
const jsonAlone :Workerd.Config = (
  services = [(name = "json", worker = (
    compatibilityDate = .date,
    modules = [(name = "json.js", esModule = embed "json.js")],
    bindings = [(name = "REST", fromEnvironment = "REST")]))],
  sockets = [(name = "json", address = "127.0.0.1:0", http = (), service = "json")],
);

const date :Text = "2026-11-01";
const ours :Workerd.Worker = (
  compatibilityDate = .date,
  modules = [
    (name = "entry.js", esModule = embed "ours/entry.js"),
    (name = "index.js", esModule = embed "ours/index.js"),
    (name = "index_bg.wasm", wasm = embed "ours/index_bg.wasm"),
  ],
  bindings = [
    (name = "EVENT", durableObjectNamespace = "EventDo"),
    (name = "HUB", durableObjectNamespace = "HubDo"),
    (name = "CATALOG", durableObjectNamespace = "CatalogDo"),
    (name = "TOKENS", durableObjectNamespace = "TokensDo"),
    (name = "DEFAULT_EVENT", text = "main"),
    (name = "DOWNBEAT_TOKENS", fromEnvironment = "DOWNBEAT_TOKENS"),
  ],
  durableObjectNamespaces = [
    (className = "EventDo", uniqueKey = "event", enableSql = true),
    (className = "HubDo", uniqueKey = "hub", enableSql = true),
    (className = "CatalogDo", uniqueKey = "catalog", enableSql = true),
    (className = "TokensDo", uniqueKey = "tokens", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);
