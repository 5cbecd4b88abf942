// What chaos needs to reach inside a runtime: restarting one object, and setting the clock of the events' objects.
//
// workerd gives no answer under a changed system clock, and evicts an object only when it is idle. So a module goes before the
// built one, which is as it is deployed. The events' objects run in an isolate of their own, since a clock is an isolate's: they
// read one that is wrong, as on a machine whose clock was stepped, while the worker and the hubs read the right one. Alarms are
// set by that clock and rung by the machine's.

import { call, type Server } from "../edge/harness/calls.ts";

/** The module, and whose clock it sets. */
export const SEAMS = {
  apart: ["EventDo"],
  text: `
    import built, * as exported from "./entry.js";
    export * from "./entry.js";
    const { now } = Date;
    let ahead = 0;
    Date.now = () => now() + ahead;
    const withSeams = (Built) => class extends Built {
      #state;
      constructor(state, env) {
        super(state, env);
        this.#state = state;
      }
      fetch(request) {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname === "/seam/restart") this.#state.abort("restarted by chaos");
        if (!pathname.startsWith("/seam/")) return super.fetch(request);
        ahead = Number(searchParams.get("ahead"));
        return new Response(null);
      }
    };
    export class EventDo extends withSeams(exported.EventDo) {}
    export class HubDo extends withSeams(exported.HubDo) {}
    export default {
      fetch(request, env, context) {
        const { pathname, searchParams } = new URL(request.url);
        if (!pathname.startsWith("/seam/")) return built.fetch(request, env, context);
        return env[searchParams.get("of")].getByName(searchParams.get("name")).fetch(request);
      },
    };
  `,
};

/** Restarts an object as the platform does when it moves one: what it did is cut off, and its sockets are lost. */
export async function restart(runtime: Server, of: "EVENT" | "HUB", name: string): Promise<void> {
  // The call goes down with the object.
  await seam(runtime, `restart?of=${of}&name=${encodeURIComponent(name)}`).catch(() => {});
}

/** Sets the clocks of all events' objects `ahead` ms ahead of the machine's. */
export async function setClock(runtime: Server, event: string, ahead: number): Promise<void> {
  const status = await seam(runtime, `clock?of=EVENT&name=${event}&ahead=${ahead}`);
  if (status !== 200) throw new Error(`the clock was not set: ${status}`);
}

async function seam(runtime: Server, path: string): Promise<number> {
  return (await call(runtime, "POST", `/seam/${path}`)).status;
}
