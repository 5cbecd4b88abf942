// Between the command line and the S3 server: counts the writes, and decides what happens to each.

import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request as ask, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Write {
  /** The first is 1. */
  number: number;
  method: string;
  path: string;
}

/**
 * What happens to a request. `pass`: all of it. `stop`: it is not forwarded, nor anything after it. `lose`: it is
 * carried out, but its answer and everything after it are not. `end`: it is carried out and answered, nothing after it.
 * `cut`: it is carried out, then the connection breaks. `break`: the connection breaks before it is carried out.
 */
export type Fate = "pass" | "stop" | "lose" | "end" | "cut" | "break";

/** A request, as it came. */
export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

/** An answer that the tap gives in the store's place. */
export interface Canned {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Alters the headers or the body of an answer. */
export type Alter = (request: { method: string; path: string }, headers: Headers, body: Buffer) => Buffer;

export class Tap {
  /** The URL at which the command line finds the store. */
  url = "";
  /** How many requests would have changed something, since the last reset. */
  writes: Write[] = [];
  /** Called with the method and path of every request. */
  heard: (line: string) => void = () => {};
  /** Decides what happens to the next ones; everything passes by default. */
  decide: (write: Write) => Fate | Promise<Fate> = () => "pass";
  /** Answers in the store's place; what it answers with undefined is forwarded. */
  answer: (request: Asked) => Canned | undefined = () => undefined;
  /** Alters the headers with which a request is forwarded. */
  forward: (headers: IncomingHttpHeaders) => IncomingHttpHeaders = (headers) => headers;
  /** Called when nothing is forwarded any longer. */
  stopped: () => void = () => {};
  alter: Alter = (_, __, body) => body;
  #upstream: string;
  #closed = false;
  #server = createServer((request, response) => void this.#handle(request, response).catch(() => response.destroy()));
  #agent = new Agent({ keepAlive: true });

  private constructor(upstream: string) {
    this.#upstream = upstream;
  }

  static async start(upstream: string): Promise<Tap> {
    const tap = new Tap(upstream);
    tap.#server.listen(0, "127.0.0.1");
    await once(tap.#server, "listening");
    tap.url = `http://127.0.0.1:${(tap.#server.address() as AddressInfo).port}`;
    return tap;
  }

  /** Lets everything pass again, and counts from 1. */
  reset(): void {
    this.writes = [];
    this.decide = () => "pass";
    this.stopped = () => {};
    this.heard = () => {};
    this.alter = (_, __, body) => body;
    this.answer = () => undefined;
    this.forward = (headers) => headers;
    this.#closed = false;
    this.#server.closeAllConnections();
  }

  end(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "GET", url: path = "/" } = request;
    this.heard(`${method} ${path}`);
    const changes = method !== "GET" && method !== "HEAD";
    // Left without an answer: the caller is dead, or about to be.
    if (this.#closed) return;
    let fate: Fate = "pass";
    if (changes) {
      const write = { number: this.writes.length + 1, method, path };
      this.writes.push(write);
      fate = await this.decide(write);
    }
    if (fate === "break") return void request.socket.destroy();
    if (fate === "stop") return this.#stop();
    if (fate === "lose" || fate === "end") this.#closed = true;
    const canned = this.answer({ method, path, headers: request.headers });
    if (canned) return void response.writeHead(canned.status, canned.headers).end(method === "HEAD" ? undefined : canned.body);
    const answer = await this.#forward(request, Buffer.concat(chunks));
    if (fate === "cut") return void request.socket.destroy();
    if (fate === "lose") return this.#stop();
    const body = this.alter({ method, path }, answer.headers, answer.body);
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== "transfer-encoding"));
    if (method !== "HEAD" && answer.status !== 204) headers["content-length"] = `${body.length}`;
    response.writeHead(answer.status, headers);
    response.end(method === "HEAD" ? undefined : body);
    if (fate === "end") {
      await once(response, "finish");
      this.#stop();
    }
  }

  #stop(): void {
    this.#closed = true;
    this.stopped();
  }

  /** Forwards a request as it came: everything signed, including the Host, stays unless a test alters it. */
  async #forward(request: IncomingMessage, body: Buffer): Promise<{ status: number; headers: Headers; body: Buffer }> {
    const { hostname, port } = new URL(this.#upstream);
    const { method, url: path } = request;
    const headers = this.forward(request.headers);
    const sent = ask({ agent: this.#agent, hostname, port, method, path, headers });
    sent.end(body);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    const pairs = Object.entries(answer.headers).map(([name, value]) => [name, `${value}`] as [string, string]);
    return { status: answer.statusCode!, headers: new Headers(pairs), body: Buffer.concat(chunks) };
  }
}
