// Undoing the newest change, or doing again what was undone, with its effect described first.

import type { Downbeat } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import type { Api } from "./api.ts";
import type { ChangeLog } from "./change-log.ts";
import type { Commands } from "./commands.ts";
import { confirm } from "./dialog.ts";
import { explain, setDisabled } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";
import { type Preview, requestPreview } from "./preview.ts";
import type { Session } from "./session.ts";
import { changeName, describeDifference, HARMLESS, type Reversal, reversalOf } from "./undo-words.ts";

/** Makes the button work. Returns what its key does, and the function that redraws it. */
export function undo(
  event: Downbeat,
  api: Api,
  latest: LatestState,
  changes: ChangeLog,
  commands: Commands,
  session: Session,
): { act(): void; redraw(): void } {
  const button = find<HTMLButtonElement>("undo");
  /** Returns what the button does; without the log that is to undo what only the worker knows. */
  const reversal = (): Reversal | undefined => {
    const { newest } = changes;
    if (newest !== undefined) return reversalOf(newest);
    if (latest.rev === undefined || latest.rev === 1) return undefined;
    return { command: "undo", about: { rev: latest.rev, name: "" }, words: `Undo the last change (rev ${latest.rev})` };
  };
  const act = async () => {
    const what = reversal();
    if (button.ariaDisabled === "true" || what === undefined) return explain(button.title);
    const [{ command, about, words }, ifRev] = [what, latest.rev];
    // The revision, so that nothing but what the operator has read is undone. Without the log the worker says what that is.
    const fields = { command, ...(about.name === "" ? {} : { rev: about.rev }) };
    if (!HARMLESS.includes(about.name)) {
      const before = latest.state;
      const preview = requestPreview(api, fields, ifRev);
      const lines = () => [`${about.name === "" ? describeReverted(preview) ?? words : words}.`, ...effect(preview)];
      const effect = ({ answer, note }: Preview) => note !== undefined ? [note]
        : answer === undefined || before === undefined ? []
        : describeDifference(event, before, answer.state, answer.effectiveAt);
      const [title, yes] = command === "undo" ? ["Undo?", "Undo"] : ["Do it again?", "Redo"];
      if (!(await confirm({ title, yes, lines }))) return;
    }
    const doubt = command === "undo" ? "The change may not have been undone." : "The change may not have been done again.";
    commands.send({ label: command.toUpperCase(), doubt, isHold: false, fields, ifRev });
  };
  button.addEventListener("click", () => void act());
  return {
    act: () => void act(),
    redraw() {
      const what = reversal();
      write(button, what?.words ?? "Undo");
      const nothing = what === undefined ? "There is nothing to undo." : undefined;
      const cannot = cannotUndo(what?.about.name ?? changes.newest?.name, session);
      setDisabled(button, cannot ?? nothing ?? commands.busyWith(what!.command.toUpperCase()));
    },
  };
}

/** Returns why the token cannot undo the change of this name: that needs the scope of the change. */
function cannotUndo(name: string | undefined, session: Session): string | undefined {
  if (name !== undefined && HARMLESS.includes(name)) return session.cannot("hold");
  if (name === "rundown") return session.cannot("publish");
  if (name !== undefined && name !== "") return session.cannot("operate");
  // The log cannot be read: the worker knows whether the token may.
  const reasons = (["hold", "publish", "operate"] as const).map((right) => session.cannot(right));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** Names the change that the worker would undo; undefined until it has answered. */
function describeReverted({ answer }: Preview): string | undefined {
  return answer?.reverted && `Undo: ${changeName(answer.reverted.name)} by ${answer.reverted.actor}`;
}
