// The pages under plain workerd: copied once at the start, compressed, and listed with the headers that `_headers` gives them.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import { Refusal } from "./refusal.ts";

/** A path that is answered without the worker. */
export interface Page {
  file?: string;
  /** Whether there is a compressed copy, `<file>.gz`. */
  gzip?: boolean;
  etag?: string;
  headers: [string, string][];
  /** Where the path leads to instead. */
  location?: string;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".mp4": "video/mp4",
};

/**
 * Copies the pages from one folder to another, and returns them by path. `edit` may change the HTML, and `editHeaders` what
 * `_headers` says.
 */
export function copyPages(from: string, to: string, edit: (html: string) => string, editHeaders: (text: string) => string): Record<string, Page> {
  mkdirSync(to, { recursive: true });
  const rules = parseHeaders(editHeaders(readFileSync(`${from}/_headers`, "utf8")));
  const pages: Record<string, Page> = {};
  for (const file of readdirSync(from).filter((file) => file !== "_headers").sort()) {
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const bytes = file.endsWith(".html") ? Buffer.from(edit(readFileSync(`${from}/${file}`, "utf8"))) : readFileSync(`${from}/${file}`);
    const gzip = !type.startsWith("video/");
    writeFileSync(`${to}/${file}`, bytes);
    if (gzip) writeFileSync(`${to}/${file}.gz`, gzipSync(bytes, { level: 9 }));
    const path = `/${file}`.replace(/\.html$/, "").replace(/^\/index$/, "/");
    const headers = { "content-type": type, "cache-control": "public, max-age=0, must-revalidate", ...headersOf(rules, path) };
    const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
    pages[path] = { file, gzip, etag, headers: Object.entries(headers) };
    if (file.endsWith(".html")) {
      for (const other of [`/${file}`, path === "/" ? "/index" : `${path}/`]) pages[other] = { headers: [], location: path };
    }
  }
  return pages;
}

/** Puts into a page where it finds a signed pause while the worker is gone. */
export function withEmergency(html: string, { EMERGENCY_URL: url = "", EMERGENCY_KEY: key = "" }: NodeJS.Dict<string>): string {
  const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return html.replace(/(<meta name="downbeat-emergency") content="[^"]*" data-key="[^"]*"/, `$1 content="${escaped(url)}" data-key="${escaped(key)}"`);
}

/** A site as a policy names it: `https://www.example.com`, `https://*.example.com`, with a port if it has one. */
const SITE = /^https?:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/i;

/**
 * Returns `_headers` with the sites of `EMBED_SITES`, separated by spaces or commas, as those that may show the viewer and the stage
 * display in a frame. The console stays in no frame at all.
 */
export function withEmbedders(headers: string, { EMBED_SITES: given = "" }: NodeJS.Dict<string>): string {
  const sites = given.split(/[\s,]+/).filter((site) => site !== "").map((site) => site.replace(/\/$/, ""));
  for (const site of sites) {
    if (!SITE.test(site)) throw new Refusal(`EMBED_SITES: "${site}" is not a site such as https://www.example.com or https://*.example.com`);
  }
  return headers.replace(/frame-ancestors 'self'/g, ["frame-ancestors 'self'", ...sites].join(" "));
}

interface Rule {
  path: string;
  removed: string[];
  set: [string, string][];
}

/** Parses `_headers`: a path without indentation, and below it `Name: value`, or `! Name` for what an earlier path set. */
function parseHeaders(text: string): Rule[] {
  const rules: Rule[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    if (!/^\s/.test(line)) rules.push({ path: line.trim(), removed: [], set: [] });
    else if (line.trim().startsWith("!")) rules.at(-1)!.removed.push(line.trim().slice(1).trim().toLowerCase());
    else {
      const colon = line.indexOf(":");
      rules.at(-1)!.set.push([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]);
    }
  }
  return rules;
}

function headersOf(rules: Rule[], path: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const rule of rules) {
    if (rule.path !== path && !(rule.path.endsWith("*") && path.startsWith(rule.path.slice(0, -1)))) continue;
    for (const name of rule.removed) delete headers[name];
    for (const [name, value] of rule.set) headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}
