// The active states, and the next cues: how long until each, and at which time of day, unless the event is held.

import type { Cue, CueNotes, Downbeat } from "downbeat-client";
import { nextCues } from "../shared/cues.ts";
import { find, write } from "../shared/dom.ts";
import { formatCountdown, formatPosition, formatWhen } from "../shared/format.ts";
import type { CrewNotes } from "./crew-notes.ts";
import { cueNotes, cut } from "./cue-notes.ts";
import { make } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";

/** How many of the next cues are shown. */
const NEXT_MAX = 5;

/** The most characters of a note for the crew that are shown. */
const NOTE_MAX = 1_000;

/** A cue in a list. */
interface Row {
  id: string;
  /** Where in the event: when it begins or, if it is active, ends. */
  place: string;
  action: string;
  /** What else there is to know, one line for each thing. */
  notes: readonly string[];
  /** What the crew should know about it. */
  crew: CueNotes | undefined;
  /** The time of day of `place`; empty while nobody can know it. */
  clock: string;
  /** The time left until `place`; empty while it does not pass. */
  left: string;
}

/** Shows them. Returns the function that redraws them. */
export function cuesView(event: Downbeat, latest: LatestState, crew: CrewNotes): () => void {
  const [live, next] = [find("live-cues"), find("next-cues")];
  const active = new Map<string, Cue>();
  event.on("cue", ({ turn, cue }) => {
    if (turn === "enter" || turn === "adjust") active.set(cue.id, cue);
    if (turn === "leave") active.delete(cue.id);
  });

  return () => {
    const [snapshot, rundown, now] = [latest.snapshot(), event.rundown, event.now()];
    if (snapshot === undefined || rundown === undefined || now === undefined) {
      list(live, [], "nothing");
      const sheet = latest.state?.rundown;
      list(next, [], sheet === undefined ? "nothing" : sheet === null ? "The event has no cue sheet." : "loading …");
      return;
    }
    const { position, rate } = snapshot;
    const row = ({ id, action }: Cue, place: string, at: number | undefined): Row => {
      // Nothing counts down while the event is held, and nobody knows when it goes on.
      const left = at === undefined || rate === 0 ? undefined : (at - position) / rate;
      const clock = left === undefined ? "" : formatWhen(now + left);
      return { id, action, place, notes: [], crew: undefined, clock, left: left === undefined ? "" : formatCountdown(left) };
    };
    const states = [...active.values()].toSorted((one, other) => one.time - other.time);
    list(live, states.map((cue) => row(cue, cue.end === undefined ? "no end" : `to ${formatPosition(cue.end)}`, cue.end)), "nothing");
    const coming = nextCues(rundown, position, NEXT_MAX);
    const rows = coming.map((cue) => {
      const one = row(cue, formatPosition(cue.time), cue.time);
      // All that is called next: cues may have the same time.
      if (cue.time !== coming[0]!.time) return one;
      return { ...one, notes: cueNotes(cue, latest.state?.locale), crew: crew.of(cue.id) };
    });
    list(next, rows, "no more cues");
  };
}

function list(element: HTMLElement, rows: Row[], none: string): void {
  const key = JSON.stringify([rows.map(({ id, place, notes, crew }) => [id, place, notes, crew]), none]);
  if (element.dataset["rows"] !== key) {
    element.dataset["rows"] = key;
    element.replaceChildren(...(rows.length === 0 ? [make("li", "none", none)] : rows.map(item)));
  }
  rows.forEach(({ clock, left }, index) => {
    const item = element.children[index]!;
    write(item.querySelector<HTMLElement>(".left")!, left);
    write(item.querySelector<HTMLElement>(".clock")!, clock);
  });
}

function item({ id, place, action, notes, crew }: Row): HTMLElement {
  return make(
    "li", "cue",
    make("bdi", "id", id),
    make("span", "left numbers"),
    make("span", "place numbers", make("span", "when", place), make("span", "clock"), make("bdi", "action", action)),
    ...(crew === undefined ? [] : [crewLines(crew)]),
    ...(notes.length === 0 ? [] : [make("span", "notes", ...notes.map((line) => make("bdi", "", line)))]),
  );
}

/** The note, and below it owner, group and flags. */
function crewLines({ note, owner, group, flags = [] }: CueNotes): HTMLElement {
  const tags = [
    ...(owner === undefined ? [] : [make("bdi", "owner", owner)]),
    ...(group === undefined ? [] : [make("bdi", "", group)]),
    ...flags.map((flag) => make("bdi", "flag", flag)),
  ];
  return make(
    "span", "crew",
    ...(note === undefined ? [] : [make("bdi", "note", cut(note, NOTE_MAX))]),
    ...(tags.length === 0 ? [] : [make("span", "tags", ...tags)]),
  );
}
