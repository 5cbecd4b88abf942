// Undoing the last change, with its effect described first.

import type { Downbeat } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import { formatTimeOfDay } from "../shared/format.ts";
import type { Api } from "./api.ts";
import type { ChangeLog } from "./change-log.ts";
import type { Commands } from "./commands.ts";
import { confirm } from "./dialog.ts";
import { explain, setDisabled } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";
import { describePreview, requestPreview } from "./preview.ts";
import type { Session } from "./session.ts";

/** The changes that are undone without asking, since no viewer jumps, and their names on the page. */
const HARMLESS: Record<string, string> = { pause: "hold", resume: "go", announce: "message", clear: "clear" };

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
  const act = async () => {
    if (button.ariaDisabled === "true") return explain(button.title);
    const { last } = changes;
    const ifRev = latest.rev;
    const fields = { command: "undo" };
    if (last === undefined || !(last.name in HARMLESS)) {
      const preview = requestPreview(api, fields, ifRev);
      const lines = () => [`${describeLast(changes, latest)}.`, ...describePreview(event, preview), "Viewers may jump."];
      if (!(await confirm({ title: "Undo?", yes: "Undo", lines }))) return;
    }
    commands.send({ label: "UNDO", doubt: "The change may not have been undone.", isHold: false, fields, ifRev });
  };
  button.addEventListener("click", () => void act());
  return {
    act: () => void act(),
    redraw() {
      write(button, describeLast(changes, latest));
      // Revision 1 is the creation of the event.
      const nothing = latest.rev === undefined || latest.rev === 1 ? "There is nothing to undo." : undefined;
      setDisabled(button, cannotUndo(changes.last?.name, session) ?? nothing ?? commands.busyWith("UNDO"));
    },
  };
}

/** Returns why the token cannot undo the change of this name: that needs the scope of the change. */
function cannotUndo(name: string | undefined, session: Session): string | undefined {
  if (name !== undefined && name in HARMLESS) return session.cannot("hold");
  if (name === "rundown") return session.cannot("publish");
  if (name !== undefined && name !== "undo") return session.cannot("operate");
  // The log cannot be read, or it does not name the change: the worker knows whether the token may.
  const reasons = (["hold", "publish", "operate"] as const).map((right) => session.cannot(right));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** Describes what would be undone: `Undo: hold by maria at 19:03:12`. */
function describeLast(changes: ChangeLog, latest: LatestState): string {
  const { last } = changes;
  if (last === undefined) return latest.rev === undefined ? "Undo" : `Undo the last change (rev ${latest.rev})`;
  if (last.name === "create") return "Undo: nothing to undo";
  return `Undo: ${HARMLESS[last.name] ?? last.name} by ${last.actor} at ${formatTimeOfDay(last.at)}`;
}
