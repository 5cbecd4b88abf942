// Members of a mesh, each in a page of its own; the test passes their messages, late and out of order if it wishes.

import { after, afterEach, before } from "node:test";
import { until } from "../../edge/harness/until.ts";
import * as chromium from "./chromium.ts";
import { ENGINE } from "./engine.ts";
import type { EngineBrowser, EnginePage } from "./engine-page.ts";
import { Firefox } from "./firefox.ts";
import { type Site, site } from "./site.ts";

/** Members on one machine find each other by its own addresses, also by 127.0.0.1; and cameras are made up. */
const FLAGS = [
  ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection"],
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];
const PREFERENCES = {
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.navigator.permission.disabled": true,
  "media.navigator.streams.fake": true,
};

/** Starts the browser whose pages are members. */
export async function launch(): Promise<EngineBrowser> {
  return ENGINE === "firefox" ? Firefox.launch(PREFERENCES) : chromium.launch(...FLAGS) as Promise<unknown> as Promise<EngineBrowser>;
}

/** What a member's page does: it keeps what it is told, and the messages to others until the test takes them. */
const SCRIPT = `
import { Peers } from "/client/downbeat-peers.js";
const out = [];
let wake = () => {};
const log = { states: {}, errors: [], refused: [], channels: {}, data: [], streams: 0, connections: 0 };
// Counts what has to be gone in the end.
const Native = RTCPeerConnection;
const open = new Set();
globalThis.RTCPeerConnection = class extends Native {
  constructor(...options) { super(...options); log.connections++; open.add(this); }
  close() { open.delete(this); super.close(); }
};
const timers = new Set();
const [set, clear] = [setTimeout, clearTimeout];
globalThis.setTimeout = (run, ms) => { const id = set(() => { timers.delete(id); run(); }, ms); timers.add(id); return id; };
globalThis.clearTimeout = (id) => { timers.delete(id); clear(id); };
const videos = {};
let peers;
const colors = {};
globalThis.member = {
  log,
  start(me, options = {}) {
    const servers = options.servers;
    member.asked = 0;
    peers = new Peers({
      me, signal: (to, message) => { out.push({ to, message: JSON.parse(JSON.stringify(message)) }); wake(); },
      ...(servers ? { ice: () => servers[Math.min(member.asked++, servers.length - 1)] } : {}),
      ...(options.relayOnly ? { relayOnly: true } : {}), ...(options.max ? { max: options.max } : {}),
    });
    peers.on("state", ({ member, state, error }) => { (log.states[member] ??= []).push(state); if (error) log.errors.push(error); });
    peers.on("refused", (refused) => log.refused.push(refused));
    peers.on("channel", ({ member, type, data }) => {
      if (type === "message") log.data.push([member, typeof data === "string" ? data : [...data]]);
      else log.channels[member] = type;
    });
    peers.on("stream", ({ member, stream }) => {
      log.streams++;
      videos[member] ??= Object.assign(document.createElement("video"), { muted: true, autoplay: true });
      videos[member].srcObject = stream;
    });
    member.peers = peers;
  },
  /** Returns a stream with a picture of one colour, and a tone. */
  picture(color) {
    if (colors[color]) return colors[color];
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
    const context = canvas.getContext("2d");
    let frame = 0;
    // A still picture would not be sent again.
    setInterval(() => { context.fillStyle = color; context.fillRect(0, 0, 64, 64); context.fillStyle = "gray"; context.fillRect(frame++ % 8, 0, 1, 1); }, 40);
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const sink = audio.createMediaStreamDestination();
    tone.connect(sink); tone.start();
    return colors[color] = new MediaStream([...canvas.captureStream(25).getTracks(), ...sink.stream.getTracks()]);
  },
  /** Returns the colour that a member's video has now: "red", "green", "blue", "other", or undefined without a picture. */
  sees(id) {
    const video = videos[id];
    if (!video?.srcObject || video.readyState < 2) return undefined;
    const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0, 8, 8);
    const [r, g, b] = context.getImageData(4, 6, 1, 1).data;
    return r > 180 && g < 90 && b < 90 ? "red" : g > 90 && r < 90 && b < 90 ? "green" : b > 180 && r < 90 && g < 90 ? "blue" : "other";
  },
  tracks(id) { return videos[id]?.srcObject?.getTracks().map(({ kind }) => kind).sort() ?? []; },
  left() { return { open: open.size, timers: timers.size }; },
  /** Resolves with the messages to others, once there are any. */
  async taken() {
    while (out.length === 0) await new Promise((resolve) => (wake = resolve));
    return out.splice(0);
  },
};
`;

