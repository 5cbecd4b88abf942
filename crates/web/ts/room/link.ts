// What a room adds to the client of an event.

import type { Listeners } from "../listeners.ts";

/** The room's part of a client. */
export interface Link {
  readonly listeners: Listeners;
  /** What requests are allowed by: `dbi_…`. */
  readonly invitation: string;
  /** Until when media is left alone, by the page's clock, in ms. */
  restUntil: number;
  /** Asks for the time again, unless it was answered just now; set by the client. */
  wake: () => void;
  /** Returns the first frame of a socket. */
  hello(): string;
  /** Called with every frame but states and answers to pings; `send` sends on the same socket. */
  handleFrame(frame: { type: string }, send: (text: string) => void): void;
  /** Called when the socket is closed. */
  handleClosed(): void;
}
