// The parts of the worker's answers that the tests use. The whole shapes are in crates/wire/fixtures.

export interface Segment {
  from: number;
  position: number;
  rate: number;
}

export interface TimeBody {
  serverTime: number;
  status: "scheduled" | "running" | "paused" | "ended" | "unknown";
  message: string | null;
  epoch: string | null;
  rev: number;
  timeline: Segment[];
  rundown: string | null;
  /** Where viewers load it, if not from the server. */
  rundownUrl?: string;
  resync: number;
  /** While the server is busy: how long to wait before the next try, in ms. */
  retryAfter?: number;
  endedAt?: number;
  receivedAt?: number;
}

export interface StateBody extends Omit<TimeBody, "endedAt" | "rundownUrl"> {
  confirmed?: number;
  endedAt: number | null;
  event: string;
  title: string;
  startsAt: number;
  duration: number | null;
  locale: string;
  messages: { from: number; text: Record<string, string> | null; severity: string }[];
  hubs: number;
  archived?: boolean;
  rundownUrl: string | null;
  liveUrl: string | null;
  emergency: { key: string; url: string } | null;
  /** The epoch that this one took the place of. */
  replaces?: string;
}

export interface Anchor {
  event: string;
  epoch: string;
  rev: number;
  hash: string;
  at: number;
  key: string;
  signature: string;
}

export interface CommandAnswer {
  unchanged?: boolean;
  reverted?: { rev: number; name: string; actor: string; at: number };
  rev: number;
  effectiveAt: number;
  replaced: boolean;
  state: StateBody;
  delivery: { hubs: number; acked: number; sockets: number; ms: number; untold?: Untold[]; polling?: number };
  clock?: { worker: number; object: number };
  anchor?: Anchor;
}

export interface Untold {
  region: string;
  hubs: number;
  sockets: number;
  unknown?: number;
}

export interface Acks {
  rev: number;
  asked: number;
  applied: number;
  median: number | null;
  p95: number | null;
  elsewhere?: number;
  lackRundown?: number;
  lackEmergency?: number;
  bounds?: { within: number | null; viewers: number }[];
}

export interface Audience {
  rev: number;
  hubs: number;
  answered: number;
  sockets: number;
  byRegion: { region: string; hubs: number; answered: number; behind: number; sockets: number }[];
  byHub: { hub: number; region: string; sockets: number; rev: number }[];
  acks: Acks | null;
  untold?: Untold[];
  polling?: number;
}

export interface LogEntry {
  rev: number;
  at: number;
  effectiveAt: number;
  actor: string;
  token: string;
  name: string;
  body: Record<string, unknown>;
  prev: string;
  hash: string;
}

export interface LogPage {
  entries: LogEntry[];
  more: boolean;
  anchor?: Anchor;
}

export interface ListedEvent {
  name: string;
  createdAt: number;
  archived?: boolean;
}

export interface EventList {
  events: ListedEvent[];
}

export interface RundownPage {
  rundowns: { rundown: string; bytes: number; storedAt: number; version: string }[];
  more: boolean;
}

export interface Pointer {
  epoch: string;
  rev: number;
  rundown: string | null;
  url: string | null;
  integrity: string | null;
  bytes: number | null;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  pointer?: string;
  line?: number;
  column?: number;
  known?: string[];
  scope?: string;
  event?: string;
  sha256?: string;
  limit?: number;
  bytes?: number;
  state?: StateBody;
  lastChange?: LastChange;
}

export interface LastChange {
  id: string | null;
  name: string;
  actor: string;
  reason: string | null;
  at: number;
  effectiveAt: number;
}
