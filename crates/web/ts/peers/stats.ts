// What the browser's statistics say of a connection.

import type { PeerStats } from "./types.ts";

/** Media packets so far. */
interface Counted {
  lost: number;
  received: number;
}

/** Reads statistics of one connection again and again. */
export class StatsReader {
  #last: Counted = { lost: 0, received: 0 };

  async read(connection: RTCPeerConnection): Promise<PeerStats> {
    const reports: any[] = [...(await connection.getStats() as any).values()];
    const byId = (id: unknown) => reports.find((report) => report.id === id);
    const pair = byId(reports.find(({ type, selectedCandidatePairId }) => type === "transport" && selectedCandidatePairId)?.selectedCandidatePairId)
      // Firefox has no report of transports.
      ?? reports.find(({ type, selected, nominated, state }) => type === "candidate-pair" && (selected ?? nominated) && state === "succeeded");
    const ends = [byId(pair?.localCandidateId), byId(pair?.remoteCandidateId)];
    const relayed = ends.some((end) => end?.candidateType === "relay");
    const kind = pair && ends.some(Boolean) ? (relayed ? "relayed" : "direct") : "unknown";
    const seconds = pair?.currentRoundTripTime;
    return { kind, roundTrip: typeof seconds === "number" ? seconds * 1_000 : null, loss: this.#loss(reports) };
  }

  #loss(reports: any[]): number | null {
    const inbound = reports.filter(({ type }) => type === "inbound-rtp");
    const sum = (name: string) => inbound.reduce((sum, report) => sum + (report[name] ?? 0), 0);
    const now = { lost: sum("packetsLost"), received: sum("packetsReceived") };
    // A packet that arrives late is no longer lost, so the count may shrink.
    const lost = Math.max(0, now.lost - this.#last.lost);
    const expected = lost + Math.max(0, now.received - this.#last.received);
    this.#last = now;
    return expected > 0 ? lost / expected : null;
  }
}
