// What a command would do, as the server answers it. Nothing is changed, and no command waits for it.

import type { CommandAnswer, Downbeat, Snapshot } from "downbeat-client";
import type { Api } from "./api.ts";
import { formatSnapshot } from "./timeline.ts";

/** A preview that is being requested, or its outcome. */
export interface Preview {
  /** The answer that the command would get; undefined while there is none. */
  readonly answer: CommandAnswer | undefined;
  /** What to tell the operator instead of an answer; undefined once there is one. */
  readonly note: string | undefined;
}

/** Requests what a command would do now. */
export function requestPreview(api: Api, fields: object, ifRev: number | undefined): Preview {
  const preview: { answer: CommandAnswer | undefined; note: string | undefined } = { answer: undefined, note: "Checking with the server …" };
  void api.preview({ ...fields, ...(ifRev === undefined ? {} : { ifRev }) }).then((outcome) => {
    preview.note = outcome.kind === "answered" ? undefined
      : outcome.kind === "refused" ? `The server would refuse this: ${outcome.refusal.detail}.`
      : `No preview: ${outcome.why}.`;
    if (outcome.kind === "answered") preview.answer = outcome.body;
  });
  return preview;
}

/** Returns the event as it would be when the command takes effect. */
export function snapshotAfter(client: Pick<Downbeat, "snapshotAt">, { answer }: Preview): Snapshot | undefined {
  return answer && client.snapshotAt(answer.state, answer.effectiveAt);
}

/** Returns the lines that describe a preview. */
export function describePreview(client: Pick<Downbeat, "snapshotAt">, preview: Preview): string[] {
  const { answer, note } = preview;
  if (answer === undefined) return note === undefined ? [] : [note];
  const after = snapshotAfter(client, preview);
  return [
    ...(after === undefined ? [] : [`The event will then be ${formatSnapshot(after)}.`]),
    ...(answer.replaced ? ["This replaces a change that is scheduled for later."] : []),
  ];
}
