// A room, and members as bare as they can be: one socket each, and what came through it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { WebSocket } from "ws";
import { type Answer, call, type Server } from "./calls.ts";
import { ROOT } from "./runtime.ts";
import { until } from "./until.ts";
import type { StateBody } from "./wire.ts";

export interface RoomState extends StateBody {
  room: { content: string | null; controls: string; wait: { from: number; until: number } | null; lastChange: { name: string; actor: string } };
}

interface Invitations { view: string; control: string; own: string }

/** A frame that is no state. */
export type Frame = { type: string; code?: string; [member: string]: any };

/** Returns a golden document of crates/wire/fixtures. */
export const fixture = (name: string): any => JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/${name}.json`, "utf8"));

export class Room {
  readonly server: Server;
  readonly name: string;
  readonly path: string;
  invitations: Invitations;

  constructor(server: Server, name: string, invitations: Invitations) {
    this.server = server;
    this.name = name;
    this.path = `/v1/events/${name}`;
    this.invitations = invitations;
  }

  static async make(server: Server, settings: Record<string, unknown> = {}, token?: string): Promise<Room> {
    const made = await call<{ event: string; invitations: Invitations }>(server, "POST", "/v1/rooms", {
      body: settings,
      ...(token === undefined ? {} : { token }),
    });
    assert.equal(made.status, 201, made.text);
    return new Room(server, made.body.event, made.body.invitations);
  }

  /** Calls something of the room with an invitation. */
  call<T = any>(method: string, path: string, invitation: string | undefined, body?: unknown): Promise<Answer<T>> {
    return call<T>(this.server, method, `${this.path}${path}`, {
      ...(invitation === undefined ? {} : { token: invitation }),
      ...(body === undefined ? {} : { body }),
    });
  }

  async state(): Promise<RoomState> {
    const answer = await this.call<RoomState>("GET", "", this.invitations.own);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  /** Opens a socket that has not said hello. */
  async open(): Promise<Member> {
    const socket = new WebSocket(`${this.server.url.replace("http", "ws")}${this.path}/live`);
    const member = new Member(socket);
    await until(async () => socket.readyState, (state) => state !== WebSocket.CONNECTING, "the socket to open");
    return member;
  }

  /** Has somebody come; resolves once they are welcome, or refused. */
  async join(invitation: string, name = "", resume?: string): Promise<Member> {
    const member = await this.open();
    member.send({ type: "hello", invitation, name, ...(resume === undefined ? {} : { resume }) });
    await until(async () => member.frames, (frames) => frames.some(({ type }) => type === "welcome" || type === "refused"), "an answer to the hello");
    return member;
  }

  /** Has one come who has the controls, and is ready. */
  async controller(name: string): Promise<Member> {
    const member = await this.join(this.invitations.control, name);
    member.send({ type: "ready", ready: true });
    return member;
  }
}

export class Member {
  readonly socket: WebSocket;
  /** Every frame that arrived, the first one first. */
  readonly frames: Frame[] = [];
  /** Why the socket was closed. */
  closed: { code: number; reason: string } | undefined;
  /** A reload counts its commands anew, under other ids. */
  readonly #ids = randomUUID();
  #commands = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (bytes) => {
      const text = String(bytes);
      // Pings are answered with a version, which is no frame.
      if (text.startsWith("{")) this.frames.push(JSON.parse(text) as Frame);
    });
    socket.on("close", (code, reason) => void (this.closed = { code, reason: String(reason) }));
    // A broken connection is closed too, and the tests use that event.
    socket.on("error", () => {});
  }

  get welcome(): Frame { return this.frames.find(({ type }) => type === "welcome")!; }
  get id(): string { return this.welcome["member"] as string; }
  get refused(): string | undefined { return this.frames.find(({ type }) => type === "refused")?.code; }

  /** The newest state it has. */
  get state(): RoomState {
    const states = this.frames.filter(({ type }) => type === "state" || type === "welcome");
    const last = states.at(-1)!;
    return (last.type === "welcome" ? last["state"] : last) as RoomState;
  }

  send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Sends a command; resolves with its answer. */
  async command(command: string, members: Record<string, unknown> = {}): Promise<Frame> {
    const id = (members["id"] as string | undefined) ?? `${this.#ids}-${(this.#commands += 1)}`;
    const seen = this.frames.length;
    this.send({ type: "command", command, at: this.now(), bound: 50, ...members, id });
    const answer = async () => this.frames.slice(seen).find((frame) => frame.type === "command-answer" && frame["id"] === id);
    return (await until(answer, (frame) => frame !== undefined, `the answer to ${command}`))!;
  }

  /** The server's time, which on one machine is this clock's. */
  now(): number { return Date.now(); }

  /** Waits for a revision. */
  async has(rev: number): Promise<RoomState> {
    return until(async () => this.state, (state) => state.rev >= rev, `revision ${rev}`);
  }

  /** Waits for a frame. */
  async gets(what: string, is: (frame: Frame) => boolean): Promise<Frame> {
    return (await until(async () => this.frames.find(is), (frame) => frame !== undefined, what))!;
  }

  async isClosed(): Promise<{ code: number; reason: string }> {
    return (await until(async () => this.closed, (closed) => closed !== undefined, "the socket to be closed"))!;
  }

  end(): void {
    this.socket.close();
  }
}
