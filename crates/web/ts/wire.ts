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

/**
 * The revision of an event's state: 1 when it is made, one more with every change, never less within an `Epoch`.
 *
 * An event never makes or accepts one above 2^40. What others send may be any number, and is only compared.
 */
export type Rev = number;

/**
 * The life of an event's counter of revisions: 1 to 32 of `[a-z0-9]`.
 *
 * A new epoch means that the event was made anew and its revisions start again; two epochs have no order.
 */
export type Epoch = string;

/** An event's name as it stands in URLs: `[a-z0-9][a-z0-9-]{0,62}`. */
export type EventName = string;

/** The client-made id of a command, so that sending it twice changes nothing: 1 to 64 of `[A-Za-z0-9._-]`. */
export type CommandId = string;

/** A SHA-256 digest; as text, 64 lower-case hexadecimal digits. */
export type Digest = string;

/** A language tag such as `en`, `fr-CA` or `zh-Hant-TW` (BCP 47): 2 to 35 of letters, digits and `-`. */
export type Locale = string;

/** The severity of a message, in the words of status pages. */
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

/** The status of an event on the wire: a `Status`, or `unknown`. */
export type StatusWord = "scheduled" | "running" | "paused" | "ended" | "unknown";

/** `{"serverTime":1704067200000,"status":"running","message":null,…}`, in this order. */
export type TimeBody = {
  /** When the answer left. */
  serverTime: ServerTime;
  /**
   * The query parameter `t1` of the request, if it had a valid one (`parse_t1`): it shows that the answer was made for this
   * request, and by no cache for another.
   */
  t1?: string;
  /** Where the event is at that instant. */
  status: StatusWord;
  /** The message to viewers at that instant, in the event's default locale. */
  message: string | null;
  /** The epoch: the life of the event's counter; `null` while unknown. */
  epoch: Epoch | null;
  /** The revision; 0 while unknown. */
  rev: Rev;
  /** The segments of the timeline, the earliest first; empty while unknown. */
  timeline: Array<Segment>;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** Where viewers load the rundown from; omitted if that is the server itself. */
  rundownUrl?: string;
  /** How long to wait before asking again, ± 20 %, in ms. */
  resync: Span;
  /**
   * How long to wait, up to half as long again, before the next request for the time or the status, in ms; omitted
   * unless the server is slow.
   */
  retryAfter?: Span;
  /** When the event ended or will end; omitted if no end is known. */
  endedAt?: ServerTime;
  /** When the request arrived; omitted if that equals `serverTime`. */
  receivedAt?: ServerTime;
};

/** A message to viewers from an instant on, in every locale. */
export type Announcement = {
  /** The instant from which it is shown. */
  from: ServerTime;
  /** The text per locale; `null` if no message is shown from then on. */
  text: { [key in Locale]: string } | null;
  /** The severity. */
  severity: Severity;
};

/** The public half of an Ed25519 key (RFC 8032); as text, its 32 bytes in base64url without padding. */
export type EmergencyKey = string;

/** A URL that pages load from: `https://…`, or `http://` on this machine. */
export type PageUrl = string;

/** Where viewers look when neither socket nor server answers, and whose signature they accept there. */
export type EmergencyChannel = {
  /** The key whose signature they accept. */
  key: EmergencyKey;
  /** The URL of the pointer that they read. */
  url: PageUrl;
};

/** An event that adds hubs as they fill. */
export type AutoHubs = {
  /** How many viewers are expected; `null` if nobody has said. */
  expected: number | null;
};

/** What a member may do: each role may do what those before it may. */
export type Role = "viewer" | "controller" | "owner";

/** Who has the controls. */
export type Controls = "controllers" | "everyone";

/** A wait: a hold whose resume is scheduled already. */
export type RoomWait = {
  /** When the room holds. */
  from: ServerTime;
  /** When it resumes at the latest. */
  until: ServerTime;
};

