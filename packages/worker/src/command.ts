import type { ParseArgsOptionsConfig } from "node:util";

/** The options of one call, as `parseArgs` returns them. */
export type Options = Record<string, string | boolean | undefined>;

/** A command of `downbeat-worker`. */
export interface Command {
  /** What `downbeat-worker COMMAND --help` prints; its first line is in the list of commands. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many arguments without a name it may have. */
  readonly most: number;
  run(options: Options, given: string[]): Promise<void>;
}
