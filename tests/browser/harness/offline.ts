// The built client in Node.js, for what needs neither a page nor a server.

import type { Downbeat } from "downbeat-client";
import { ROOT } from "../../edge/harness/runtime.ts";

/** Joins an event at an address where no server answers. */
export async function offlineClient(): Promise<Downbeat> {
  Object.assign(globalThis, { document: Object.assign(new EventTarget(), { hidden: false }), window: new EventTarget() });
  const { join } = await import(`${ROOT}/build/client/downbeat-client.js`);
  return join({ server: "http://127.0.0.1:9", event: "offline" });
}
