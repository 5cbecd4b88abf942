// The active states, and the next cues.

import type { Cue, Downbeat } from "downbeat-client";
import { nextCues } from "../shared/cues.ts";
import { find, write } from "../shared/dom.ts";
import { formatCountdown, formatPosition } from "../shared/format.ts";
import { make } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";

/** How many of the next cues are shown. */
const NEXT_MAX = 5;

/** Shows them. Returns the function that redraws them. */
export function cuesView(event: Downbeat, latest: LatestState): () => void {
  const [live, next] = [find("live-cues"), find("next-cues")];
  const active = new Map<string, Cue>();
  event.on("cue", ({ turn, cue }) => {
    if (turn === "enter" || turn === "adjust") active.set(cue.id, cue);
    if (turn === "leave") active.delete(cue.id);
  });

  return () => {
    const snapshot = latest.snapshot();
    const rundown = event.rundown;
    if (snapshot === undefined || rundown === undefined) {
      list(live, [], "nothing");
      const sheet = latest.state?.rundown;
      list(next, [], sheet === undefined ? "nothing" : sheet === null ? "The event has no cue sheet." : "loading …");
      return;
    }
    const { position, rate } = snapshot;
    // Nothing counts down while the event is held.
    const until = (at: number, held: string) => rate === 0 ? held : formatCountdown((at - position) / rate);
    const states = [...active.values()].toSorted((one, other) => one.time - other.time);
    list(live, states.map((cue) => row(cue, "", cue.end === undefined ? "" : until(cue.end, `to ${formatPosition(cue.end)}`))), "nothing");
    const coming = nextCues(rundown, position, NEXT_MAX);
    list(next, coming.map((cue) => row(cue, formatPosition(cue.time), until(cue.time, ""))), "no more cues");
  };
}

/** A cue in a list: its id, when it begins, its action, and the time left. */
type Row = [id: string, when: string, action: string, left: string];

function row(cue: Cue, when: string, left: string): Row {
  return [cue.id, when, cue.action, left];
}

function list(element: HTMLElement, rows: Row[], none: string): void {
  const key = JSON.stringify([rows.map(([id, when]) => [id, when]), none]);
  if (element.dataset["rows"] !== key) {
    element.dataset["rows"] = key;
    element.replaceChildren(...(rows.length === 0
      ? [make("li", "none", none)]
      : rows.map(([id, when, action]) => make(
        "li", "cue",
        ...(when === "" ? [] : [make("span", "when numbers", when)]),
        make("span", "id", id),
        make("span", "action", action),
        make("span", "left numbers", ""),
      ))));
  }
  rows.forEach(([, , , left], index) => write(element.children[index]!.querySelector<HTMLElement>(".left")!, left));
}
