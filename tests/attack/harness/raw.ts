// Bytes on a connection, as no HTTP client would send them.

import { connect, type Socket } from "node:net";
import { randomBytes } from "node:crypto";

/** How long a server may take to say something or to hang up, in ms. */
const PATIENCE = 15_000;

/** What came back. */
export interface Came {
  /** All of it, as Latin-1. */
  text: string;
  /** The status of each response, in order. */
  statuses: number[];
  /** Whether the server hung up. */
  closed: boolean;
}

/** Sends bytes, and returns what came until the server hung up, fell silent for `quiet` ms, or `enough` was there. */
export function send(port: number, bytes: string | Uint8Array, quiet = 300, enough = (_: string) => false): Promise<Came> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    let timer = setTimeout(() => finish(false), PATIENCE);
    const finish = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)), closed });
    };
    socket.on("data", (part) => {
      text += part.toString("latin1");
      clearTimeout(timer);
      if (enough(text)) finish(false);
      else timer = setTimeout(() => finish(false), quiet);
    });
    socket.on("end", () => finish(true)).on("error", () => finish(true)).on("close", () => finish(true));
    socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  });
}

/** Opens a WebSocket by hand; resolves with the connection and what followed the head, or undefined if it was refused. */
export function upgrade(port: number, path: string, more = ""): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const timer = setTimeout(() => (socket.destroy(), resolve(undefined)), PATIENCE);
    const read = (part: Buffer) => {
      text += part.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      clearTimeout(timer);
      socket.off("data", read);
      if (text.startsWith("HTTP/1.1 101")) {
        // The first frames may come with the head: whoever reads on has to see where one begins.
        socket.pause();
        socket.unshift(Buffer.from(text.slice(text.indexOf("\r\n\r\n") + 4), "latin1"));
        return resolve(socket);
      }
      socket.destroy();
      resolve(undefined);
    };
    socket.on("data", read);
    socket.on("error", () => {}).on("close", () => (clearTimeout(timer), resolve(undefined)));
    const key = randomBytes(16).toString("base64");
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
      + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${more}\r\n`);
  });
}

/** Returns a frame as a client sends it, masked with zeros unless `masked` is false. */
export function frame(first: number, payload: Uint8Array, masked = true): Buffer {
  const mask = masked ? 0x80 : 0;
  const length = payload.length;
  const head = length < 126 ? Buffer.from([first, mask | length])
    : length < 65_536 ? Buffer.from([first, mask | 126, length >> 8, length & 255])
    : Buffer.concat([Buffer.from([first, mask | 127]), (() => { const size = Buffer.alloc(8); size.writeBigUInt64BE(BigInt(length)); return size; })()]);
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

/** Resolves when the server has closed the WebSocket: with a close frame, or by hanging up. */
export function hungUp(socket: Socket, what = "this"): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(new Error(`the server keeps the socket in spite of ${what}`)), PATIENCE);
    const finish = (error?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    let rest = Buffer.alloc(0);
    socket.on("data", (part: Buffer) => {
      rest = Buffer.concat([rest, part]);
      for (let length = frameLength(rest); length !== undefined && length <= rest.length; length = frameLength(rest)) {
        if ((rest[0]! & 0x0f) === 8) return finish();
        rest = rest.subarray(length);
      }
    });
    socket.on("close", () => finish()).on("end", () => finish()).on("error", () => {});
    if (socket.destroyed || socket.readableEnded) finish();
    socket.resume();
  });
}

/** Returns the length of the frame at the beginning, as a server sends it; undefined if its head is incomplete. */
function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < 2) return undefined;
  const length = bytes[1]! & 0x7f;
  if (length < 126) return 2 + length;
  if (length === 126) return bytes.length < 4 ? undefined : 4 + bytes.readUInt16BE(2);
  return bytes.length < 10 ? undefined : 10 + Number(bytes.readBigUInt64BE(2));
}
