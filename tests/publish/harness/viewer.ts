// A viewer who polls all the time: whatever the pointer is, its rundown must be there, whole and correct.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { turn } from "../../edge/harness/until.ts";

export interface Publication {
  epoch: string;
  rev: number;
  rundown: string;
  url: string;
  integrity: string;
  bytes: number;
  nonce: string;
  actor: string;
  reason: string | null;
  at: number;
  previous: string | null;
}

/** Loads the pointer at `url`; undefined if there is none. */
export async function pointer(url: string): Promise<Publication | undefined> {
  const answer = await fetch(url);
  const text = await answer.text();
  if (answer.status === 404) return undefined;
  assert.equal(answer.status, 200, text);
  return JSON.parse(text) as Publication;
}

/** Loads the rundown a pointer names, as a page does; fails if it is missing or wrong. */
export async function load(url: string, { rundown, bytes, integrity, url: where }: Publication): Promise<Buffer> {
  const answer = await fetch(new URL(where, url));
  const body = Buffer.from(await answer.arrayBuffer());
  assert.equal(answer.status, 200, `the pointer names ${rundown}, but ${where} answers ${answer.status}`);
  const digest = createHash("sha256").update(body).digest();
  assert.equal(digest.toString("hex"), rundown);
  assert.deepEqual([`sha256-${digest.toString("base64")}`, body.length], [integrity, bytes]);
  assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  return body;
}

export class Viewer {
  /** How many polls there were, and which revisions they returned. */
  looks = 0;
  readonly revs = new Set<number>();
  readonly #url: string;
  #leaving = false;
  readonly #watching: Promise<void>;

  /** Polls the pointer at `url` until it leaves. */
  constructor(url: string) {
    this.#url = url;
    this.#watching = this.#watch();
    // A failure is reported when it leaves.
    this.#watching.catch(() => {});
  }

  async #watch(): Promise<void> {
    let last = 0;
    while (!this.#leaving) {
      const seen = await pointer(this.#url);
      this.looks += 1;
      if (seen) {
        assert.ok(seen.rev >= last, `rev ${seen.rev} after rev ${last}`);
        last = seen.rev;
        this.revs.add(seen.rev);
        await load(this.#url, seen);
      } else {
        assert.equal(last, 0, "the pointer disappeared");
      }
      await turn();
    }
  }

  /** Leaves, after one more poll; fails if anything it saw was wrong. */
  async leave(): Promise<void> {
    const before = this.looks;
    while (this.looks === before && !(await settled(this.#watching))) await turn();
    this.#leaving = true;
    await this.#watching;
  }
}

/** Returns whether a promise is settled. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  return (await Promise.race([promise.catch(() => {}), Promise.resolve(pending)])) !== pending;
}
