// What is: status, position, rate, revision. The largest on the page, and the same that viewers have.

import type { Downbeat, StatusWord } from "downbeat-client";
import { clock, span, wallClock } from "../shared/format.ts";
import { find, write } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import { speak } from "../shared/speech.ts";
import { show } from "./dom.ts";
import type { Known } from "./latest-state.ts";
import { STATUS_WORDS } from "./timeline.ts";

/** What a screen reader says when the status changes. */
const SPOKEN: Record<StatusWord, string> = {
  scheduled: "The event is scheduled.",
  running: "The event is running.",
  paused: "The event is held.",
  ended: "The event has ended.",
  unknown: "The state of the event is not known.",
};

/** Shows it; gives the function that shows it anew, to be called as often as clocks are redrawn. */
export function now(event: Downbeat, known: Known): () => void {
  const [status, position, beside, rev, lost] = ["status", "position", "beside", "rev", "lost"].map((id) => find(id)) as
    [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  let last: StatusWord | undefined;
  let chars = 0;

  known.follow(() => {
    const title = known.state?.title || eventName();
    write(find("title"), title);
    find("title").title = title;
    document.title = `${title}: console`;
    write(find("event-name"), known.state?.title ? `event ${eventName()}` : "");
  });

  return () => {
    const standing = known.standing();
    const { state } = known;
    const word = standing?.status ?? "unknown";
    write(status, standing === undefined ? "…" : STATUS_WORDS[word]);
    status.dataset["status"] = word;
    if (standing !== undefined && word !== last) {
      if (last !== undefined) speak(SPOKEN[word]);
      last = word;
    }
    const text = standing === undefined ? "–:––" : clock(standing.position);
    write(position, text);
    if (text.length !== chars) position.style.setProperty("--chars", `${(chars = text.length)}`);
    write(rev, state === undefined ? "" : isOld(event) ? `as heard last, rev ${state.rev}` : `rev ${state.rev}`);
    const at = event.now();
    // The time of day as the event's clock has it: the same for everybody on the crew.
    const parts = at === undefined ? [] : [`now ${wallClock(at)}`];
    if (standing !== undefined && state !== undefined) {
      const length = state.duration ?? event.rundown?.duration;
      if (word === "scheduled") parts.push(`begins at ${wallClock((at ?? 0) - standing.position)}`);
      if (length !== undefined && length !== null) parts.push(`of ${clock(length)}`);
      if (standing.rate !== 0 && standing.rate !== 1) parts.push(`rate × ${standing.rate}`);
      parts.push(...ahead(known, at));
    }
    write(beside, parts.join(" · "));
    const isLost = isOld(event) || event.connection.why === "unknown-event";
    show(lost, isLost);
    // What may be wrong by now does not shine.
    status.classList.toggle("old", isLost);
    if (isLost) write(lost, lostWords(event));
  };
}

/** Names what is scheduled: a hold, going on, the end. */
function ahead(known: Known, at: number | undefined): string[] {
  const { state } = known;
  if (state === undefined || at === undefined) return [];
  const change = state.timeline.find(({ from }) => from > at && from !== state.startsAt);
  if (change === undefined) return [];
  const what = change.from === state.endedAt ? "ends" : change.rate === 0 ? "holds" : "goes on";
  return [`${what} at ${clock(change.position)}, in ${span(change.from - at)}`];
}

/** Returns whether the server does not answer, so that nobody knows what is. */
function isOld(event: Downbeat): boolean {
  return event.connection.state === "holdover";
}

function lostWords(event: Downbeat): string {
  if (event.connection.why === "unknown-event") return `There is no event “${eventName()}” at this server.`;
  const ago = event.heardAgo();
  return `The server has not answered${ago === undefined ? "" : ` for ${span(ago)}`}. Shown is what was heard last. `
    + "Commands can be given: each is sent until it is answered.";
}
