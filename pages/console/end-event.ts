// Ending the event, and reopening it.

import { find } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import type { Commands } from "./commands.ts";
import { confirm } from "./dialog.ts";
import { onPress, setDisabled, setVisible } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";
import type { Session } from "./session.ts";

/** Makes the two buttons work. Returns the function that redraws them. */
export function endEvent(latest: LatestState, commands: Commands, session: Session): () => void {
  const [end, reopen] = [find<HTMLButtonElement>("end"), find<HTMLButtonElement>("reopen")];
  onPress(end, async () => {
    const name = eventName();
    const ifRev = latest.rev;
    const title = latest.state?.title ?? "";
    const wanted = await confirm({
      title: "End the event?",
      lines: () => [
        `This ends ${title === "" ? "the event" : title} (${name}) for every viewer, at its current position.`,
        "To stop it for a while, use HOLD instead.",
      ],
      yes: "End the event",
      typed: name,
      tone: "grave",
    });
    if (!wanted) return;
    const doubt = "The event may not have ended.";
    commands.send({ label: "END", doubt, isHold: false, fields: { command: "end" }, ifRev });
  });
  onPress(reopen, () => commands.send({
    label: "REOPEN", doubt: "The event may still be over.", isHold: false, fields: { command: "reopen" }, ifRev: latest.rev,
  }));
  return () => {
    const { state } = latest;
    const hasEnd = state !== undefined && state.endedAt !== null;
    setVisible(reopen, hasEnd);
    setVisible(end, !(latest.snapshot()?.status === "ended"));
    const whyNot = session.cannot("operate");
    setDisabled(end, whyNot ?? commands.busyWith("END") ?? (state === undefined ? "The event's state is not known yet." : undefined));
    setDisabled(reopen, whyNot ?? commands.busyWith("REOPEN"));
  };
}
