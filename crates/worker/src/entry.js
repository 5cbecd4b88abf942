// The way in: what the wasm exports, and how it recovers.
//
// A panic in the wasm is a trap, after which its memory cannot be trusted. The next call starts the wasm anew, and an object
// that belonged to the old wasm is constructed again before it is used, from what it had stored. A request that does not
// follow a trap goes straight to the exported function: a wrapper with proxies, as workers-rs' own tool makes, costs an
// eighth of the requests per second that /time can answer.
import * as wasm from "./index.js";

// A panic deep in the wasm has more frames than the ten that are usual.
Error.stackTraceLimit = 100;

// Of workers-rs: its panic hook sets `criticalError`, and each start of the wasm increments `instanceId`.
const state = globalThis.__worker_init_state;

/** Starts the wasm anew if it has trapped. */
function recover() {
  if (!state.criticalError) return;
  console.log("starting the wasm anew after a trap");
  wasm.__wbg_reset_state();
  state.criticalError = false;
}

/** Remembers that the wasm has trapped, if that is what `error` says. */
function noteTrap(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  console.error("Critical", error);
  state.criticalError = true;
}
// Of a trap after the first await, no caller hears.
addEventListener("error", ({ error }) => noteTrap(error));

/** What wasm-bindgen gives every class; the runtime calls none of it. */
const NOT_HANDLERS = ["constructor", "free", "__destroy_into_raw"];

/** Returns a class for the runtime whose objects hold one of `Class`, which the wasm exports, and replace it after a trap. */
function durable(Class) {
  return class Durable {
    #arguments;
    #object;
    #instanceId;

    constructor(...args) {
      this.#arguments = args;
      this.#call(() => {});
    }

    #call(handle) {
      recover();
      try {
        if (this.#instanceId !== state.instanceId) {
          this.#object = new Class(...this.#arguments);
          this.#instanceId = state.instanceId;
        }
        return handle(this.#object);
      } catch (error) {
        noteTrap(error);
        throw error;
      }
    }

    static {
      for (const name of Object.getOwnPropertyNames(Class.prototype)) {
        if (NOT_HANDLERS.includes(name)) continue;
        this.prototype[name] = function (...args) {
          return this.#call((object) => object[name](...args));
        };
      }
    }
  };
}

export const CatalogDo = durable(wasm.CatalogDo);
export const TokensDo = durable(wasm.TokensDo);

// A frame is copied into the wasm's memory, which never shrinks, and one may have 32 MiB. So what is no short text is cut
// here: the hub closes the socket for one character too many, or for a frame without bytes, as it would for all of it.
const OPEN = 1;
const NO_BYTES = new ArrayBuffer(0);

/** Returns a class for an object of viewers' sockets, whose frames have at most `frameMax` characters. */
const holder = (Class, frameMax) =>
  class extends durable(Class) {
    webSocketMessage(socket, frame) {
      // A socket that was closed for its frames may go on sending them.
      if (socket.readyState !== OPEN) return;
      const cut = typeof frame === "string" ? frame.slice(0, frameMax + 1) : NO_BYTES;
      return super.webSocketMessage(socket, cut);
    }
  };

export const HubDo = holder(wasm.HubDo, 1_024);
// A room's members also send each other descriptions of their sessions.
export const EventDo = holder(wasm.EventDo, 16_384);

// A number is how many milliseconds a viewer is to wait for their turn to join. They wait here, since a client that goes
// meanwhile would leave behind in the wasm whatever waits there.
async function fetchAfter(ms, request, env, ctx) {
  await scheduler.wait(ms);
  ctx.hasWaited = true;
  return entry.fetch(request, env, ctx);
}

const entry = {
  fetch(request, env, ctx) {
    recover();
    try {
      const answer = wasm.fetch(request, env, ctx);
      return typeof answer === "number" ? fetchAfter(answer, request, env, ctx) : answer;
    } catch (error) {
      noteTrap(error);
      throw error;
    }
  },
};
export default entry;
