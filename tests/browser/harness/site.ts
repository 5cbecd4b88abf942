// A web site that uses the package: an empty page, the built package, a clip. On 127.0.0.1.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, normalize } from "node:path";
import { ROOT } from "../../edge/harness/runtime.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".webm": "video/webm",
  ".mp4": "video/mp4",
};

/** The policy of a strict site, under which the package has to work. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *; media-src 'self'; img-src 'self'";

export interface Site {
  readonly url: string;
  /** Serves a document of the test's own at `path`; without byte ranges if so wished. */
  put(path: string, body: string | Buffer, ranges?: boolean): void;
  end(): void;
}

/** Serves `build/client` under `/client/`, an empty page at `/`, and what tests `put`; all of it under `policy`. */
export async function site(policy: string = POLICY): Promise<Site> {
  const put = new Map<string, string | Buffer>([["/", "<!doctype html><title>a site</title>"]]);
  const whole = new Set<string>();
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://site").pathname);
    try {
      const body = put.get(path) ?? (await readFile(`${ROOT}/build${path}`));
      const bytes = Buffer.from(body);
      const type = TYPES[extname(path)] ?? TYPES[".html"]!;
      const headers = { "content-type": type, "content-security-policy": policy, "accept-ranges": whole.has(path) ? "none" : "bytes" };
      // Players seek with range requests.
      const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
      if (range === null || whole.has(path)) return response.writeHead(200, headers).end(bytes);
      const first = Number(range[1]);
      const last = range[2] === "" ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
      const part = { ...headers, "content-range": `bytes ${first}-${last}/${bytes.length}` };
      response.writeHead(206, part).end(bytes.subarray(first, last + 1));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put(path, body, ranges = true) {
      put.set(path, body);
      if (!ranges) whole.add(path);
    },
    end() {
      server.close();
      server.closeAllConnections();
    },
  };
}
