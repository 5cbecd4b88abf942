// A web server over a folder, as in front of a `file:` target; it sets its own headers.

import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export class Site {
  url = "";
  /** Called with the path of every request, before it is answered. */
  heard: (path: string) => void = () => {};
  readonly #server: Server;

  private constructor(folder: string) {
    this.#server = createServer((request, response) => {
      const path = request.url ?? "/";
      this.heard(path);
      const file = `${folder}${path}`;
      if (!existsSync(file)) return void response.writeHead(404).end();
      const forever = path.includes("/rundowns/");
      response.writeHead(200, {
        "content-type": "application/json",
        "cache-control": forever ? "public, max-age=31536000, immutable" : "public, max-age=2",
        "access-control-allow-origin": "*",
      });
      response.end(readFileSync(file));
    });
  }

  static async start(folder: string): Promise<Site> {
    const site = new Site(folder);
    site.#server.listen(0, "127.0.0.1");
    await once(site.#server, "listening");
    site.url = `http://127.0.0.1:${(site.#server.address() as AddressInfo).port}`;
    return site;
  }

  end(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