/** A message on its way. */
export interface Passing { from: string; to: string; message: any }

/** Anyone who gets messages: a page, or other people's software. */
export interface Receiver { receive(from: string, message: unknown): Promise<void> }

/** Passes messages between members. */
export class Signalling {
  readonly members = new Map<string, Receiver>();
  readonly passed: Passing[] = [];
  /** How long a message takes, in ms: at first not at all. */
  delay: (passing: Passing) => number = () => 0;
  /** Changes a message on its way; undefined loses it. */
  change: (passing: Passing) => any = ({ message }) => message;

  async pass(passing: Passing): Promise<void> {
    const message = await this.change(passing);
    if (message === undefined) return;
    this.passed.push({ ...passing, message });
    const deliver = () => this.members.get(passing.to)?.receive(passing.from, message);
    const ms = this.delay(passing);
    if (ms > 0) setTimeout(deliver, ms);
    else await deliver();
  }

  /** Tells these members, and no others, that they are the mesh. */
  async update(...ids: string[]): Promise<void> {
    await Promise.all(ids.map((id) => (this.members.get(id) as Member).update(ids)));
  }
}

/** What a page of a member noted. */
interface Log {
  states: Record<string, string[]>;
  errors: { member: string; code: string; message: string }[];
  refused: { member: string; reason: string; message: string }[];
  channels: Record<string, string>;
  data: [string, string | number[]][];
  streams: number;
  connections: number;
}

export interface StartOptions {
  /** What `ice` returns at each call; the last one from then on. */
  servers?: object[][];
  relayOnly?: boolean;
  max?: number;
}

/** One member, in a page. */
export class Member {
  readonly id: string;
  readonly #page: EnginePage;
  readonly #signalling: Signalling;
  #life = 0;

