// The type of an effect.

import type { CueTurn } from "downbeat-client";

/** Does on the page what a cue's turn asks for. */
export type Effect = (turn: CueTurn) => void;
