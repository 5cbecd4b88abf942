// The words of `src/effect.rs` that this side needs; they cross as numbers. A test over there compares the two.

/** What {@link Viewer.poll} asks for. */
export const enum Kind {
  Nothing,
  AskTime,
  AskState,
  AskStatus,
  GiveUp,
  OpenSocket,
  CloseSocket,
  Ping,
  Ack,
  LookAside,
  HandIn,
  LoadRundown,
  State,
  Status,
  Message,
  Connection,
  Clock,
  Standby,
  Fire,
  Withhold,
  Enter,
  Adjust,
  Leave,
}

/** Why the connection is as it is, and why a question had no answer. */
export const enum Why {
  None,
  FirstAnswer,
  StateUnknown,
  NoPush,
  PushLost,
  Timeout,
  Unreachable,
  UnknownEvent,
  NoAnswer,
}

/** What to do to a media element. */
export const enum Act {
  Nothing,
  Pause,
  Play,
  Change,
}
