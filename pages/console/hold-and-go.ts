// HOLD and GO: the two largest things on the page, always in the same place.

import type { Downbeat } from "downbeat-client";
import { clock } from "../shared/format.ts";
import { find, write } from "../shared/dom.ts";
import type { Commands } from "./commands.ts";
import { allow, press, refuse, show } from "./dom.ts";
import type { Known } from "./latest-state.ts";
import { MAY_NOT_OPERATE, type Session } from "./session.ts";
import { willHold, willMove } from "./timeline.ts";

export interface HoldAndGo {
  hold(): void;
  go(): void;
  /** Shows how things are, to be called as often as clocks are redrawn. */
  redraw(): void;
}

export function holdAndGo(event: Downbeat, known: Known, commands: Commands, session: Session): HoldAndGo {
  const [holds, goes] = [find<HTMLButtonElement>("hold"), find<HTMLButtonElement>("go")];
  const hold = () => commands.send({
    word: "HOLD",
    doubt: "Viewers may not be held.",
    isHold: true,
    fields: { command: "pause" },
    decidedOn: undefined,
  });
  const go = () => commands.send({
    word: "GO",
    doubt: "Viewers may still be held.",
    isHold: false,
    fields: { command: "resume" },
    decidedOn: known.rev,
  });
  press(holds, hold);
  press(goes, go);

  const redraw = () => {
    const [state, at, standing] = [known.state, event.now(), known.standing()];
    // What is known may be old while nothing is heard, or about to change; then both mean something.
    const isOnItsWay = commands.course.phase === "sending";
    const isSure = event.connection.state === "live" && state !== undefined && at !== undefined && !isOnItsWay;
    const moves = !isSure || willMove(state, at);
    const held = !isSure || willHold(state, at);
    const whyNot = !session.rights.operate ? MAY_NOT_OPERATE
      : event.connection.state === "live" && standing?.status === "ended" ? "The event has ended; reopen it first."
      : undefined;
    allow(holds, whyNot ?? (moves ? undefined : "It is held."));
    allow(goes, whyNot ?? (held ? commands.busyWith("GO") : "It is not held."));
    show(find("may"), !session.rights.operate);
    write(find("may"), session.rights.operate ? "" : MAY_NOT_OPERATE);
    const isHeld = standing?.status === "paused";
    // One of them is what makes sense now, and stands out.
    holds.classList.toggle("apt", !isHeld);
    goes.classList.toggle("apt", isHeld);
    const place = standing !== undefined && isHeld ? `from ${clock(standing.position)}` : "";
    write(find("go-from"), place);
  };
  return {
    hold: () => holds.ariaDisabled === "true" ? refuse(holds.title) : hold(),
    go: () => goes.ariaDisabled === "true" ? refuse(goes.title) : go(),
    redraw,
  };
}
