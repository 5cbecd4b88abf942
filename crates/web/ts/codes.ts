// The names of `src/codes.rs` that this side needs; they cross as numbers. A test over there compares the two.

/** What {@link Viewer.poll_effect} asks the page to do. */
export const enum EffectKind {
  Nothing,
  RequestTime,
  RequestState,
  RequestStatus,
  AbortRequest,
  OpenSocket,
  CloseSocket,
  Ping,
  Ack,
  CheckEmergency,
  SubmitEmergency,
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

/** Why the connection is as it is, and why a request failed. */
export const enum Reason {
  None,
  FirstAnswer,
  StateUnknown,
  NoPush,
  PushLost,
  Disputed,
  Timeout,
  Unreachable,
  UnknownEvent,
  NoAnswer,
  StaleTime,
  NoRundown,
}
