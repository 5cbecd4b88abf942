// Something between the operator and the worker that alters what it lets through.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "./calls.ts";

/** Returns the text to answer with instead of `text`, the worker's answer to `path`. */
export type Alter = (path: string, text: string) => string;

export interface Proxy extends Server {
  end(): void;
}

export async function proxy(worker: Server, alter: Alter): Promise<Proxy> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "GET", url: path = "/", headers } = request;
    const answer = await fetch(worker.url + path, {
      method,
      headers: {
        authorization: headers.authorization ?? "",
        ...(headers["if-match"] === undefined ? {} : { "if-match": headers["if-match"] }),
      },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    response.end(alter(path, await answer.text()));
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
