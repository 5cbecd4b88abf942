// What an effect is.

import type { CueTurn } from "downbeat-client";

/** Does a cue's turn on the page. */
export type Effect = (turn: CueTurn) => void;
