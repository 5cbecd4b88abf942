// The way in. worker-build's own entry wraps each request in a new class instance and several proxies, so that a
// trap in the wasm is followed by a fresh instance of it; measured, that cost about an eighth of the requests per
// second that /time can answer. Here a request goes straight to the exported function, and only the one after a trap
// takes worker-build's way, which starts the wasm anew. The objects' classes are worker-build's, proxies and all.
import worker, { HubDo } from "./index.js";
export * from "./index.js";

const { fetch } = worker.prototype;
const state = globalThis.__worker_init_state;

// A frame is copied into the wasm's memory, which never shrinks, and one may have 32 MiB. So what is no short text is cut
// here: the hub closes the socket for one character too many, or for a frame without bytes, as it would for all of it.
const FRAME_MAX = 1_024;
const OPEN = 1;
const NO_BYTES = new ArrayBuffer(0);
const { webSocketMessage } = HubDo.prototype;
HubDo.prototype.webSocketMessage = function (socket, frame) {
  // A socket that was closed for its frames may go on sending them.
  if (socket.readyState !== OPEN) return;
  const cut = typeof frame === "string" ? frame.slice(0, FRAME_MAX + 1) : NO_BYTES;
  return webSocketMessage.call(this, socket, cut);
};

export default {
  fetch(request, env, ctx) {
    if (state.criticalError) {
      return new worker(ctx, env).fetch(request);
    }
    try {
      return fetch.call({ env, ctx }, request);
    } catch (error) {
      state.criticalError ||= error instanceof WebAssembly.RuntimeError;
      throw error;
    }
  },
};
