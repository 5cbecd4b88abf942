// The progress of a command, from the press of a button to the viewers' acknowledgements. Pure, so that it can be tested
// without a page; `progress-text.ts` describes it.

import type { Acks, CommandAnswer, Snapshot } from "downbeat-client";
import type { Refusal } from "./api.ts";

/** What the operator wants, in words. */
export interface CommandSpec {
  /** As on the button: `HOLD`. */
  label: string;
  /** What may not have happened as long as there is no answer: `Viewers may not be held.` */
  doubt: string;
  /** Whether it is the emergency, for which there is a way around the server. */
  isHold: boolean;
}

/** How far a command has got. `since` and `until` are on the page's own clock, in ms. */
export type Progress =
  | { phase: "idle" }
  | {
    phase: "sending"; spec: CommandSpec; since: number; attempts: number; failures: number; why: string;
    /** The label of the unanswered command that this one replaced. */
    replaced?: string;
  }
  | {
    phase: "accepted"; spec: CommandSpec; attempts: number; answer: Accepted; acks: Acks | "waiting" | "unknown";
    /** Whether the hubs that did not have it at the answer have it by now. */
    isToldByNow?: boolean;
    /** The later revision that the event has by now. */
    laterRev?: number;
    replaced?: string;
  }
  | { phase: "refused"; spec: CommandSpec; attempts: number; refusal: Refusal; snapshot: Snapshot | undefined }
  | { phase: "stopped"; spec: CommandSpec; since: number; until: number };

type Accepted = Pick<CommandAnswer, "rev" | "effectiveAt" | "replaced" | "delivery">;

/** What can happen to a command. */
export type ProgressEvent =
  /** `isPreviousDecided`: the state shows how a command that is still being sent has ended. */
  | { kind: "pressed"; spec: CommandSpec; at: number; isPreviousDecided?: boolean }
  | { kind: "attempted" }
  /** An attempt failed, or has waited too long for its answer. */
  | { kind: "failed"; why: string }
  | { kind: "accepted"; answer: Accepted }
  /** `snapshot` is the event as the refusal's state has it. */
  | { kind: "refused"; refusal: Refusal; snapshot: Snapshot | undefined }
  /** What the audience says of it: `isTold` once every hub has it. */
  | { kind: "acknowledged"; acks: Acks | null; isTold?: boolean }
  /** The event has another revision. */
  | { kind: "rev-changed"; rev: number }
  /** The operator stopped the attempts. */
  | { kind: "stopped"; at: number }
  | { kind: "closed" };

/** Returns the progress after an event. An event that does not fit the phase came too late and changes nothing. */
export function nextProgress(progress: Progress, event: ProgressEvent): Progress {
  const { phase } = progress;
  switch (event.kind) {
    case "pressed": {
      const { spec, at: since } = event;
      const fresh = { phase: "sending" as const, spec, since, attempts: 0, failures: 0, why: "" };
      return phase === "sending" && !event.isPreviousDecided ? { ...fresh, replaced: progress.spec.label } : fresh;
    }
    case "attempted": return phase === "sending" ? { ...progress, attempts: progress.attempts + 1 } : progress;
    case "failed":
      return phase === "sending" ? { ...progress, failures: progress.failures + 1, why: event.why } : progress;
    case "accepted": {
      if (phase !== "sending") return progress;
      const { spec, attempts, replaced } = progress;
      const { hubs, acked, sockets } = event.answer.delivery;
      const acks = sockets > 0 || acked < hubs ? "waiting" : "unknown";
      return { phase: "accepted", spec, attempts, answer: event.answer, acks, ...(replaced ? { replaced } : {}) };
    }
    case "refused":
      if (phase !== "sending") return progress;
      return {
        phase: "refused", spec: progress.spec, attempts: progress.attempts, refusal: event.refusal, snapshot: event.snapshot,
      };
    case "acknowledged": {
      if (phase !== "accepted") return progress;
      const { hubs, acked } = progress.answer.delivery;
      const isToldByNow = progress.isToldByNow || (acked < hubs && event.isTold === true);
      return { ...progress, acks: event.acks ?? "unknown", isToldByNow };
    }
    case "rev-changed":
      return phase === "accepted" && event.rev > progress.answer.rev ? { ...progress, laterRev: event.rev } : progress;
    case "stopped":
      return phase === "sending" ? { phase: "stopped", spec: progress.spec, since: progress.since, until: event.at } : progress;
    case "closed": return phase === "sending" ? progress : { phase: "idle" };
  }
}
