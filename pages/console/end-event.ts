// The end of the event, and taking it back.

import { find } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import type { Commands } from "./commands.ts";
import { ask } from "./dialog.ts";
import { allow, press, show } from "./dom.ts";
import type { Known } from "./latest-state.ts";
import { MAY_NOT_OPERATE, type Session } from "./session.ts";

/** Has the two buttons work; gives the function that says what can be done. */
export function ending(known: Known, commands: Commands, session: Session): () => void {
  const [end, reopen] = [find<HTMLButtonElement>("end"), find<HTMLButtonElement>("reopen")];
  press(end, async () => {
    const name = eventName();
    const decidedOn = known.rev;
    const title = known.state?.title ?? "";
    const wanted = await ask({
      title: "End the event?",
      lines: () => [
        `${title === "" ? "" : `${title} `}(event ${name}) is then over for every viewer, and stands where it is.`,
        "To stop it for a while, HOLD instead.",
      ],
      yes: "End the event",
      typed: name,
      isGrave: true,
    });
    if (!wanted) return;
    const doubt = "The event may not have ended.";
    commands.send({ word: "END", doubt, isHold: false, fields: { command: "end" }, decidedOn });
  });
  press(reopen, () => commands.send({
    word: "REOPEN", doubt: "The event may still be over.", isHold: false, fields: { command: "reopen" }, decidedOn: known.rev,
  }));
  return () => {
    const { state } = known;
    const hasEnd = state !== undefined && state.endedAt !== null;
    show(reopen, hasEnd);
    show(end, !(known.standing()?.status === "ended"));
    const whyNot = session.rights.operate ? undefined : MAY_NOT_OPERATE;
    allow(end, whyNot ?? commands.busyWith("END") ?? (state === undefined ? "The event is not known yet." : undefined));
    allow(reopen, whyNot ?? commands.busyWith("REOPEN"));
  };
}
