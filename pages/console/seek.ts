// Going elsewhere: to a position, by a few seconds, to where a cue begins. Asks, since everyone jumps.

import type { Cue, Downbeat } from "downbeat-client";
import { clock } from "../shared/format.ts";
import { find, write } from "../shared/dom.ts";
import type { Commands } from "./commands.ts";
import { ask } from "./dialog.ts";
import { allow, press, refuse } from "./dom.ts";
import type { Known } from "./latest-state.ts";
import { parsePosition } from "./position.ts";
import { MAY_NOT_OPERATE, type Session } from "./session.ts";
import { standing } from "./timeline.ts";

/** How far ahead a seek takes effect, in ms: what steps are counted from. The worker decides; this shows. */
const LEAD = 2_000;

/** How many of the cues that are skipped are named. */
const NAMED_MAX = 4;

/** A place, or a step from where the event is when the seek takes effect; in ms. */
type Aim = { to: number } | { by: number };

/** Has the panel work. Gives the function that says what can be done, to be called as often as clocks are redrawn. */
export function seek(event: Downbeat, known: Known, commands: Commands, session: Session): () => void {
  const form = find<HTMLFormElement>("seek-form");
  const field = find<HTMLInputElement>("seek-to");
  const says = find("seek-says");
  const cue = find<HTMLSelectElement>("seek-cue");
  const button = find<HTMLButtonElement>("seek-go");
  const steps = [...form.querySelectorAll<HTMLButtonElement>("button[data-by]")];

  const complain = (words: string) => {
    write(says, words);
    field.ariaInvalid = words === "" ? null : "true";
  };
  const go = async (aim: Aim) => {
    const decidedOn = known.rev;
    if (!(await ask({ title: "Everyone jumps", yes: "Seek", lines: () => outlook(event, known, aim) }))) return;
    const position = target(event, known, aim);
    if (position === undefined) return complain("Where the event stands is not known; give a position.");
    commands.send({
      word: "SEEK",
      doubt: "Viewers may not have jumped.",
      isHold: false,
      fields: { command: "seek", position },
      decidedOn,
      taken: () => { field.value = ""; cue.value = ""; },
      wrong: (_, detail) => complain(detail),
    });
  };

  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    if (button.ariaDisabled === "true") return refuse(button.title);
    const to = parsePosition(field.value);
    if (to === undefined) {
      field.focus();
      return complain("Write M:SS or H:MM:SS: 12:30 is twelve minutes and a half.");
    }
    complain("");
    void go({ to });
  });
  field.addEventListener("input", () => complain(""));
  for (const step of steps) press(step, () => void go({ by: Number(step.dataset["by"]) }));
  cue.addEventListener("change", () => {
    const chosen = event.rundown?.cues[Number(cue.value)];
    if (cue.value === "" || chosen === undefined) return;
    complain("");
    field.value = written(chosen.time);
    field.focus();
  });

  let shown: object | undefined;
  return () => {
    const whyNot = session.rights.operate ? commands.busyWith("SEEK") : MAY_NOT_OPERATE;
    const ended = known.standing()?.status === "ended" ? "The event has ended; reopen it first." : undefined;
    [button, ...steps].forEach((one) => allow(one, whyNot ?? ended));
    const { rundown } = event;
    if (rundown === shown || rundown === undefined) return;
    shown = rundown;
    cue.replaceChildren(new Option("choose …", ""), ...rundown.cues.map((one, at) => new Option(named(one), `${at}`)));
  };
}

/** Returns where an aim leads, in ms; nothing where that is not known. Steps do not lead before the beginning. */
function target(event: Downbeat, known: Known, aim: Aim): number | undefined {
  if ("to" in aim) return aim.to;
  const [state, now] = [known.state, event.now()];
  if (state === undefined || now === undefined) return undefined;
  const { position } = standing(state, now + LEAD);
  return Math.round(Math.max(position + aim.by, Math.min(position, 0)));
}

/** Says what a seek will do. */
function outlook(event: Downbeat, known: Known, aim: Aim): string[] {
  const [here, to] = [known.standing(), target(event, known, aim)];
  if (here === undefined || to === undefined) return ["Where the event stands is not known."];
  const about = "by" in aim && here.rate !== 0 ? "about " : "";
  const lines = [`From ${clock(here.position)} to ${about}${clock(to)}, for every viewer.`];
  const cues = event.rundown?.cues ?? [];
  const [from, until] = [Math.min(here.position, to), Math.max(here.position, to)];
  const between = cues.filter(({ time }) => time > from && time < until);
  if (between.length > 0) {
    const more = between.length - NAMED_MAX;
    const names = between.slice(0, NAMED_MAX).map(({ id }) => id).join(", ") + (more > 0 ? ` and ${more} more` : "");
    const word = between.length === 1 ? "cue" : "cues";
    lines.push(to > here.position ? `Skips ${between.length} ${word}: ${names}.` : `Goes back over ${between.length} ${word}: ${names}.`);
  }
  lines.push(here.rate === 0 ? "The event is held and stays held there." : "It goes on from there.");
  return lines;
}

function named({ time, id, action }: Cue): string {
  return `${clock(time)}  ${id} · ${action}`;
}

/** Writes a position so that the field takes it, to the millisecond. */
function written(position: number): string {
  const rest = Math.max(0, position) % 1_000;
  return clock(Math.max(0, position)) + (rest === 0 ? "" : `.${String(rest).padStart(3, "0").replace(/0+$/, "")}`);
}

