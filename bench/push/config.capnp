# Ours and the PartyServer room, each in its own runtime. bench/push/servers.ts copies their modules next to this file.
using Workerd = import "/workerd/workerd.capnp";

const date :Text = "2026-11-01";

const ours :Workerd.Config = (
  services = [
    (name = "main", worker = (
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
      durableObjectStorage = (localDisk = "state"))),
    (name = "state", disk = (writable = true)),
  ],
  sockets = [(name = "main", address = "127.0.0.1:0", http = (), service = "main")],
);

const room :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = .date,
      modules = [(name = "room.js", esModule = embed "room.js")],
      bindings = [(name = "ROOM", durableObjectNamespace = "Room")],
      durableObjectNamespaces = [(className = "Room", uniqueKey = "room", enableSql = true)],
      durableObjectStorage = (localDisk = "state"))),
    (name = "state", disk = (writable = true)),
  ],
  sockets = [(name = "main", address = "127.0.0.1:0", http = (), service = "main")],
);