/** The last change of an event, with actor, reason and time; for operators, and for members of a room. */
export type LastChange = {
  /** The id, if it was a command. */
  id: CommandId | null;
  /** The command's name; `create`, `configure`, `archive`, `unarchive` or `emergency` for other changes. */
  name: string;
  /** The actor. */
  actor: string;
  /** The reason. */
  reason: string | null;
  /** When it was decided. */
  at: ServerTime;
  /** When it takes effect. */
  effectiveAt: ServerTime;
};

/** What of a state is so only of rooms. */
export type RoomBody = {
  /** What it plays: an `https:` URL, or a path on the page's own origin; `null` if nothing has been chosen. */
  content: string | null;
  /** Who has the controls. */
  controls: Controls;
  /** How long the room waits at most for members that buffer, in ms; `null` if it never waits. */
  waitMax: Span | null;
  /** The wait that is scheduled or has begun; `null` if there is none. */
  wait: RoomWait | null;
  /** What changed last, and who did it; the name of the member that is waited for, if that is `wait`. */
  lastChange: LastChange;
};

/** The whole public state. It begins with the fields of `TimeBody`, so that one reader understands both. */
export type StateBody = {
  /** When the answer left. */
  serverTime: ServerTime;
  /** The query parameter `t1` of the request, as in `TimeBody::t1`. */
  t1?: string;
  /** Where the event is at that instant. */
  status: StatusWord;
  /** The message to viewers at that instant, in the event's default locale. */
  message: string | null;
  /** The epoch: the life of the event's counter. */
  epoch: Epoch;
  /** The revision. */
  rev: Rev;
  /**
   * The epoch that this one took the place of since storage was restored or the event was reset: who has that one accepts this
   * one at once, whatever its revision. Omitted if there is none.
   */
  replaces?: Epoch;
  /**
   * The latest instant at which the event's object is known to have had this state: who learned of a higher revision or of
   * another epoch before it accepts this one once nothing contradicts it for 10 s. Omitted in answers of the object itself.
   */
  confirmed?: ServerTime;
  /** The segments of the timeline, the earliest first. */
  timeline: Array<Segment>;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** How long to wait before asking for the time again, ± 20 %, in ms. */
  resync: Span;
  /**
   * How long to wait, up to half as long again, before the next request for the time or the status, in ms; omitted
   * unless the server is slow.
   */
  retryAfter?: Span;
  /** When the event ended or will end. */
  endedAt: ServerTime | null;
  /** The event's name. */
  event: EventName;
  /** Its title; may be empty. */
  title: string;
  /** When it begins. */
  startsAt: ServerTime;
  /** Its planned duration in ms, if known. */
  duration: Span | null;
  /** The locale of `message`. */
  locale: Locale;
  /** The messages to viewers, current and scheduled, the earliest first. */
  messages: Array<Announcement>;
  /** The number of hubs that hold the viewers' sockets. */
  hubs: number;
  /** That hubs are added as they fill; omitted if their number is fixed. */
  autoHubs?: AutoHubs;
  /** The sites whose pages may open sockets, as a browser's `Origin` names them; omitted if any may. */
  origins?: Array<string>;
  /** Whether the event is archived: nothing changes it, and the list of events leaves it out. Omitted if it is not. */
  archived?: boolean;
  /** The URL that viewers load the rundown from, relative to the server. If that fails, the server has it, too. */
  rundownUrl: string | null;
  /** The URL of the WebSocket that pushes changes, relative to the server; `null` if this server does not push. */
  liveUrl: string | null;
  /** Where to look when neither the socket nor the server answers, and whose signature to accept there. */
  emergency: EmergencyChannel | null;
  /** What is so only of rooms; omitted of other events. */
  room?: RoomBody;
};

/** What is signed: the fields of the public state that an emergency may change. */
export type EmergencyBody = {
  /** The event; it is valid for no other. */
  event: EventName;
  /** The epoch; it is valid for no other. */
  epoch: Epoch;
  /** The revision; it counts only if higher than the known one. */
  rev: Rev;
  /** The segments of the timeline, the earliest first. */
  timeline: Array<Segment>;
  /** When the event ended or will end. */
  endedAt: ServerTime | null;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** When the event begins. */
  startsAt: ServerTime;
  /** The messages to viewers, current and scheduled, the earliest first. */
  messages: Array<Announcement>;
  /** When it was signed, by the signer's estimate of the server's time. */
  signedAt: ServerTime;
  /**
   * Until when viewers accept it who never heard of the event from its server: at most 24 h after it was signed. Absent in
   * documents of older versions, which such viewers ignore.
   */
  validUntil?: ServerTime;
  /** Who signed it, as the client said. */
  actor: string;
  /** The reason, as the client said. */
  reason: string | null;
};

