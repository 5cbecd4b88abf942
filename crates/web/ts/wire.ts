// What crosses the network. Made from the Rust types; do not edit:
//   cargo run --package downbeat-wire --features typescript --example typescript >crates/web/ts/wire.ts

/** An instant of the server's clock: whole milliseconds since 1970-01-01T00:00:00Z. */
export type ServerTime = number;

/** A length of time, in whole milliseconds. */
export type Span = number;

/** A place in the event: whole milliseconds from its beginning; before it, negative (the countdown). */
export type Position = number;

/** How fast the position moves: 1 is normal speed, 0 is held, 16 the fastest. */
export type Rate = number;

/** The revision of an event's state: 1 when it is made, one more with every change, never less within an `Epoch`. */
export type Rev = number;

/**
 * The life of an event's counter of revisions: 1 to 32 of `[a-z0-9]`.
 *
 * A new epoch means that the event was made anew and its revisions start again; two epochs have no order.
 */
export type Epoch = string;

/** An event's name as it stands in URLs: `[a-z0-9][a-z0-9-]{0,62}`. */
export type EventName = string;

/** The id its maker gave a command, so that sending it twice changes nothing: 1 to 64 of `[A-Za-z0-9._-]`. */
export type CommandId = string;

/** A SHA-256 digest; as text, 64 lower-case hexadecimal digits. */
export type Digest = string;

/** A language tag such as `en`, `fr-CA` or `zh-Hant-TW` (BCP 47): 2 to 35 of letters, digits and `-`. */
export type Locale = string;

/** How bad it is, in the words of status pages. */
export type Severity = "info" | "minor" | "major" | "critical";

/** One stretch of a timeline: from `from` on the event is at `position` and moves with `rate`. */
export type Segment = {
  /** The instant at which it takes effect. */
  from: ServerTime;
  /** The position at that instant. */
  position: Position;
  /** How the position moves from then on. */
  rate: Rate;
};

/** The status of an event as it travels: a `Status`, or that nobody knows it right now. */
export type StatusWord = "scheduled" | "running" | "paused" | "ended" | "unknown";

/** `{"serverTime":1704067200000,"status":"running","message":null,…}`, in this order. */
export type TimeBody = {
  /** When the answer left. */
  serverTime: ServerTime;
  /** Where the event is at that instant. */
  status: StatusWord;
  /** What viewers are told at that instant, in the event's default locale. */
  message: string | null;
  /** The life of the event's counter; nothing while unknown. */
  epoch: Epoch | null;
  /** The revision; 0 while unknown. */
  rev: Rev;
  /** The segments of the timeline, the earliest first; none while unknown. */
  timeline: Array<Segment>;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** How long to wait before asking again, ± 20 %, in ms. */
  resync: Span;
  /** When the event ended or will end; left out if no end is known. */
  endedAt?: ServerTime;
  /** When the question arrived; left out where that is the same as `serverTime`. */
  receivedAt?: ServerTime;
};

/** What viewers are told from an instant on, in every locale. */
export type Announcement = {
  /** The instant from which it is shown. */
  from: ServerTime;
  /** The text per locale; nothing where from then on no message is shown. */
  text: { [key in Locale]: string } | null;
  /** How bad it is. */
  severity: Severity;
};

/** The public half of an Ed25519 key (RFC 8032); as text, its 32 bytes in base64url without padding. */
export type EmergencyKey = string;

/** The URL of a store's pointer as viewers read it: `https://…`, or `http://` on this machine. */
export type PointerUrl = string;

/** Where viewers look when neither socket nor server answers, and whose signature they believe there. */
export type EmergencyChannel = {
  /** Whose signature they believe. */
  key: EmergencyKey;
  /** Where the pointer is that they read. */
  url: PointerUrl;
};

