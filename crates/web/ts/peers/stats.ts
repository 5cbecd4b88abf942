// What the browser's statistics say of a connection.

import type { PeerStats } from "./types.ts";

/** Packets of one stream so far, by its id: those that were lost, and all. */
type Counted = Map<string, { lost: number; all: number }>;

/** Reads statistics of one connection again and again. */
export class StatsReader {
  #received: Counted = new Map();
  #sent: Counted = new Map();

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
    const of = (wanted: string) => reports.filter(({ type }) => type === wanted);
    const received: Counted = new Map(of("inbound-rtp").map(({ id, packetsLost = 0, packetsReceived = 0 }) => [id, { lost: packetsLost, all: packetsLost + packetsReceived }]));
    const sent: Counted = new Map(of("remote-inbound-rtp").map(({ id, localId, packetsLost = 0 }) => [id, { lost: packetsLost, all: byId(localId)?.packetsSent ?? 0 }]));
    const [loss, sentLoss] = [share(received, this.#received), share(sent, this.#sent)];
    [this.#received, this.#sent] = [received, sent];
    return { kind, roundTrip: typeof seconds === "number" ? seconds * 1_000 : null, loss, sentLoss };
  }
}

/** Returns the share of packets that were lost since `before`, or null if there were none. */
function share(now: Counted, before: Counted): number | null {
  let [lost, all] = [0, 0];
  for (const [id, counted] of now) {
    const last = before.get(id);
    lost += counted.lost - (last?.lost ?? 0);
    all += counted.all - (last?.all ?? 0);
  }
  // A packet that arrives late is no longer lost, so the count may shrink; the other side's report is of a little earlier.
  return all > 0 ? Math.min(Math.max(lost / all, 0), 1) : null;
}