/** A signed state, and its signature. */
export type EmergencyDocument = {
  /** The JSON text of an `EmergencyBody`. */
  state: string;
  /** The Ed25519 signature of `signed_bytes`, in base64url without padding. */
  signature: string;
};

/**
 * An event as it is published beside its pointer: what a page that never reached the worker needs to play on. Nothing signs it,
 * so it counts only while a page knows nothing else of the event.
 */
export type PublishedEvent = {
  /** The event's name. */
  event: EventName;
  /** Its epoch at the worker. */
  epoch: Epoch;
  /** Its revision at the worker. */
  rev: Rev;
  /** Its title; may be empty. */
  title: string;
  /** Its default locale. */
  locale: Locale;
  /** When it begins. */
  startsAt: ServerTime;
  /** Its planned duration in ms, if known. */
  duration: Span | null;
  /** The segments of the timeline, the earliest first. */
  timeline: Array<Segment>;
  /** When the event ended or will end. */
  endedAt: ServerTime | null;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** The URL of the rundown, relative to this object's. */
  url: string | null;
  /**
   * Sources of UTC, the best first: URLs that answer with `{"serverTime":…}` (another worker's `/time`), with an ISO 8601
   * date and time as text, or with a `Date` header that pages may read.
   */
  utc: Array<string>;
  /** When this was written, by the worker's clock. */
  at: ServerTime;
};

/** The answer of `GET /v1/events/{event}/rundown.json`: which rundown viewers should have, and its URL. */
export type RundownPointer = {
  /** The epoch: the life of the event's counter. */
  epoch: Epoch;
  /** The revision; a higher one of the same epoch wins. */
  rev: Rev;
  /** The SHA-256 of its bytes; `null` if the event has no rundown. */
  rundown: Digest | null;
  /** Its URL, relative to the server. */
  url: string | null;
  /** Its subresource integrity, `sha256-…`, for `fetch(url, {integrity})`. */
  integrity: string | null;
  /** Its size in bytes. */
  bytes: number | null;
};

/** One rundown of a `RundownPage`. */
export type StoredRundown = {
  /** The SHA-256 of its bytes. */
  rundown: Digest;
  /** Its size in bytes. */
  bytes: number;
  /** When it was last stored: publishing it again counts. */
  storedAt: ServerTime;
  /**
   * The version of this upload. `DELETE` takes it, in quotes, as `If-Match`, so that what was published again
   * meanwhile stays.
   */
  version: string;
};

/** The answer of `GET /v1/events/{event}/rundowns`: what is stored, sorted by digest. */
export type RundownPage = {
  /** The rundowns. */
  rundowns: Array<StoredRundown>;
  /** Whether there are more: ask with `?after=` the last one's digest. */
  more: boolean;
};

/** What the crew should know about one cue. */
export type CueNotes = {
  /** The cue's id in the rundown. */
  cue: string;
  /** What to know about it. Omitted if there is nothing. */
  note?: string;
  /** Who is responsible for it. Omitted if nobody is named. */
  owner?: string;
  /** What it belongs to, such as an act. Omitted if it belongs to nothing. */
  group?: string;
  /** Words such as `rehearse`, in the author's order. Omitted if there are none. */
  flags?: Array<string>;
};

/**
 * The body of `PUT …/rundowns/{sha256}/notes`, at most 1 MiB, and the answer of `GET`. The last one that was put counts.
 *
 * The server stores it in one form, whatever was sent: sorted by cue, without cues about which nothing is said, and without
 * members that it does not know.
 */
export type Notes = {
  /** The cues about which something is said, sorted by `cue`, each at most once. */
  cues: Array<CueNotes>;
};

