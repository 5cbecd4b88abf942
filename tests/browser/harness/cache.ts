// A cache between pages and the worker that breaks the rules: it keeps what must not be kept, and takes URLs with different queries
// for the same.

import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Server } from "../../edge/harness/calls.ts";

/** An answer as the cache keeps it. */
export interface Kept { status: number; headers: Record<string, string>; body: Buffer }

export interface Cache extends Server {
  /** The path and query of each request so far. */
  readonly asked: string[];
  end(): void;
}

/** Serves `worker` through a cache. `keep` changes what is kept under a path; undefined passes the request on every time. */
export async function cache(worker: Server, keep: (path: string, kept: Kept) => Kept | undefined): Promise<Cache> {
  const kept = new Map<string, Kept>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url!;
    asked.push(path);
    const key = path.split("?")[0]!;
    let answer = kept.get(key);
    if (!answer) {
      const fresh = await fetch(worker.url + path);
      const headers = Object.fromEntries([...fresh.headers].filter(([name]) => !/^(content-|transfer|connection|date|keep)/.test(name) || name === "content-type"));
      const own = { status: fresh.status, headers, body: Buffer.from(await fresh.arrayBuffer()) };
      const toKeep = keep(path, own);
      if (toKeep) kept.set(key, toKeep);
      answer = toKeep ?? own;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.on("upgrade", (request, near, head) => {
    const far = connect(Number(new URL(worker.url).port), "127.0.0.1", () => {
      const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
      far.write([`GET ${request.url} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
      far.write(head);
      near.pipe(far).pipe(near);
    });
    for (const side of [near, far]) side.on("error", () => {}).on("close", () => { near.destroy(); far.destroy(); });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    end() { server.close(); server.closeAllConnections(); },
  };
}