/** The whole public state. It begins with the fields of `TimeBody`, so that one reader understands both. */
export type StateBody = {
  /** When the answer left. */
  serverTime: ServerTime;
  /** Where the event is at that instant. */
  status: StatusWord;
  /** What viewers are told at that instant, in the event's default locale. */
  message: string | null;
  /** The life of the event's counter. */
  epoch: Epoch;
  /** The revision. */
  rev: Rev;
  /** The segments of the timeline, the earliest first. */
  timeline: Array<Segment>;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** How long to wait before asking for the time again, ± 20 %, in ms. */
  resync: Span;
  /** When the event ended or will end. */
  endedAt: ServerTime | null;
  /** The event's name. */
  event: EventName;
  /** What it is called; may be empty. */
  title: string;
  /** When it begins. */
  startsAt: ServerTime;
  /** How long it is meant to last, in ms, if that is known. */
  duration: Span | null;
  /** The locale of `message`. */
  locale: Locale;
  /** What viewers are told, now and as scheduled, the earliest first. */
  messages: Array<Announcement>;
  /** How many hubs hold the viewers' sockets. */
  hubs: number;
  /** The sites whose pages may hold sockets, as a browser's `Origin` names them; left out where any may. */
  origins?: Array<string>;
  /** Where the rundown lies, relative to the server. */
  rundownUrl: string | null;
  /** Where changes are pushed, relative to the server; nothing if this server does not push. */
  liveUrl: string | null;
  /** Where to look when neither the push nor the server answers, and whose signature to believe there. */
  emergency: EmergencyChannel | null;
};

/** What is signed: the fields of the public state that an emergency may change. */
export type EmergencyBody = {
  /** The event it is of; for no other it counts. */
  event: EventName;
  /** The life of the event's counter; for no other it counts. */
  epoch: Epoch;
  /** The revision; only a higher one than is known counts. */
  rev: Rev;
  /** The segments of the timeline, the earliest first. */
  timeline: Array<Segment>;
  /** When the event ended or will end. */
  endedAt: ServerTime | null;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** When the event begins. */
  startsAt: ServerTime;
  /** What viewers are told, now and as scheduled, the earliest first. */
  messages: Array<Announcement>;
  /** When it was signed, by the signer's estimate of the server's time. */
  signedAt: ServerTime;
  /** Who signed it, as they said. */
  actor: string;
  /** Why, as they said. */
  reason: string | null;
};

/** A signed state, and its signature. */
export type EmergencyDocument = {
  /** The JSON text of an `EmergencyBody`. */
  state: string;
  /** The Ed25519 signature of `signed_bytes`, in base64url without padding. */
  signature: string;
};

/** The answer of `GET /v1/events/{event}/rundown.json`: which rundown viewers should have, and where it lies. */
export type RundownPointer = {
  /** The life of the event's counter. */
  epoch: Epoch;
  /** The revision this is from; a higher one of the same epoch wins. */
  rev: Rev;
  /** The SHA-256 of its bytes; nothing if the event has no rundown. */
  rundown: Digest | null;
  /** Where it lies, relative to the server. */
  url: string | null;
  /** Its subresource integrity, `sha256-…`, for `fetch(url, {integrity})`. */
  integrity: string | null;
  /** How many bytes it has. */
  bytes: number | null;
};

/** One rundown of a `RundownPage`. */
export type StoredRundown = {
  /** The SHA-256 of its bytes. */
  rundown: Digest;
  /** How many bytes it has. */
  bytes: number;
  /** When it was put there last: publishing it again counts. */
  storedAt: ServerTime;
  /**
   * Names this putting. `DELETE` takes it, in quotes, as `If-Match`, so that what was published again meanwhile
   * stays.
   */
  version: string;
};

/** The answer of `GET /v1/events/{event}/rundowns`: what is stored, sorted by digest. */
export type RundownPage = {
  /** The rundowns. */
  rundowns: Array<StoredRundown>;
  /** There are more: ask with `?after=` the last one's digest. */
  more: boolean;
};

/** How far a change got by the time the command was answered. */
export type DeliveryReport = {
  /** How many hubs there are. */
  hubs: number;
  /** How many of them have it. */
  acked: number;
  /** How many sockets they sent it to. */
  sockets: number;
  /** How long that took, in ms. */
  ms: number;
};