/** The answer of `PUT …/rundowns/{sha256}/notes`. */
export type StoredNotes = {
  /** How many cues have notes now. */
  cues: number;
  /** Whether they differ from what was stored before. */
  changed: boolean;
};

/** A part of the world in which an object can be created: Cloudflare's location hints. */
export type Region = "wnam" | "enam" | "sam" | "weur" | "eeur" | "apac" | "oc" | "afr" | "me";

/** A hub, and where it is. */
export type HubName = {
  /** Its number, from 0. */
  hub: number;
  /** The region it was created for. */
  region: Region;
};

/** Sockets in one region that do not have the event's revision. */
export type Untold = {
  /** The region of their hubs. */
  region: Region;
  /** How many hubs there do not have it, as far as the event knows: announcements to them are repeated. */
  hubs: number;
  /** How many sockets these had when they last reported. */
  sockets: number;
  /** How many of these hubs have not reported yet: their sockets are not counted. Omitted if all have. */
  unknown?: number;
};

/** How far a change was delivered by the time the command was answered. */
export type DeliveryReport = {
  /** The number of hubs. */
  hubs: number;
  /** How many of them have the change. */
  acked: number;
  /** How many sockets they sent it to. */
  sockets: number;
  /** How long that took, in ms. */
  ms: number;
  /** The hubs that do not have it yet, by number: the first 10; omitted if all have it. */
  missing?: Array<HubName>;
  /** The sockets that were not sent it yet, by region, the most first; omitted if all were. */
  untold?: Array<Untold>;
  /** About how many viewers poll instead of holding a socket, and have it within 10 s: an estimate; omitted if nobody does. */
  polling?: number;
};

/** What the worker has signed about an entry of the log. */
export type Anchor = {
  /** The event. */
  event: EventName;
  /** The epoch. */
  epoch: Epoch;
  /** The revision of the entry. */
  rev: Rev;
  /** The hash of the entry, and so of everything before it. */
  hash: Digest;
  /** When the change was decided. */
  at: ServerTime;
  /** The key that has signed. */
  key: string;
  /** The Ed25519 signature of the members before `key`, in base64url without padding. */
  signature: string;
};

/**
 * The two clocks, in the answer to a change and in its entry in the log, where they differ by more than a second and the
 * time that the call took. The change was decided by the worker's, to which viewers are aligned.
 */
export type ClockReport = {
  /** The time by the worker's clock, by which the change was decided. */
  worker: ServerTime;
  /** The time by the clock of the event's object, which is wrong. */
  object: ServerTime;
};

/** The change that an `undo` reverted, or a `redo` applied again. */
export type Reverted = {
  /** The revision it had made. */
  rev: Rev;
  /** Its name, as `ChangeRecord::name` returns it. */
  name: string;
  /** Who had made it. */
  actor: string;
  /** When it had been decided. */
  at: ServerTime;
};

/**
 * The answer to a command: the event's state with it.
 *
 * A command sent with `?dryRun` gets the answer that the command itself would get at that moment, or the same
 * refusal, but nothing is stored, its id is not used up, and no hub is notified: `rev` is the revision it would
 * make, `effectiveAt` the instant at which it would take effect, `state` what viewers would then have, and
 * `delivery` counts no hub as reached.
 */
export type CommandAnswer = {
  /** The revision the command made. */
  rev: Rev;
  /** When it takes effect. */
  effectiveAt: ServerTime;
  /** Whether something that was scheduled for later has been replaced. */
  replaced: boolean;
  /**
   * Whether nothing is different from before, as after the pause of an event that is paused already. `undo` is then about the
   * change before it.
   */
  unchanged?: boolean;
  /** The change that an `undo` reverted, or a `redo` applied again. */
  reverted?: Reverted;
  /** The state with it. */
  state: StateBody;
  /** How far it was delivered. */
  delivery: DeliveryReport;
  /** Both clocks, if the one of the event's object is wrong. */
  clock?: ClockReport;
  /** What the worker signs about the log with it; missing if its key cannot be had in time. */
  anchor?: Anchor;
};

