// Something between the operator and the worker that alters what it lets through.

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "./calls.ts";

/** Returns the text to answer with instead of `text`, the worker's answer to `path`, which comes without its query. */
export type Alter = (path: string, text: string) => string;

export interface Proxy extends Server {
  end(): void;
}

/** What a cache stored: an answer's text, and when it arrived, in ms. */
interface Stored {
  status: number;
  type: string;
  text: string;
  at: number;
}

/**
 * A cache that was set up without regard to `Cache-Control`: it answers each GET that `caches` names by its path, whatever the
 * query, with what the worker answered first. With `age`, it says how old that is, in whole seconds, at least 1.
 */
export async function cachingProxy(worker: Server, caches: (path: string) => boolean, age: "age" | "no age"): Promise<Proxy> {
  const stored = new Map<string, Stored>();
  return listen(async ({ method, path, headers, body }) => {
    const key = path.replace(/\?.*/, "");
    const cacheable = method === "GET" && caches(key);
    const old = cacheable ? stored.get(key) : undefined;
    if (old !== undefined) {
      const seconds = Math.max(1, Math.floor((Date.now() - old.at) / 1_000));
      return { ...old, headers: age === "age" ? { age: String(seconds) } : {} };
    }
    const answer = await pass(worker, { method, path, headers, body });
    if (cacheable) stored.set(key, { ...answer, at: Date.now() });
    return answer;
  });
}

export async function proxy(worker: Server, alter: Alter): Promise<Proxy> {
  return listen(async (request) => {
    const answer = await pass(worker, request);
    return { ...answer, text: alter(request.path.replace(/\?.*/, ""), answer.text) };
  });
}

interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface Answer {
  status: number;
  type: string;
  text: string;
  headers?: Record<string, string>;
}

/** Sends a request on to the worker. */
async function pass(worker: Server, { method, path, headers, body }: Asked): Promise<Answer> {
  const answer = await fetch(worker.url + path, {
    method,
    headers: {
      authorization: headers.authorization ?? "",
      ...(headers["if-match"] === undefined ? {} : { "if-match": headers["if-match"] }),
    },
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
}

async function listen(answer: (asked: Asked) => Promise<Answer>): Promise<Proxy> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "GET", url: path = "/" } = request;
    const { status, type, text, headers } = await answer({ method, path, headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    end() {
      server.close();
      server.closeAllConnections();
    },
  };
}
