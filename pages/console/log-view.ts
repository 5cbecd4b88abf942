// The log: who changed what, when, where the event stood then, and why.

import type { LogEntry } from "downbeat-client";
import { clock, wallClock } from "../shared/format.ts";
import { find, write } from "../shared/dom.ts";
import type { Changes } from "./change-log.ts";
import { make, press, show } from "./dom.ts";
import type { Session } from "./session.ts";

/** What every body has, and what stands elsewhere in an entry. */
const KNOWN_ELSEWHERE = new Set(["command", "id", "actor", "ifRev", "at", "reason", "position", "message", "severity"]);

export function log(changes: Changes, session: Session): void {
  const [list, says] = [find("log-entries"), find("log-says")];
  const more = find<HTMLButtonElement>("log-more");
  press(more, () => void changes.older());
  const redraw = () => {
    const { read } = session.rights;
    list.replaceChildren(...(read ? changes.entries.map((entry) => row(entry, changes.position(entry))) : []));
    show(list, read);
    show(more, read && changes.more);
    const why = read ? changes.why : "This token may not read the log: it has no scope “read”.";
    write(says, why === undefined ? "" : read ? `Not renewed: ${why}. It is asked for again.` : why);
    show(says, why !== undefined);
  };
  changes.follow(redraw);
}

function row(entry: LogEntry, position: number | undefined): HTMLElement {
  const when = make("time", "when numbers", wallClock(entry.at));
  when.dateTime = new Date(entry.at).toISOString();
  when.title = new Date(entry.at).toLocaleString();
  const token = entry.token === entry.actor ? "" : ` (token ${entry.token})`;
  const said = words(entry);
  return make(
    "li", "entry",
    make("div", "head", make("strong", "name", entry.name), " ", make("span", "actor", `by ${entry.actor}${token}`)),
    make("div", "place numbers", when, position === undefined ? "" : ` · at ${clock(position)}`, ` · rev ${entry.rev}`),
    ...said.map((line) => make("p", "said", line)),
  );
}

/** Writes what a change says besides who and when. */
function words({ body, at, effectiveAt }: LogEntry): string[] {
  const { position, message, reason } = body;
  const lines: string[] = [];
  if (typeof position === "number") lines.push(`to ${clock(position)}`);
  // Five seconds are more than every lead.
  if (effectiveAt - at > 5_000) lines.push(`for ${wallClock(effectiveAt)}`);
  const texts = typeof message === "string" ? { "": message } : (message ?? {}) as Record<string, unknown>;
  for (const [locale, text] of Object.entries(texts)) lines.push(`${locale === "" ? "" : `${locale}: `}“${text}”`);
  if (typeof reason === "string" && reason !== "") lines.push(`because: ${reason}`);
  const rest = Object.entries(body).filter(([name, value]) => !KNOWN_ELSEWHERE.has(name) && value !== null);
  lines.push(...rest.map(([name, value]) => `${name}: ${detail(name, value)}`));
  return lines;
}

function detail(name: string, value: unknown): string {
  if (typeof value === "number" && name === "startsAt") return new Date(value).toLocaleString();
  if (typeof value === "number" && name === "duration") return clock(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // Nobody reads the whole of a digest.
  if (/^[0-9a-f]{64}$/.test(text)) return `${text.slice(0, 12)}…`;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