/** The hubs of one region together. */
export type RegionAudience = {
  /** The region they were created for. */
  region: Region;
  /** How many there are. */
  hubs: number;
  /** How many of them answered. */
  answered: number;
  /** How many of those do not have the event's revision. */
  behind: number;
  /** The number of sockets they hold together. */
  sockets: number;
};

/** The report of one hub. */
export type HubAudience = {
  /** Its number, from 0. */
  hub: number;
  /** The region it was created for. */
  region: Region;
  /** The number of sockets it holds. */
  sockets: number;
  /** The revision it has. */
  rev: Rev;
  /**
   * How late the last of its viewers applied the last change, of those who were asked, in ms after its effect; omitted
   * before the first answer.
   */
  late?: number;
};

/** How many viewers' clocks are right within a bound, and not within the bound before it. */
export type BoundCount = {
  /** The bound, in ms either way: 5, 20, 50, 100, 250 or 1,000; `null` for those that are less exact. */
  within: Span | null;
  /** How many viewers of the sample. */
  viewers: number;
};

/** The acknowledgements of a sample of the viewers. */
export type Acks = {
  /** The revision they were asked about. */
  rev: Rev;
  /** How many were asked. */
  asked: number;
  /** How many of them have acknowledged it. */
  applied: number;
  /** How late half of those applied it, in ms after its effect; `null` before the first answer. */
  median: number | null;
  /** How late 95 % of those applied it, in ms after its effect; `null` before the first answer. */
  p95: number | null;
  /** How many go on with another epoch or revision for now, since nothing has settled yet which is right; omitted if none. */
  elsewhere?: number;
  /** How many of those who applied it could not load the event's rundown so far; omitted if all could. */
  lackRundown?: number;
  /** How many of those in `bounds` say that they cannot check a state that is signed with the event's emergency key; omitted if none does. */
  lackEmergency?: number;
  /** How exact the clocks are of those who applied it and said so; omitted if nobody did. */
  bounds?: Array<BoundCount>;
};

/** Who is connected, as the hubs report. Hubs that do not answer are not counted; `answered` is how many did. */
export type Audience = {
  /** The event's revision. */
  rev: Rev;
  /** The number of hubs. */
  hubs: number;
  /** How many of them answered. */
  answered: number;
  /** The number of sockets they hold together. */
  sockets: number;
  /** The reports by region, the largest audience first. A worker from before it was added leaves it out. */
  byRegion?: Array<RegionAudience>;
  /**
   * The reports of the hubs, by number. Of more than 64 only the 64 slowest: first those that are behind, then those whose
   * viewers were the latest to apply the last change.
   */
  byHub: Array<HubAudience>;
  /** How many viewers have applied the last change; `null` if no viewer was asked to acknowledge it. */
  acks: Acks | null;
  /**
   * The sockets of hubs that do not have the event's revision, or do not answer, by region, the most first; omitted if there
   * are none.
   */
  untold?: Array<Untold>;
  /**
   * About how many viewers poll the status instead of holding a socket: an estimate, from the polls of the last 10 s; omitted
   * if nobody does. What caches answer is not in it.
   */
  polling?: number;
};

/** Who was there at an instant. */
export type AudienceSample = {
  /** When it was taken, in ms since 1970. */
  at: ServerTime;
  /** The audience, without its regions, hubs and what was not told. */
  audience: Audience;
};

/**
 * An event's audience over time: a sample for each minute in which somebody had a socket, the oldest first. After a day one for
 * each quarter of an hour is kept, and after a week none.
 */
export type AudienceHistory = {
  /** The samples. */
  samples: Array<AudienceSample>;
};

/** What a `StateFrame` is. */
export type StateKind = "state";

