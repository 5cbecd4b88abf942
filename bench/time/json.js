// The plain way in JavaScript: parse the URL, build an object, let the runtime write it.
export default {
  fetch(request, env) {
    if (new URL(request.url).pathname !== "/time") {
      return new Response("not found", { status: 404 });
    }
    rest ??= JSON.parse(env.REST);
    return Response.json(
      { serverTime: Date.now(), ...rest },
      {
        headers: {
          "cache-control": "no-store",
          "access-control-allow-origin": "*",
          "timing-allow-origin": "*",
        },
      },
    );
  },
};

let rest;
