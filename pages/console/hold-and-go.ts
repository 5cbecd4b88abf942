// HOLD and GO: the two largest buttons of the page, always in the same place.

import type { Downbeat } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import { formatPosition } from "../shared/format.ts";
import type { Commands } from "./commands.ts";
import { explain, onPress, setDisabled, setVisible } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";
import type { Session } from "./session.ts";
import { heldNowOrLater, movesNowOrLater } from "./timeline.ts";

export interface HoldAndGo {
  hold(): void;
  go(): void;
  redraw(): void;
}

/** Makes the two buttons work. Returns what their keys do, and the function that redraws them. */
export function holdAndGo(event: Downbeat, latest: LatestState, commands: Commands, session: Session): HoldAndGo {
  const [holdButton, goButton] = [find<HTMLButtonElement>("hold"), find<HTMLButtonElement>("go")];
  const hold = () => commands.send({
    label: "HOLD",
    doubt: "Viewers may not be held.",
    isHold: true,
    fields: { command: "pause" },
    ifRev: undefined,
    isShown: () => latest.endsHeld() === true,
  });
  const go = () => commands.send({
    label: "GO",
    doubt: "Viewers may still be held.",
    isHold: false,
    fields: { command: "resume" },
    ifRev: latest.rev,
    isShown: () => latest.endsHeld() === false,
  });
  onPress(holdButton, hold);
  onPress(goButton, go);

  const redraw = () => {
    const [state, now, snapshot] = [latest.state, event.now(), latest.snapshot()];
    // Without a live connection the state may be old, and until a command that is being sent shows in it, it is about to
    // change: then both buttons stay enabled.
    const isSettled = commands.progress.phase !== "sending" || commands.isDecided();
    const isCertain = event.connection.state === "live" && isSettled;
    const canHold = !isCertain || state === undefined || now === undefined || movesNowOrLater(event, state, now);
    const canGo = !isCertain || state === undefined || now === undefined || heldNowOrLater(event, state, now);
    const cannot = session.cannot("hold");
    const whyNot = cannot !== undefined ? cannot
      : event.connection.state === "live" && snapshot?.status === "ended" ? "The event has ended; reopen it first."
      : undefined;
    setDisabled(holdButton, whyNot ?? (canHold ? undefined : "The event is held."));
    setDisabled(goButton, whyNot ?? (canGo ? commands.busyWith("GO") : "The event is not held."));
    setVisible(find("cannot-operate"), cannot !== undefined);
    write(find("cannot-operate"), cannot ?? "");
    // The button that makes sense now stands out.
    const isHeld = snapshot?.status === "paused";
    holdButton.classList.toggle("suggested", !isHeld);
    goButton.classList.toggle("suggested", isHeld);
    write(find("go-from"), snapshot !== undefined && isHeld ? `from ${formatPosition(snapshot.position)}` : "");
  };
  return {
    hold: () => holdButton.ariaDisabled === "true" ? explain(holdButton.title) : hold(),
    go: () => goButton.ariaDisabled === "true" ? explain(goButton.title) : go(),
    redraw,
  };
}