/** The whole state, pushed. */
export type StateFrame = {
  /** The type of the frame. */
  type: StateKind;
  /** The number of the hub that holds the socket, for `?not=` once it is lost. */
  hub: number;
  /** Whether to send an `Ack` when this is applied; a sample of the viewers is asked. */
  ack: boolean;
  /** When the answer left. */
  serverTime: ServerTime;
  /** The query parameter `t1` of the request, as in `TimeBody::t1`. */
  t1?: string;
  /** Where the event is at that instant. */
  status: StatusWord;
  /** The message to viewers at that instant, in the event's default locale. */
  message: string | null;
  /** The epoch: the life of the event's counter. */
  epoch: Epoch;
  /** The revision. */
  rev: Rev;
  /**
   * The epoch that this one took the place of since storage was restored or the event was reset: who has that one accepts this
   * one at once, whatever its revision. Omitted if there is none.
   */
  replaces?: Epoch;
  /**
   * The latest instant at which the event's object is known to have had this state: who learned of a higher revision or of
   * another epoch before it accepts this one once nothing contradicts it for 10 s. Omitted in answers of the object itself.
   */
  confirmed?: ServerTime;
  /** The segments of the timeline, the earliest first. */
  timeline: Array<Segment>;
  /** The rundown viewers should have. */
  rundown: Digest | null;
  /** How long to wait before asking for the time again, ± 20 %, in ms. */
  resync: Span;
  /**
   * How long to wait, up to half as long again, before the next request for the time or the status, in ms; omitted
   * unless the server is slow.
   */
  retryAfter?: Span;
  /** When the event ended or will end. */
  endedAt: ServerTime | null;
  /** The event's name. */
  event: EventName;
  /** Its title; may be empty. */
  title: string;
  /** When it begins. */
  startsAt: ServerTime;
  /** Its planned duration in ms, if known. */
  duration: Span | null;
  /** The locale of `message`. */
  locale: Locale;
  /** The messages to viewers, current and scheduled, the earliest first. */
  messages: Array<Announcement>;
  /** The number of hubs that hold the viewers' sockets. */
  hubs: number;
  /** That hubs are added as they fill; omitted if their number is fixed. */
  autoHubs?: AutoHubs;
  /** The sites whose pages may open sockets, as a browser's `Origin` names them; omitted if any may. */
  origins?: Array<string>;
  /** Whether the event is archived: nothing changes it, and the list of events leaves it out. Omitted if it is not. */
  archived?: boolean;
  /** The URL that viewers load the rundown from, relative to the server. If that fails, the server has it, too. */
  rundownUrl: string | null;
  /** The URL of the WebSocket that pushes changes, relative to the server; `null` if this server does not push. */
  liveUrl: string | null;
  /** Where to look when neither the socket nor the server answers, and whose signature to accept there. */
  emergency: EmergencyChannel | null;
  /** What is so only of rooms; omitted of other events. */
  room?: RoomBody;
};

/** What an `Ack` is. */
export type AckKind = "ack";

/** What a viewer that acknowledges a change says of something that it should have. */
export type AckLack = "missing";

/**
 * A viewer's acknowledgement that a change was applied; or, with revision 0, that the viewer goes on with another epoch or
 * revision than it was sent, since nothing has settled yet which of them is right.
 */
export type Ack = {
  /** The type of the frame. */
  type: AckKind;
  /** The revision that was applied; 0 while another epoch or revision is followed. */
  rev: Rev;
  /**
   * When it was applied, in the server's time as the viewer estimates it: at its effect, or when it was received
   * if that was later.
   */
  appliedAt: ServerTime;
  /** How wrong the viewer's clock may be, in ms, rounded up. Clients from before it was added leave it out. */
  bound?: Span;
  /** Whether the viewer has the event's rundown; omitted if it does, if it is being loaded, or if the event has none. */
  rundown?: AckLack;
  /**
   * Whether the viewer can check states that are signed with the event's emergency key; omitted if it can, if the event has
   * none, and by viewers that do not look for such states: of those nothing is known.
   */
  emergency?: AckLack;
};

/** Invitations as texts, `dbi_…`. Of a room that was made all three; otherwise those that were replaced. */
export type InvitationTexts = {
  /** For those who watch. */
  view?: string;
  /** For those who also have the controls. */
  control?: string;
  /** For those who also replace invitations and delete the room. */
  own?: string;
};

/** The answer of `POST /v1/rooms`. */
export type RoomAnswer = {
  /** The room's name as an event: `r-` and 16 characters. */
  event: EventName;
  /** Its three invitations. They are told once: the server stores only their SHA-256. */
  invitations: InvitationTexts;
};

