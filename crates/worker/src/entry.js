// The way in. worker-build's own entry wraps each request in a new class instance and several proxies, so that a
// trap in the wasm is followed by a fresh instance of it; measured, that cost about an eighth of the requests per
// second that /time can answer. Here a request goes straight to the exported function, and only the one after a trap
// takes worker-build's way, which starts the wasm anew. The objects' classes are worker-build's, proxies and all.
import worker from "./index.js";
export * from "./index.js";

const { fetch } = worker.prototype;
const state = globalThis.__worker_init_state;

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
