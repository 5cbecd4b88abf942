// What is live now, and which cues come next.

import type { Cue, Downbeat } from "downbeat-client";
import { clock, countdown } from "../shared/format.ts";
import { following } from "../shared/cues.ts";
import { find, write } from "../shared/dom.ts";
import { make } from "./dom.ts";
import type { Known } from "./latest-state.ts";

/** How many of the next cues are shown. */
const NEXT_MAX = 5;

/** Shows them; gives the function that shows them anew, to be called as often as clocks are redrawn. */
export function cues(event: Downbeat, known: Known): () => void {
  const [live, next] = [find("live-cues"), find("next-cues")];
  const active = new Map<string, Cue>();
  event.on("cue", ({ turn, cue }) => {
    if (turn === "enter" || turn === "adjust") active.set(cue.id, cue);
    if (turn === "leave") active.delete(cue.id);
  });

  return () => {
    const standing = known.standing();
    const rundown = event.rundown;
    if (standing === undefined || rundown === undefined) {
      list(live, [], "nothing");
      const sheet = known.state?.rundown;
      list(next, [], sheet === undefined ? "nothing" : sheet === null ? "The event has no cue sheet." : "loading …");
      return;
    }
    const { position, rate } = standing;
    // On a held event nothing counts down.
    const until = (at: number, held: string) => rate === 0 ? held : countdown((at - position) / rate);
    const states = [...active.values()].toSorted((one, other) => one.time - other.time);
    list(live, states.map((cue) => row(cue, "", cue.end === undefined ? "" : until(cue.end, `to ${clock(cue.end)}`))), "nothing");
    const coming = following(rundown, position, NEXT_MAX);
    list(next, coming.map((cue) => row(cue, clock(cue.time), until(cue.time, ""))), "no more cues");
  };
}

/** A cue as it stands in a list: when it is, its id, its action, and how long it is until something. */
type Row = [id: string, when: string, action: string, left: string];

function row(cue: Cue, when: string, left: string): Row {
  return [cue.id, when, cue.action, left];
}

function list(element: HTMLElement, rows: Row[], none: string): void {
  const key = JSON.stringify([rows.map(([id, when]) => [id, when]), none]);
  if (element.dataset["shows"] !== key) {
    element.dataset["shows"] = key;
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
