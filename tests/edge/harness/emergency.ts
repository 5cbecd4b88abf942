// Signing a state as the terminal does, with Node's crypto in place of ours.

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { StateBody } from "./wire.ts";

/** What is stored beside a store's pointer, and delivered to the worker. */
export interface Document {
  state: string;
  signature: string;
}

/** The time from signing to the hold, in ms. */
const LEAD = 500;

/** Somebody with a private key. */
export class Signer {
  /** The public half, as an event has it. */
  readonly key: string;
  readonly #secret: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.key = publicKey.export({ format: "jwk" }).x!;
    this.#secret = privateKey;
  }

  /** Returns the fields of an event with this key; nothing reads the URL. */
  channel(url = "https://cdn.example.com/events/x/current.json"): Record<string, unknown> {
    return { emergency: { key: this.key, url } };
  }

  /** Signs any text. */
  sign(state: string): Document {
    const signature = sign(null, Buffer.from(`downbeat.emergency/1\n${state}`), this.#secret).toString("base64url");
    return { state, signature };
  }

  /** Signs `known`, paused at `signedAt` with a message; `change` alters what is signed. */
  pause(known: StateBody, signedAt: number, message = "Back soon", change: object = {}): Document {
    const from = signedAt + LEAD;
    const last = known.timeline.findLast((segment) => segment.from <= from)!;
    const held = { from, position: Math.floor(last.position + (from - last.from) * last.rate), rate: 0 };
    const { event, epoch, rev, endedAt, rundown, startsAt } = known;
    return this.sign(JSON.stringify({
      ...{ event, epoch, rev: rev + 1, timeline: [...known.timeline.filter((segment) => segment.from < from), held] },
      ...{ endedAt, rundown, startsAt, messages: [{ from, text: { en: message }, severity: "major" }] },
      ...{ signedAt, actor: "maria", reason: "the worker is down" },
      ...change,
    }));
  }
}
