// What tests that run in every engine use of a browser, and how a page is told to run something.

/** What every engine can do, in Playwright's words; Chromium can do all that Playwright can. */
export interface EngineBrowser {
  newContext(): Promise<EngineContext>;
  newPage(): Promise<EnginePage>;
  close(): Promise<void>;
}

export interface EngineContext {
  newPage(): Promise<EnginePage>;
  close(): Promise<void>;
}

export interface EnginePage {
  goto(url: string): Promise<unknown>;
  /** Runs a function with an argument, or evaluates an expression, in the page. What it returns has to be JSON. */
  evaluate<R, A = undefined>(inPage: ((argument: A) => R | Promise<R>) | string, argument?: A): Promise<R>;
  close(): Promise<void>;
}

/** Returns the text of a script that evaluates `inPage` with `argument`, as a promise of JSON. */
export function asJson(inPage: unknown, argument: unknown): string {
  const expression = typeof inPage === "string" ? inPage : `(${String(inPage)})(${JSON.stringify(argument)})`;
  return `(async () => JSON.stringify({ value: await (${expression}) }))()`;
}
