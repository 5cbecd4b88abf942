// What a deployment would interrupt, and whether the worker answers after it.

import { setTimeout as pause } from "node:timers/promises";
import { Refusal } from "./refusal.ts";

/** An event that starts within this time is near, in ms: an hour. */
const NEAR = 3_600_000;

/** How long an answer may take, in ms. */
const PATIENCE = 10_000;

/** How long a new version may take until it answers everywhere, in ms, and how often in a row it must. */
const NEW_PATIENCE = 90_000;
const NEW_ANSWERS = 3;

const VERSION_HEADER = "downbeat-version";

/** What answers at an address. */
export interface Answering {
  url: string;
  version: string;
}

export async function get(url: string, token?: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(PATIENCE), redirect: "manual", ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }) });
}

/** Returns the worker at `url`; null if something else answers, undefined if nothing does. */
export async function answering(url: string): Promise<Answering | null | undefined> {
  try {
    const response = await get(`${url}/time`);
    const version = response.headers.get(VERSION_HEADER);
    return version === null ? null : { url, version };
  } catch {
    return undefined;
  }
}

interface State {
  event: string;
  status: string;
  startsAt: number;
  serverTime: number;
}

/** Returns a line for each event that is live or near, by the clock of the server. */
export async function interrupted(url: string, token: string): Promise<string[]> {
  const list = await get(`${url}/v1/events`, token);
  if (list.status === 401 || list.status === 403) {
    throw new Refusal(`${url} does not let this token list the events (${list.status}); it needs the scope read, for all events`);
  }
  if (!list.ok) throw new Refusal(`${url} cannot list its events now (${list.status}): ${await list.text()}`);
  const { events } = (await list.json()) as { events: { name: string }[] };
  const lines: string[] = [];
  for (const { name } of events) {
    const response = await get(`${url}/v1/events/${name}`);
    if (response.status === 404) continue;
    if (!response.ok) throw new Refusal(`${url} cannot say whether the event ${name} is live (${response.status})`);
    const { status, startsAt, serverTime } = (await response.json()) as State;
    const inMinutes = Math.ceil((startsAt - serverTime) / 60_000);
    if (status === "running" || status === "paused") lines.push(`${name} is ${status}, and began at ${new Date(startsAt).toISOString()}`);
    else if (status === "scheduled" && startsAt - serverTime <= NEAR) lines.push(`${name} starts in ${inMinutes} min, at ${new Date(startsAt).toISOString()}`);
  }
  return lines;
}

/** Waits until `version` answers at `url`, several times in a row: data centres change over one after another. */
export async function becomes(url: string, version: string): Promise<void> {
  const deadline = Date.now() + NEW_PATIENCE;
  let last: Answering | null | undefined;
  for (let answers = 0; answers < NEW_ANSWERS; await pause(1_000)) {
    last = await answering(url);
    answers = last?.version === version ? answers + 1 : 0;
    if (answers === 0 && Date.now() > deadline) {
      throw new Refusal(`${url} does not answer with version ${version} after ${NEW_PATIENCE / 1_000} s (${last ? `it is ${last.version}` : "no answer of Downbeat"}). A new domain's certificate can take some minutes: look again with "curl -i ${url}/time"`);
    }
  }
}

/** Looks at what a deployment must have; returns a line for each thing, and whether all of it is there. */
export async function examine(url: string, token: string | undefined): Promise<{ lines: string[]; ok: boolean }> {
  const lines: string[] = [];
  let ok = true;
  const say = (what: string, fine: boolean, found: string): void => {
    lines.push(`${(fine ? "ok" : "FAIL").padEnd(6)}${what.padEnd(9)}${found}`);
    ok &&= fine;
  };
  const sent = Date.now();
  const time = (await (await get(`${url}/time`)).json()) as { serverTime: number; status: string };
  const off = time.serverTime - (sent + Date.now()) / 2;
  say("time", Math.abs(off) < 5_000, `the server's clock and this one are ${Math.round(Math.abs(off))} ms apart; the default event: ${time.status}`);
  for (const path of ["/", "/display", "/console"]) {
    const page = await get(url + path);
    if (page.status !== 200) say("pages", false, `${path} answers ${page.status}`);
  }
  say("pages", true, `${url}/, /display and /console`);
  if (token !== undefined) {
    const grant = await get(`${url}/v1/token`, token);
    const { id, scopes } = grant.ok ? ((await grant.json()) as { id: string; scopes: string[] }) : { id: "", scopes: [] };
    say("token", grant.ok, grant.ok ? `${id}: ${scopes.join(", ")}` : `refused (${grant.status})`);
  }
  return { lines, ok };
}
