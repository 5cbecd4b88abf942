// The log: who changed what, when, at which position, and why.

import type { LogEntry } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import { formatPosition, formatTimeOfDay } from "../shared/format.ts";
import type { ChangeLog } from "./change-log.ts";
import { make, onPress, setVisible } from "./dom.ts";
import type { Session } from "./session.ts";

/** The members of a command that an entry shows elsewhere, or that every command has. */
const SHOWN_ELSEWHERE = new Set(["command", "id", "actor", "ifRev", "at", "reason", "position", "message", "severity"]);

export function logView(changes: ChangeLog, session: Session): void {
  const [list, note] = [find("log-entries"), find("log-note")];
  const older = find<HTMLButtonElement>("log-older");
  onPress(older, () => void changes.requestOlder());
  const redraw = () => {
    const cannot = session.cannot("read");
    const read = cannot === undefined;
    list.replaceChildren(...(read ? changes.entries.map((entry) => row(entry, changes.position(entry))) : []));
    setVisible(list, read);
    setVisible(older, read && changes.hasOlder);
    const why = cannot ?? changes.why;
    write(note, why === undefined ? "" : read ? `Not up to date: ${why}. Retrying.` : why);
    setVisible(note, why !== undefined);
  };
  changes.subscribe(redraw);
}

function row(entry: LogEntry, position: number | undefined): HTMLElement {
  const when = make("time", "when numbers", formatTimeOfDay(entry.at));
  when.dateTime = new Date(entry.at).toISOString();
  when.title = new Date(entry.at).toLocaleString();
  const token = entry.token === entry.actor ? "" : ` (token ${entry.token})`;
  return make(
    "li", "entry",
    make("div", "head", make("strong", "name", entry.name), " ", make("span", "actor", `by ${entry.actor}${token}`)),
    make("div", "place numbers", when, position === undefined ? "" : ` · at ${formatPosition(position)}`, ` · rev ${entry.rev}`),
    ...details(entry).map((line) => {
      const text = make("p", "detail-line", line);
      // Others have written it, in whatever script.
      text.dir = "auto";
      return text;
    }),
  );
}

/** Returns what a change says besides who made it and when. */
function details({ body, at, effectiveAt }: LogEntry): string[] {
  const { position, message, reason } = body;
  const lines: string[] = [];
  if (typeof position === "number") lines.push(`to ${formatPosition(position)}`);
  // Longer than any lead: it was scheduled for later.
  if (effectiveAt - at > 5_000) lines.push(`for ${formatTimeOfDay(effectiveAt)}`);
  const texts = typeof message === "string" ? { "": message } : (message ?? {}) as Record<string, unknown>;
  for (const [locale, text] of Object.entries(texts)) lines.push(`${locale === "" ? "" : `${locale}: `}“${text}”`);
  if (typeof reason === "string" && reason !== "") lines.push(`because: ${reason}`);
  const rest = Object.entries(body).filter(([name, value]) => !SHOWN_ELSEWHERE.has(name) && value !== null);
  lines.push(...rest.map(([name, value]) => `${name}: ${formatMember(name, value)}`));
  return lines;
}

function formatMember(name: string, value: unknown): string {
  if (typeof value === "number" && name === "startsAt") return new Date(value).toLocaleString();
  if (typeof value === "number" && name === "duration") return formatPosition(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // The start of a digest is enough to compare.
  if (/^[0-9a-f]{64}$/.test(text)) return `${text.slice(0, 12)}…`;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
