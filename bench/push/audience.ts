// What the benches of push and doors share: the process with the viewers, how a bench ends, and what it says meanwhile.
import { endAll, program } from "./servers.ts";
import type { Order, Report } from "./viewers.ts";

/** The process that holds the viewers; it takes one request at a time. */
export function audience() {
  const args = ["--no-warnings", "--expose-gc", new URL("viewers.ts", import.meta.url).pathname];
  const { child, ended, end } = program(1, process.execPath, args, ["ignore", "inherit", "inherit", "ipc"]);
  const told = <Done extends Report["done"]>(order: Order) => new Promise<Extract<Report, { done: Done }>>((done, failed) => {
    child.once("message", (report) => done(report as Extract<Report, { done: Done }>));
    ended.then(() => failed(new Error("the viewers' process ended")));
    child.send(order);
  });
  return { told, end };
}

/** Ends what runs when the bench is interrupted. */
export function endWhenInterrupted() {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => (endAll(), process.exit(signal === "SIGINT" ? 130 : 143)));
  }
}

/** Says what goes on, at a terminal in one line. */
export function say(text: string) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text) console.error(text);
}

/** Waits for `ms`. */
export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