/** The answer of `GET /v1/events/{room}/audience`: who is in the room, and until when it is kept. */
export type RoomAudience = {
  /** The role of the invitation that the call was made with. */
  role: Role;
  /** All members, in the order in which they came; omitted above 100. */
  members?: Array<MemberBody>;
  /** How many members there are; omitted up to 100. */
  counts?: MemberCounts;
  /** How long the room is kept after the last member left, in ms. */
  keep: Span;
  /** When it is deleted unless somebody comes before; `null` while there are members. */
  expiresAt: ServerTime | null;
};

/** A member's id: 80 bits of the digest of its secret, as 20 hexadecimal digits. Others see it; the secret cannot be told from it. */
export type MemberId = string;

/** Whether a member can play. */
export type Readiness = "joining" | "ready" | "buffering" | "awaited-buffering";

/** What others see of a member. */
export type MemberBody = {
  /** Its id, the same after a reload. */
  id: MemberId;
  /** Its name; may be empty. */
  name: string;
  /** Its role. */
  role: Role;
  /** Whether it can play. */
  readiness: Readiness;
};

/** How many members there are, in a room with too many to list. */
export type MemberCounts = {
  /** All members. */
  members: number;
  /** Those that cannot play right now. */
  buffering: number;
};

/** The answer to a hello that lets somebody in. */
export type Welcome = {
  /** The type of the frame. */
  type: "welcome";
  /** The member's own id. */
  member: MemberId;
  /** Its role. */
  role: Role;
  /** The secret to send with the next hello, so that a reload is the same member. Nobody else learns it. */
  resume: string;
  /** All members, this one too; omitted above 100. */
  members?: Array<MemberBody>;
  /** How many members there are; omitted up to 100. */
  counts?: MemberCounts;
  /** The room's state. */
  state: StateBody;
};

/** That a socket is not let in, or no longer: it is closed with this. */
export type Refused = {
  /** The type of the frame. */
  type: "refused";
  /** The stable code, one of those of problems. */
  code: string;
  /** What is wrong, and what to do. */
  detail: string;
};

/** What changed of the members. One of three: all of them (`members`), changes (`present`, `left`), or numbers (`counts`). */
export type PresenceFrame = {
  /** The type of the frame. */
  type: "presence";
  /** All members: who is not among them is gone. */
  members?: Array<MemberBody>;
  /** Those who came, or changed. */
  present?: Array<MemberBody>;
  /** The ids of those who left. */
  left?: Array<MemberId>;
  /** How many there are, above 100. */
  counts?: MemberCounts;
};

/** The answer to a member's command: `rev` and `effectiveAt` if it was applied, or else `code`, `detail` and the `state`. */
export type RoomCommandAnswer = {
  /** The type of the frame. */
  type: "command-answer";
  /** The command's id. */
  id: CommandId;
  /** The revision it made; of a repetition, the one it made at first. */
  rev?: Rev;
  /** When it takes effect. */
  effectiveAt?: ServerTime;
  /** Why it was refused: `not-allowed`, `stale-action`, `too-many-requests`, or another code of problems. */
  code?: string;
  /** What is wrong, and what to do. */
  detail?: string;
  /** The room's state, with a refusal. */
  state?: StateBody;
};

/** A message of another member, exactly as it was sent. */
export type SignalFrame = {
  /** The type of the frame. */
  type: "signal";
  /** The member who sent it, as the room knows. */
  from: MemberId;
  /** A description of the session, or nothing. */
  description?: unknown;
  /** A candidate, `null` after the last one; or nothing. */
  candidate?: unknown;
};

/** That a signal was not passed on. */
export type SignalRefused = {
  /** The type of the frame. */
  type: "signal-refused";
  /** The member it was for. */
  to: MemberId;
  /** Why: `unknown-member` or `too-many-requests`. */
  code: string;
  /** What is wrong, and what to do. */
  detail: string;
};

/** What a token allows. */
export type Scope = "operate" | "hold" | "publish" | "read" | "rooms" | "emergency" | "admin";

