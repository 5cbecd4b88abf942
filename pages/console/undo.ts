// Taking the last change back, said in words before.

import { wallClock } from "../shared/format.ts";
import { find, write } from "../shared/dom.ts";
import type { Changes } from "./change-log.ts";
import type { Commands } from "./commands.ts";
import { ask } from "./dialog.ts";
import { allow, refuse } from "./dom.ts";
import type { Known } from "./latest-state.ts";
import { MAY_NOT_OPERATE, type Session } from "./session.ts";

/** What is taken back without a jump for anybody, as the operator says it. Everything else is asked about. */
const PLAIN: Record<string, string> = { pause: "hold", resume: "go", announce: "message", clear: "clear" };

/** Has the button work; gives what the key does, and the function that says what can be done. */
export function undo(known: Known, changes: Changes, commands: Commands, session: Session): { act(): void; redraw(): void } {
  const button = find<HTMLButtonElement>("undo");
  const act = async () => {
    if (button.ariaDisabled === "true") return refuse(button.title);
    const { last } = changes;
    const decidedOn = known.rev;
    const isPlain = last !== undefined && last.name in PLAIN;
    const lines = () => [`${what(changes, known)}.`, "Viewers may jump."];
    if (!isPlain && !(await ask({ title: "Undo?", yes: "Undo", lines }))) return;
    commands.send({
      word: "UNDO",
      doubt: "It may not have been undone.",
      isHold: false,
      fields: { command: "undo" },
      decidedOn,
    });
  };
  button.addEventListener("click", () => void act());
  return {
    act: () => void act(),
    redraw() {
      write(button, what(changes, known));
      // Revision 1 is the making of the event.
      const nothing = known.rev === undefined || known.rev === 1 ? "There is nothing to undo." : undefined;
      allow(button, session.rights.operate ? nothing ?? commands.busyWith("UNDO") : MAY_NOT_OPERATE);
    },
  };
}

/** Names what would be taken back: `Undo: hold by maria at 19:03:12`. */
function what(changes: Changes, known: Known): string {
  const { last } = changes;
  if (last !== undefined) {
    const name = PLAIN[last.name] ?? last.name;
    return last.name === "create" ? "Undo: nothing yet" : `Undo: ${name} by ${last.actor} at ${wallClock(last.at)}`;
  }
  return known.rev === undefined ? "Undo" : `Undo the last change (rev ${known.rev})`;
}
