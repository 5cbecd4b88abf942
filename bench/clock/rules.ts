// Clocks of others, written as rules from their descriptions.
import type { Answer, Page } from "./page.ts";

/** What a clock shows: the server's time less the page's clock, in ms, and how wrong it says that may be. */
export interface Estimate { offset: number; bound?: number }

/** A clock on a page. */
export interface Running {
  /** What it shows now; undefined before the first answer. */
  estimate(): Estimate | undefined;
  /** The clock that the offset is added to; the monotonic one if missing. */
  read?(): number;
}

export interface Clock {
  name: string;
  /** Requests in 30 minutes, if it is given a number; otherwise it asks on its own schedule. */
  budget?: number;
  /** Whether it needs promises to settle after each timer. */
  promises?: boolean;
  start(page: Page): Running;
}

type Rule = (answers: Answer[]) => Estimate;

const offset = ({ t1, t2, t3, t4 }: Answer): number => (t2 - t1 + (t3 - t4)) / 2;
const delay = ({ t1, t2, t3, t4 }: Answer): number => t4 - t1 - (t3 - t2);
const byDelay = (answers: Answer[]): Answer[] => answers.toSorted((a, b) => delay(a) - delay(b));
const mean = (numbers: number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** The median of the last eight offsets. */
const median8: Rule = (answers) => {
  const offsets = answers.slice(-8).map(offset).toSorted((a, b) => a - b);
  const half = offsets.length >> 1;
  return { offset: offsets.length % 2 === 1 ? offsets[half]! : (offsets[half - 1]! + offsets[half]!) / 2 };
};

/** NTP's clock filter (RFC 5905, section 10): of the last eight answers, the one with the least delay. Half of that is its bound here. */
const least8: Rule = (answers) => {
  const [best] = byDelay(answers.slice(-8));
  return { offset: offset(best!), bound: delay(best!) / 2 };
};

/** beatsync's `calculateOffsetEstimate` (github.com/freeman-jiang/beatsync): the mean of the faster half of the last 40. */
const half40: Rule = (answers) => {
  const last = byDelay(answers.slice(-40));
  return { offset: mean(last.slice(0, Math.ceil(last.length / 2)).map(offset)) };
};

/** Runs a rule, which waits `wait(n)` ms after the answer number `n` (0: before the first request). */
function asking(name: string, rule: Rule, wait: (answers: number) => number): Clock {
  return {
    name,
    start(page) {
      const answers: Answer[] = [];
      let shown: Estimate | undefined, count = 0;
      const ask = (): void => page.ask((answer) => {
        answers.push(answer);
        if (answers.length > 40) answers.shift();
        shown = rule(answers);
        page.timer(ask, wait(++count));
      });
      page.timer(ask, wait(0));
      return { estimate: () => shown };
    },
  };
}

/** Runs a rule on as many requests in 30 minutes, evenly spread. */
function evenly(name: string, rule: Rule, budget: number): Clock {
  const wait = 1_800_000 / budget;
  return {
    name,
    budget,
    start(page) {
      const answers: Answer[] = [];
      let shown: Estimate | undefined;
      const ask = (): void => page.ask((answer) => {
        answers.push(answer);
        if (answers.length > 8) answers.shift();
        shown = rule(answers);
      });
      page.timer(ask);
      page.timer(ask, wait, true);
      return { estimate: () => shown };
    },
  };
}

export const BUDGETS = [10, 40, 70, 1_500];

export const RULES: Clock[] = [
  // Jellyfin's TimeSync (jellyfin-web, src/plugins/syncPlay/core/timeSync/TimeSync.js): every second, from the fourth on every minute.
  asking("Jellyfin SyncPlay", least8, (answers) => (answers <= 3 ? 1_000 : 60_000)),
  // beatsync: 40 requests 30 ms apart; newer versions go on every 2.5 s, as here.
  asking("beatsync", half40, (answers) => (answers < 40 ? 30 : 2_500)),
  ...BUDGETS.flatMap((budget) => [evenly("NTP clock filter", least8, budget), evenly("median of 8", median8, budget)]),
];

/** The clock filter, asked every 5 minutes: how others' bounds stand a clock that is 50 ppm off. */
export const sparse: Clock = evenly("NTP clock filter", least8, 6);
