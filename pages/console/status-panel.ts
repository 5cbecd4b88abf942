// The event now: status, position, rate, revision. The largest text on the page, and the same as viewers have.

import type { Downbeat, StatusWord } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import { formatPosition, formatSpan, formatTimeOfDay, formatWhen } from "../shared/format.ts";
import { speak } from "../shared/speech.ts";
import { setVisible } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";
import { STATUS_LABELS } from "./timeline.ts";

/** What a screen reader says when the status changes. */
const SPOKEN: Record<StatusWord, string> = {
  scheduled: "The event is scheduled.",
  running: "The event is running.",
  paused: "The event is held.",
  ended: "The event has ended.",
  unknown: "The state of the event is not known.",
};

/** From how many characters on a message may have to be scrolled, with the keyboard too. */
const LONG = 120;

/** Shows it. Returns the function that redraws it. */
export function statusPanel(event: Downbeat, latest: LatestState): () => void {
  const [status, position, detail, rev, lost] = ["status", "position", "detail", "rev", "connection-lost"].map((id) => find(id)) as
    [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const message = find("message");
  let last: StatusWord | undefined;
  let chars = 0;

  latest.subscribe(() => {
    const title = latest.state?.title || eventName();
    write(find("title"), title);
    find("title").title = title;
    document.title = `${title}: console`;
    write(find("event-name"), latest.state?.title ? `event ${eventName()}` : "");
  });

  return () => {
    const snapshot = latest.snapshot();
    const { state } = latest;
    const word = snapshot?.status ?? "unknown";
    write(status, snapshot === undefined ? "…" : STATUS_LABELS[word]);
    status.dataset["status"] = word;
    if (snapshot !== undefined && word !== last) {
      if (last !== undefined) speak(SPOKEN[word]);
      last = word;
    }
    const text = snapshot === undefined ? "–:––" : formatPosition(snapshot.position);
    write(position, text);
    if (text.length !== chars) position.style.setProperty("--chars", `${(chars = text.length)}`);
    write(rev, state === undefined ? "" : isLost(event) ? `last received: rev ${state.rev}` : `rev ${state.rev}`);
    const at = event.now();
    // The server's time of day, the same for everybody on the crew.
    const parts = at === undefined ? [] : [`now ${formatTimeOfDay(at)}`];
    if (snapshot !== undefined && state !== undefined) {
      const length = state.duration ?? event.rundown?.duration;
      if (word === "scheduled") parts.push(`begins at ${formatWhen((at ?? 0) - snapshot.position)}`);
      if (length !== undefined && length !== null) parts.push(`of ${formatPosition(length)}`);
      if (snapshot.rate !== 0 && snapshot.rate !== 1) parts.push(`rate × ${snapshot.rate}`);
      parts.push(...scheduledChange(latest, at));
    }
    write(detail, parts.join(" · "));
    message.tabIndex = message.textContent.length > LONG ? 0 : -1;
    const mayBeWrong = isLost(event) || event.connection.why === "unknown-event";
    setVisible(lost, mayBeWrong);
    status.classList.toggle("old", mayBeWrong);
    if (mayBeWrong) write(lost, describeLoss(event));
  };
}

/** Describes the next scheduled change: a hold, a resume, the end. */
function scheduledChange(latest: LatestState, at: number | undefined): string[] {
  const { state } = latest;
  if (state === undefined || at === undefined) return [];
  const change = state.timeline.find(({ from }) => from > at && from !== state.startsAt);
  if (change === undefined) return [];
  const what = change.from === state.endedAt ? "ends" : change.rate === 0 ? "holds" : "resumes";
  return [`${what} at ${formatPosition(change.position)}, in ${formatSpan(change.from - at)}`];
}

/** Returns whether the server no longer answers, so that the event may have changed. */
function isLost(event: Downbeat): boolean {
  return ["holdover", "unverified"].includes(event.connection.state);
}

function describeLoss(event: Downbeat): string {
  if (event.connection.why === "unknown-event") return `This server has no event named “${eventName()}”.`;
  const ago = event.heardAgo();
  return `The server has not answered${ago === undefined ? "" : ` for ${formatSpan(ago)}`}. This is the event as last received. `
    + "You can still send commands: each is sent until it is answered.";
}
