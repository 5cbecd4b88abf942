// JavaScript as fast as possible: no URL is parsed; the headers, and the body except for the time, are made once.
export default {
  fetch(request, env) {
    if (!request.url.endsWith("/time")) {
      return new Response("not found", { status: 404 });
    }
    rest ??= "," + env.REST.slice(1);
    return new Response('{"serverTime":' + Date.now() + rest, init);
  },
};

let rest;
const init = {
  headers: new Headers({
    "content-type": "application/json",
    "cache-control": "no-store",
    "access-control-allow-origin": "*",
    "timing-allow-origin": "*",
  }),
};