/**
 * The answer to a command: the event's state with it.
 *
 * A command sent with `?dryRun` gets the answer that the command itself would get at that moment, or the same refusal, but
 * nothing is stored, its id is not used up, and no hub hears of it: `rev` is the revision it would make, `effectiveAt` the
 * instant at which it would take effect, `state` what viewers would then have, and `delivery` counts no hub as reached.
 */
export type CommandAnswer = {
  /** The revision the command made. */
  rev: Rev;
  /** When it takes effect. */
  effectiveAt: ServerTime;
  /** Something that was scheduled for later has been replaced. */
  replaced: boolean;
  /** The state with it. */
  state: StateBody;
  /** How far it got. */
  delivery: DeliveryReport;
};

/** Who changed an event last, what, and when; for operators only. */
export type LastChange = {
  /** The id of the command, if it was one. */
  id: CommandId | null;
  /** The command's name, `create` or `configure`. */
  name: string;
  /** Who. */
  actor: string;
  /** Why. */
  reason: string | null;
  /** When it was decided. */
  at: ServerTime;
  /** When it takes effect. */
  effectiveAt: ServerTime;
};

/** A part of the world in which an object can be asked to be: Cloudflare's location hints. */
export type Region = "wnam" | "enam" | "sam" | "weur" | "eeur" | "apac" | "oc" | "afr" | "me";

/** What one hub says. */
export type HubAudience = {
  /** Its number, from 0. */
  hub: number;
  /** Where it was asked to be. */
  region: Region;
  /** How many sockets it holds. */
  sockets: number;
  /** The revision it has. */
  rev: Rev;
};

/** What a sample of the viewers said of a change. */
export type Acks = {
  /** The revision they were asked about. */
  rev: Rev;
  /** How many were asked. */
  asked: number;
  /** How many of them have said that they applied it. */
  applied: number;
  /** How late half of those applied it, in ms after its effect; nothing before the first answer. */
  median: number | null;
  /** How late 95 % of those applied it, in ms after its effect; nothing before the first answer. */
  p95: number | null;
};

/** Who is connected, as the hubs say. Hubs that are silent are not counted: `answered` says how many did. */
export type Audience = {
  /** The revision the event is at. */
  rev: Rev;
  /** How many hubs there are. */
  hubs: number;
  /** How many of them answered. */
  answered: number;
  /** How many sockets they hold together. */
  sockets: number;
  /** What each of them said, by its number. */
  byHub: Array<HubAudience>;
  /** How many viewers have applied the last change; nothing if nobody was asked to acknowledge it. */
  acks: Acks | null;
};

/** What a `StateFrame` is. */
export type StateKind = "state";

/** The whole state, pushed. */
export type StateFrame = {
  /** What this frame is. */
  type: StateKind;
  /** The number of the hub that holds the socket: what `?not=` takes when it is lost. */
  hub: number;
  /** Please send an `Ack` when this is applied; a sample of the viewers is asked. */
  ack: boolean;
  /** When the answer left. */
  serverTime: ServerTime;
  /** Where the event is at that instant. */
  status: StatusWord;
  /** What viewers are told at that instant, in the event's default locale. */
  message: string | null;
  /** The life of the event's counter. */
  epoch: Epoch;
  /** The revision. */
  rev: Rev;
  /** The segments of the timeline, the earliest first. */
  timeline: Array<Segment>;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** How long to wait before asking for the time again, ± 20 %, in ms. */
  resync: Span;
  /** When the event ended or will end. */
  endedAt: ServerTime | null;
  /** The event's name. */
  event: EventName;
  /** What it is called; may be empty. */
  title: string;
  /** When it begins. */
  startsAt: ServerTime;
  /** How long it is meant to last, in ms, if that is known. */
  duration: Span | null;
  /** The locale of `message`. */
  locale: Locale;
  /** What viewers are told, now and as scheduled, the earliest first. */
  messages: Array<Announcement>;
  /** How many hubs hold the viewers' sockets. */
  hubs: number;
  /** The sites whose pages may hold sockets, as a browser's `Origin` names them; left out where any may. */
  origins?: Array<string>;
  /** Where the rundown lies, relative to the server. */
  rundownUrl: string | null;
  /** Where changes are pushed, relative to the server; nothing if this server does not push. */
  liveUrl: string | null;
  /** Where to look when neither the push nor the server answers, and whose signature to believe there. */
  emergency: EmergencyChannel | null;
};

