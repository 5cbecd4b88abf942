// Holds the viewers' sockets: one process for every server, the same for all of them. `run.ts` starts and commands it.
// Sockets are plain TCP with just enough of RFC 6455, so that the viewers cost as little as possible.
import { connect, type Socket } from "node:net";
import { randomBytes } from "node:crypto";

/** The commands of `run.ts`. */
export type Order =
  | Open
  | { do: "count" }
  | { do: "listen" }
  | { do: "heard"; wait: number }
  | { do: "close" };

/** Opens sockets: 64 at a time, or as they arrive. */
export interface Open {
  do: "open";
  port: number;
  path: string;
  viewers: number;
  greets: "state" | "socket.io" | "nothing";
  /** The time over which they arrive, evenly, in ms. Then the answer comes once the last has arrived. */
  over?: number;
  /** How those who arrive try again. */
  retry?: Retry;
}

/** How a client tries again, in ms: the longest wait for a socket, and the wait after the first failure, up to `most`. */
export interface Retry {
  timeout: number;
  least: number;
  spread: number;
  factor: number;
  most: number;
}

/** Its answers; instants are of the machine's monotonic clock, in ms. */
export type Report =
  | { done: "opened"; took: number; each: number[]; refused: string[] }
  | { done: "listening" }
  | { done: "heard"; at: number[]; missed: number; twice: number; back: number; lost: number; frame: string }
  | { done: "counted"; open: number; attempts: number; joined: number[] }
  | { done: "closed" };

const AT_ONCE_MAX = 64; // sockets that are being opened at a time
const REV = Buffer.from('"rev":');
const monotonic = () => Number(process.hrtime.bigint()) / 1e6;

/** One viewer. */
type Viewer = {
  socket: Socket;
  open: boolean;
  greeted: boolean; // the server has sent all that it sends to a new viewer
  rest: Buffer | null; // the beginning of an incomplete frame
  rev: number;
  at: number; // when `rev` arrived
};

let viewers: Viewer[] = [];
let order: Open;
let attempts = 0;
let joined: number[] = []; // when each had its first socket since all began to arrive, in ms
let [twice, back, lost, waitingFor] = [0, 0, 0, 0];
let whole = () => {};
let listening = false;
let frame = "";

const told = (report: Report) => process.send!(report);
process.on("message", async (next: Order) => {
  if (next.do === "open") told(await (next.over === undefined ? open(next) : arrive(next)));
  if (next.do === "count") told(count());
  if (next.do === "listen") told(listen());
  if (next.do === "heard") told(await heard(next.wait));
  if (next.do === "close") told(await close());
});
process.on("disconnect", () => process.exit());

async function open(asked: Extract<Order, { do: "open" }>): Promise<Report> {
  order = asked;
  viewers = [];
  const began = monotonic();
  const each: number[] = [];
  const refused: string[] = [];
  let next = 0;
  const one = async () => {
    while (next < order.viewers && refused.length < 20) {
      next++;
      const from = monotonic();
      await join(next - 1).then(() => each.push(monotonic() - from), (error: Error) => refused.push(error.message));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE_MAX }, one));
  return { done: "opened", took: monotonic() - began, each, refused };
}

/** Lets viewers arrive; each tries until it has a socket. */
async function arrive(asked: Open): Promise<Report> {
  order = asked;
  [viewers, attempts, joined] = [[], 0, []];
  const began = monotonic();
  for (let index = 0; index < asked.viewers; index++) {
    const wait = began + (asked.over! * index) / asked.viewers - monotonic();
    if (wait > 1) await new Promise((done) => setTimeout(done, wait));
    void arriving(index, began);
  }
  return { done: "opened", took: monotonic() - began, each: joined, refused: [] };
}

async function arriving(index: number, began: number) {
  const { timeout, least, spread, factor, most } = order.retry!;
  for (let wait = least + Math.random() * spread; ; wait = Math.min(wait * factor, most)) {
    attempts++;
    if (await join(index, timeout).then(() => true, () => false)) return void joined.push(monotonic() - began);
    viewers[index]!.socket.destroy();
    await new Promise((done) => setTimeout(done, wait));
    if (viewers.length === 0) return; // all were told to leave
  }
}

function count(): Report {
  const open = viewers.filter(({ greeted, socket }) => greeted && !socket.destroyed).length;
  return { done: "counted", open, attempts, joined: joined.toSorted((a, b) => a - b) };
}

/** Opens a socket; resolves once the server has greeted. */
function join(index: number, timeout = 20_000): Promise<void> {
  const key = randomBytes(16).toString("base64");
  return new Promise((joined, failed) => {
    const onread = { buffer: shared, callback: (bytes: number) => (read(viewer, bytes, joined, failed), true) };
    const socket = connect({ host: "127.0.0.1", port: order.port, onread, noDelay: true });
    const viewer: Viewer = { socket, open: false, greeted: false, rest: null, rev: 0, at: 0 };
    socket.on("error", (error) => failed(error));
    socket.on("close", () => {
      if (viewer.greeted) lost++;
      failed(new Error("the server closed the connection"));
    });
    setTimeout(() => viewer.greeted || failed(new Error(`not greeted for ${timeout / 1e3} s`)), timeout).unref();
    socket.write(`GET ${order.path} HTTP/1.1\r\nHost: 127.0.0.1:${order.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
      + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`);
    viewers[index] = viewer;
  });
}