/** The answer of `GET /v1/token`: what the request's token allows. */
export type Grant = {
  /** The token's public part. */
  id: string;
  /** What it allows. Scopes of a newer server are ignored. */
  scopes: Array<Scope>;
  /** The events it is for: names, or the beginning of names and `*`. All if it is missing. */
  events?: string[];
  /** When it expires; `null` if never. */
  expires: ServerTime | null;
};

/** One event of an `EventList`. */
export type ListedEvent = {
  /** Its name. */
  name: EventName;
  /** When it was created. */
  createdAt: ServerTime;
  /** Whether it is archived. Such events are listed with `?all` only. */
  archived?: boolean;
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
  /** The actor, as the client named it. */
  actor: string;
  /** The id of the token. */
  token: string;
  /** The command's name; `create`, `configure`, `archive`, `unarchive` or `emergency` for other changes. */
  name: string;
  /** The body as the server parsed it. */
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
  /** Whether there are older ones: ask with `?before=` the last one's rev. */
  more: boolean;
  /** What the worker signed about the first entry when it was made, if that is the newest one. */
  anchor?: Anchor;
};

/** What went wrong, and what to do about it. */
export type Problem = {
  /** `urn:downbeat:problem:` and the code. */
  type: string;
  /** A short summary. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What is wrong in this case: place, limit and remedy. */
  detail: string;
  /** The stable code; text, since a newer server may send one that this version does not know. */
  code: string;
};

/** The stable codes of problems that this version knows. */
export type ProblemCode =
  | "malformed-json"
  | "bad-request"
  | "unauthorized"
  | "invalid-invitation"
  | "not-allowed"
  | "rooms-off"
  | "forbidden"
  | "foreign-origin"
  | "bad-signature"
  | "unknown-event"
  | "unknown-rundown"
  | "unknown-token"
  | "unknown-member"
  | "unknown-path"
  | "method-not-allowed"
  | "stale"
  | "stale-action"
  | "conflict"
  | "archived"
  | "state-too-large"
  | "token-conflict"
  | "code-used"
  | "code-expired"
  | "rundown-in-use"
  | "changed"
  | "too-large"
  | "invalid-field"
  | "unknown-command"
  | "digest-mismatch"
  | "not-a-rundown"
  | "upgrade-required"
  | "too-many-failures"
  | "too-many-requests"
  | "room-full"
  | "full"
  | "unavailable"
  | "internal";

/** What stands before the state in the bytes that are signed. */
export const SIGNED_PREFIX = "downbeat.emergency/1\n";

// The paths of the API, relative to the server. Each is a function of its own, so that bundlers drop those that nobody calls.
export const tokenPath = (): string => `/v1/token`;
export const eventsPath = (): string => `/v1/events`;
export const roomsPath = (): string => `/v1/rooms`;
export const timePath = (event: EventName): string => `/v1/events/${event}/time`;
export const eventPath = (event: EventName): string => `/v1/events/${event}`;
export const statusPath = (event: EventName): string => `/v1/events/${event}/status`;
export const livePath = (event: EventName): string => `/v1/events/${event}/live`;
export const commandsPath = (event: EventName): string => `/v1/events/${event}/commands`;
export const emergencyPath = (event: EventName): string => `/v1/events/${event}/emergency`;
export const invitationsPath = (event: EventName): string => `/v1/events/${event}/invitations`;
export const icePath = (event: EventName): string => `/v1/events/${event}/ice`;
export const logPath = (event: EventName): string => `/v1/events/${event}/log`;
export const audiencePath = (event: EventName): string => `/v1/events/${event}/audience`;
export const audienceHistoryPath = (event: EventName): string => `/v1/events/${event}/audience/history`;
export const rundownPointerPath = (event: EventName): string => `/v1/events/${event}/rundown.json`;
export const rundownsPath = (event: EventName): string => `/v1/events/${event}/rundowns`;
export const rundownPath = (event: EventName, digest: Digest): string => `/v1/events/${event}/rundowns/${digest}.json`;
export const notesPath = (event: EventName, digest: Digest): string => `/v1/events/${event}/rundowns/${digest}/notes`;