/** What an `Ack` is. */
export type AckKind = "ack";

/** A viewer's word that a change was applied. */
export type Ack = {
  /** What this frame is. */
  type: AckKind;
  /** The revision that was applied. */
  rev: Rev;
  /**
   * When it was acted on, in the server's time as the viewer knows it: at its effect, or when it was heard if that
   * was later.
   */
  appliedAt: ServerTime;
};

/** What a token allows. */
export type Scope = "operate" | "publish" | "read";

/** The answer of `GET /v1/token`: what the token allows that the request shows. */
export type Grant = {
  /** The token's public part. */
  id: string;
  /** What it allows. */
  scopes: Array<Scope>;
  /** When it stops being valid; nothing if never. */
  expires: ServerTime | null;
};

/** One event of an `EventList`. */
export type ListedEvent = {
  /** Its name. */
  name: EventName;
  /** When it was made. */
  createdAt: ServerTime;
};

/** The answer of `GET /v1/events`. */
export type EventList = {
  /** The events, by name. */
  events: Array<ListedEvent>;
};

/** One change. */
export type LogEntry = {
  /** The revision it made. */
  rev: Rev;
  /** When it was decided. */
  at: ServerTime;
  /** When it took effect. */
  effectiveAt: ServerTime;
  /** Who asked, as they said. */
  actor: string;
  /** The id of the token they showed. */
  token: string;
  /** The command's name, `create` or `configure`. */
  name: string;
  /** The body as it was understood. */
  body: Record<string, unknown>;
  /** The hash of the entry before it. */
  prev: Digest;
  /** The hash of this entry. */
  hash?: Digest;
};

/** The answer of `GET /v1/events/{event}/log`: entries, the newest first. */
export type LogPage = {
  /** The entries. */
  entries: Array<LogEntry>;
  /** There are older ones: ask with `?before=` the last one's rev. */
  more: boolean;
};

/** What went wrong, and what to do about it. */
export type Problem = {
  /** `urn:downbeat:problem:` and the code. */
  type: string;
  /** A short summary. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What is wrong in this case: the place, the limit, the remedy. */
  detail: string;
  /** The stable code; as text, since a newer server may send one this side does not know. */
  code: string;
};

/** The stable codes of problems that this version knows. */
export type ProblemCode =
  | "malformed-json"
  | "bad-request"
  | "unauthorized"
  | "forbidden"
  | "foreign-origin"
  | "bad-signature"
  | "unknown-event"
  | "unknown-rundown"
  | "unknown-path"
  | "method-not-allowed"
  | "stale"
  | "conflict"
  | "rundown-in-use"
  | "changed"
  | "too-large"
  | "invalid-field"
  | "unknown-command"
  | "digest-mismatch"
  | "not-a-rundown"
  | "upgrade-required"
  | "full"
  | "unavailable"
  | "internal";

/** What stands before the state in the bytes that are signed. */
export const SIGNED_PREFIX = "downbeat.emergency/1\n";

/** The paths of the API, relative to the server. */
export const PATHS = {
  token: (): string => `/v1/token`,
  events: (): string => `/v1/events`,
  time: (event: EventName): string => `/v1/events/${event}/time`,
  event: (event: EventName): string => `/v1/events/${event}`,
  status: (event: EventName): string => `/v1/events/${event}/status`,
  live: (event: EventName): string => `/v1/events/${event}/live`,
  commands: (event: EventName): string => `/v1/events/${event}/commands`,
  emergency: (event: EventName): string => `/v1/events/${event}/emergency`,
  log: (event: EventName): string => `/v1/events/${event}/log`,
  audience: (event: EventName): string => `/v1/events/${event}/audience`,
  rundownPointer: (event: EventName): string => `/v1/events/${event}/rundown.json`,
  rundowns: (event: EventName): string => `/v1/events/${event}/rundowns`,
  rundown: (event: EventName, digest: Digest): string => `/v1/events/${event}/rundowns/${digest}.json`,
} as const;
