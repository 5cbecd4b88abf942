// The way in under plain workerd: the pages, as Cloudflare's static assets serve them, and the worker for everything else.
// `downbeat-worker serve` lists the pages in PAGES_INDEX and puts their files into the disk service PAGES.

import worker from "./entry.js";
export * from "./entry.js";

/** @type {Map<string, {file?: string, gzip?: boolean, etag?: string, headers: [string, string][], location?: string}>} */
let pages;

export default {
  fetch(request, env, ctx) {
    pages ??= new Map(Object.entries(env.PAGES_INDEX));
    const { url } = request;
    const start = url.indexOf("/", "https://".length);
    const query = url.indexOf("?", start);
    const page = pages.get(url.slice(start, query < 0 ? undefined : query));
    if (page === undefined || (request.method !== "GET" && request.method !== "HEAD")) {
      return worker.fetch(request, env, ctx);
    }
    return answer(page, request, env.PAGES, query < 0 ? "" : url.slice(query));
  },
};

async function answer(page, request, files, query) {
  if (page.location !== undefined) return new Response(null, { status: 307, headers: { location: page.location + query } });
  const gzip = page.gzip && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  const etag = gzip ? page.etag.replace(/"$/, '-gzip"') : page.etag;
  const headers = new Headers(page.headers);
  headers.set("etag", etag);
  if (page.gzip) headers.set("vary", "accept-encoding");
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(etag) || known.includes("*")) return new Response(null, { status: 304, headers });
  if (gzip) headers.set("content-encoding", "gzip");
  const range = gzip ? null : request.headers.get("range");
  const file = await files.fetch(`http://pages/${page.file}${gzip ? ".gz" : ""}`, { method: request.method, headers: range ? { range } : {} });
  for (const name of ["content-length", "content-range"]) {
    if (file.headers.has(name)) headers.set(name, file.headers.get(name));
  }
  // The bytes are compressed as they are: the runtime must not do it again.
  return new Response(file.body, { status: file.status, headers, encodeBody: "manual" });
}