  private constructor(id: string, page: EnginePage, signalling: Signalling) {
    [this.id, this.#page, this.#signalling] = [id, page, signalling];
  }

  static async open(browser: EngineBrowser, site: Site, signalling: Signalling, id: string, options: StartOptions = {}): Promise<Member> {
    site.put("/member.js", SCRIPT);
    site.put("/member.html", `<!doctype html><title>${id}</title><script type="module" src="/member.js"></script>`);
    const page = await browser.newPage();
    const member = new Member(id, page, signalling);
    await member.load(site, options);
    return member;
  }

  /** Loads the page: again, it is another session of the same member. */
  async load(site: Site, options: StartOptions = {}): Promise<void> {
    const life = ++this.#life;
    await this.#page.goto(`${site.url}/member.html`);
    await until(() => this.#page.evaluate<boolean>("globalThis.member !== undefined"), Boolean, "the page to load");
    await this.#page.evaluate(`member.start(${JSON.stringify(this.id)}, ${JSON.stringify(options)})`);
    this.#signalling.members.set(this.id, this);
    void this.#take(life);
  }

  update(ids: string[]): Promise<void> { return this.run(`member.peers.update(${JSON.stringify(ids)})`); }
  receive(from: string, message: unknown): Promise<void> {
    // A page that is being loaded gets nothing.
    return this.run(`globalThis.member?.peers?.receive(${JSON.stringify(from)}, ${JSON.stringify(message)})`).catch(() => undefined);
  }
  publish(color: string | null): Promise<void> { return this.run(`member.peers.publish(${color === null ? null : `member.picture("${color}")`})`); }
  send(data: string | number[], to?: string): Promise<{ sent: string[]; failed: { member: string; code: string }[] }> {
    const value = typeof data === "string" ? JSON.stringify(data) : `new Uint8Array(${JSON.stringify(data)})`;
    return this.#page.evaluate(`member.peers.send(${value}, ${JSON.stringify(to)})`);
  }
  stats(): Promise<Record<string, { kind: string; roundTrip: number | null; loss: number | null; sentLoss: number | null }>> {
    return this.#page.evaluate("member.peers.stats().then(Object.fromEntries)");
  }
  log(): Promise<Log> { return this.#page.evaluate("member.log"); }
  left(): Promise<{ open: number; timers: number }> { return this.#page.evaluate("member.left()"); }
  evaluate<R>(expression: string): Promise<R> { return this.#page.evaluate(expression); }
  async run(statement: string): Promise<void> { await this.#page.evaluate(`void (${statement})`); }

  /** Waits until the last state of the connection to `id` is `state`. */
  async reaches(id: string, state = "connected"): Promise<void> {
    await until(() => this.log(), ({ states }) => states[id]?.at(-1) === state, `${this.id} to be ${state} with ${id}`);
  }
  /** Waits until the channel to `id` is open. */
  async opens(id: string): Promise<void> {
    await until(() => this.log(), ({ channels }) => channels[id] === "open", `the channel from ${this.id} to ${id}`);
  }
  /** Waits until the video of `id` has this colour; undefined: until there is none. */
  async sees(id: string, color: string | undefined): Promise<void> {
    const seen = () => this.#page.evaluate<string | null>(`member.sees(${JSON.stringify(id)}) ?? null`);
    await until(seen, (seen) => seen === (color ?? null), `${this.id} to see ${color} of ${id}`);
  }

  async close(): Promise<void> {
    this.#life++;
    if (this.#signalling.members.get(this.id) === this) this.#signalling.members.delete(this.id);
    await this.#page.close();
  }

  async #take(life: number): Promise<void> {
    while (life === this.#life) {
      let taken: Omit<Passing, "from">[];
      try {
        taken = await this.#page.evaluate("member.taken()");
      } catch {
        return; // loaded again, or closed
      }
      for (const { to, message } of taken) void this.#signalling.pass({ from: this.id, to, message });
    }
  }
}

/** What the tests of one file share. Each test begins without members, and with messages that are passed on at once. */
export interface MeshTests {
  readonly browser: EngineBrowser;
  readonly site: Site;
  readonly signalling: Signalling;
  /** The pages of this test, the first one first; a test that closes one takes it out. */
  readonly members: Member[];
  /** Opens the page of a member. */
  open(id: string, options?: StartOptions): Promise<Member>;
  /** Has something ended after this test. */
  ends(end: () => unknown): void;
}

/** Starts a browser and a site before the tests of the calling file, and ends what each test has opened. */
export function meshTests(): MeshTests {
  let [browser, ours]: [EngineBrowser?, Site?] = [];
  let signalling = new Signalling();
  const members: Member[] = [];
  const ends: (() => unknown)[] = [];
  before(async () => {
    [browser, ours] = await Promise.all([launch(), site("default-src 'self'; connect-src *; media-src * blob: mediastream:")]);
  });
  afterEach(async () => {
    await Promise.all([...members.splice(0).map((member) => member.close()), ...ends.splice(0).map((end) => end())]);
    signalling = new Signalling();
  });
  after(async () => {
    await browser?.close();
    ours?.end();
  });
  return {
    get browser() { return browser!; },
    get site() { return ours!; },
    get signalling() { return signalling; },
    members,
    async open(id, options) {
      const member = await Member.open(browser!, ours!, signalling, id, options);
      members.push(member);
      return member;
    },
    ends: (end) => void ends.push(end),
  };
}
