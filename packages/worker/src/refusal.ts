/** What a person did or has to do, in one text without a stack. */
export class Refusal extends Error {
  /** The exit code: 2 for a wrong command line, as for `downbeat`; 1 for everything else. */
  readonly exit: 1 | 2;

  constructor(message: string, exit: 1 | 2 = 1) {
    super(message);
    this.exit = exit;
  }
}
