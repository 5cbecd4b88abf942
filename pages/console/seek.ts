// Seeking: to a position, by a few seconds, or to the start of a cue. Asks first, since every viewer jumps.

import type { Cue, Downbeat } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import { formatPosition } from "../shared/format.ts";
import type { Api } from "./api.ts";
import type { Commands } from "./commands.ts";
import { confirm } from "./dialog.ts";
import { explain, onPress, setDisabled } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";
import { parsePosition } from "./position.ts";
import { requestPreview } from "./preview.ts";
import { describeSeek, type SeekTarget, targetPosition } from "./seek-target.ts";
import type { Session } from "./session.ts";

/** Makes the panel work. Returns the function that redraws it. */
export function seek(event: Downbeat, api: Api, latest: LatestState, commands: Commands, session: Session): () => void {
  const form = find<HTMLFormElement>("seek-form");
  const field = find<HTMLInputElement>("seek-to");
  const error = find("seek-error");
  const cue = find<HTMLSelectElement>("seek-cue");
  const button = find<HTMLButtonElement>("seek-go");
  const steps = [...form.querySelectorAll<HTMLButtonElement>("button[data-by]")];

  const showError = (text: string) => {
    write(error, text);
    field.ariaInvalid = text === "" ? null : "true";
  };
  const go = async (target: SeekTarget) => {
    const ifRev = latest.rev;
    const first = targetPosition(event, latest, target);
    const preview = first === undefined ? undefined : requestPreview(api, { command: "seek", position: first }, ifRev);
    const lines = () => describeSeek(event, latest, target, preview);
    if (!(await confirm({ title: "Seek for every viewer?", yes: "Seek", lines }))) return;
    const position = targetPosition(event, latest, target, preview);
    if (position === undefined) return showError("The current position is not known; enter a position.");
    commands.send({
      label: "SEEK",
      doubt: "Viewers may not have jumped.",
      isHold: false,
      fields: { command: "seek", position },
      ifRev,
      onAccepted: () => { field.value = ""; cue.value = ""; },
      onInvalid: showError,
    });
  };

  form.addEventListener("submit", (submit) => {
    submit.preventDefault();
    if (button.ariaDisabled === "true") return explain(button.title);
    const to = parsePosition(field.value);
    if (to === undefined) {
      field.focus();
      return showError("Write M:SS or H:MM:SS, for example 12:30.");
    }
    showError("");
    void go({ to });
  });
  field.addEventListener("input", () => showError(""));
  for (const step of steps) onPress(step, () => void go({ by: Number(step.dataset["by"]) }));
  cue.addEventListener("change", () => {
    const chosen = event.rundown?.cues[Number(cue.value)];
    if (cue.value === "" || chosen === undefined) return;
    showError("");
    field.value = formatField(chosen.time);
    field.focus();
  });

  let shown: object | undefined;
  return () => {
    const whyNot = session.cannot("operate") ?? commands.busyWith("SEEK");
    const ended = latest.snapshot()?.status === "ended" ? "The event has ended; reopen it first." : undefined;
    [button, ...steps].forEach((one) => setDisabled(one, whyNot ?? ended));
    const { rundown } = event;
    if (rundown === shown || rundown === undefined) return;
    shown = rundown;
    cue.replaceChildren(new Option("choose …", ""), ...rundown.cues.map((one, index) => new Option(cueLabel(one), `${index}`)));
  };
}

function cueLabel({ time, id, action }: Cue): string {
  return `${formatPosition(time)}  ${id} · ${action}`;
}

/** Formats a position as the field accepts it, to the millisecond. */
function formatField(position: number): string {
  const rest = Math.max(0, position) % 1_000;
  return formatPosition(Math.max(0, position)) + (rest === 0 ? "" : `.${String(rest).padStart(3, "0").replace(/0+$/, "")}`);
}