// Node reads into this one buffer for all sockets, and calls back before the next read.
const shared = Buffer.allocUnsafe(65_536);

function read(viewer: Viewer, count: number, joined: () => void, failed: (error: Error) => void) {
  let bytes: Buffer = shared.subarray(0, count);
  if (viewer.rest) bytes = Buffer.concat([viewer.rest, bytes]);
  viewer.rest = null;
  let from = 0;
  if (!viewer.open) {
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return void (viewer.rest = Buffer.from(bytes));
    const head = bytes.toString("latin1", 0, end);
    if (!head.startsWith("HTTP/1.1 101")) return failed(new Error(`${head.split("\r\n")[0]} ${bytes.toString("utf8", end + 4)}`));
    viewer.open = true;
    if (order.greets === "nothing") greeted(viewer, joined);
    from = end + 4;
  }
  while (from < bytes.length) {
    const frame = parse(bytes, from);
    if (!frame) return void (viewer.rest = Buffer.from(bytes.subarray(from)));
    hear(viewer, frame.opcode, bytes, frame.start, frame.end, joined);
    from = frame.end;
  }
}

function greeted(viewer: Viewer, joined: () => void) {
  viewer.greeted = true;
  joined();
}

/** Returns the opcode and the range of the payload of the frame at `from`; null if it is incomplete. Servers do not mask. */
function parse(bytes: Buffer, from: number) {
  if (bytes.length < from + 2) return null;
  let [start, length] = [from + 2, bytes[from + 1]! & 0x7f];
  if (length === 127) throw new Error("a frame of more than 64 KiB");
  if (length === 126) {
    if (bytes.length < from + 4) return null;
    [start, length] = [from + 4, bytes.readUInt16BE(from + 2)];
  }
  return start + length > bytes.length ? null : { opcode: bytes[from]! & 0x0f, start, end: start + length };
}

function hear(viewer: Viewer, opcode: number, bytes: Buffer, start: number, end: number, joined: () => void) {
  if (opcode === 8) return void viewer.socket.end();
  if (opcode === 9) return void send(viewer, 10, bytes.toString("latin1", start, end));
  if (opcode !== 1) return;
  if (order.greets === "socket.io" && bytes[start] !== 0x34 /* '4', a message */) return engine(viewer, bytes[start]!);
  if (order.greets === "socket.io" && bytes[start + 1] === 0x30 /* '0', connected */) return greeted(viewer, joined);
  const mark = bytes.indexOf(REV, start);
  if (mark < 0 || mark >= end) return;
  let rev = 0;
  for (let at = mark + REV.length; bytes[at]! >= 0x30 && bytes[at]! <= 0x39; at++) rev = rev * 10 + bytes[at]! - 0x30;
  if (!viewer.greeted) greeted(viewer, joined);
  else if (rev === viewer.rev) return void twice++;
  else if (rev < viewer.rev) return void back++;
  else if (--waitingFor === 0) whole();
  [viewer.rev, viewer.at] = [rev, monotonic()];
  if (viewer === viewers[0]) frame = bytes.toString("utf8", start, end);
}

/** Engine.IO's own packets: open and ping. */
function engine(viewer: Viewer, type: number) {
  if (type === 0x30) send(viewer, 1, "40");
  if (type === 0x32) send(viewer, 1, "3");
}

/** Sends a short frame, masked with zeros as a client must mask. */
function send(viewer: Viewer, opcode: number, text: string) {
  viewer.socket.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text, "latin1")]));
}

function listen(): Report {
  [twice, back, lost] = [0, 0, 0];
  waitingFor = viewers.length;
  for (const viewer of viewers) viewer.at = 0;
  globalThis.gc?.();
  listening = true;
  stayAwake();
  return { done: "listening" };
}

// A sleeping process has to be woken for each frame, and the system charges that to the sender.
function stayAwake() {
  if (listening) setImmediate(stayAwake);
}

/** Waits until each viewer has received one change since `listen`, at most `wait` ms, and a little longer for repetitions. */
async function heard(wait: number): Promise<Report> {
  if (waitingFor > 0) {
    let timer;
    await Promise.race([new Promise<void>((done) => (whole = done)), new Promise((done) => (timer = setTimeout(done, wait)))]);
    clearTimeout(timer);
  }
  await new Promise((done) => setTimeout(done, 50));
  listening = false;
  const at = viewers.map((viewer) => viewer.at).filter((at) => at > 0).sort((a, b) => a - b);
  return { done: "heard", at, missed: viewers.length - at.length, twice, back, lost, frame };
}

async function close(): Promise<Report> {
  const closing = viewers.map((viewer) => new Promise<void>((done) => {
    viewer.greeted = false;
    if (viewer.socket.destroyed) return done();
    viewer.socket.once("close", () => done());
    viewer.socket.destroy();
  }));
  await Promise.all(closing);
  viewers = [];
  return { done: "closed" };
}
