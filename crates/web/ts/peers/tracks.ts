// The tracks that are sent over a connection, and those that arrive.

/** The transceivers that send, or have sent, what this page publishes. They are used again, so that descriptions do not grow. */
export class Sending {
  readonly #connection: RTCPeerConnection;
  #used: RTCRtpTransceiver[] = [];

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
  }

  /**
   * Sends the tracks of `stream`, and no others. Replacing a track by one of its kind needs no negotiation, since the other side goes on
   * reading it as a track of the first stream.
   */
  async publish(stream: MediaStream | null): Promise<void> {
    const replaced: Promise<void>[] = [];
    this.#used = this.#used.filter(({ currentDirection }) => currentDirection !== "stopped");
    const wanted = stream?.getTracks() ?? [];
    const sent = this.#used.map(({ sender }) => sender.track);
    const fresh = wanted.filter((track) => !sent.includes(track));
    for (const transceiver of [...this.#used]) {
      const { sender, receiver } = transceiver;
      if (sender.track && wanted.includes(sender.track)) continue;
      const next = fresh.findIndex(({ kind }) => kind === receiver.track.kind);
      const track = fresh.splice(next, next < 0 ? 0 : 1)[0] ?? null;
      replaced.push(sender.replaceTrack(track));
      transceiver.direction = track ? "sendrecv" : "recvonly";
    }
    for (const track of fresh) {
      const sender = this.#connection.addTrack(track, stream!);
      this.#used.push(this.#connection.getTransceivers().find((transceiver) => transceiver.sender === sender)!);
    }
    await Promise.all(replaced);
  }
}

/** The tracks that a member sends, in one stream that stays the same. */
export class Receiving {
  readonly #stream = new MediaStream();

  /** Reads what both sides agreed on. Returns the stream, null if it is empty, or undefined if nothing changed. */
  refresh(connection: RTCPeerConnection): MediaStream | null | undefined {
    const agreed = connection.getTransceivers().filter(({ currentDirection }) => /^(sendrecv|recvonly)$/.test(currentDirection ?? ""));
    const tracks = agreed.map(({ receiver }) => receiver.track);
    const gone = this.#stream.getTracks().filter((track) => !tracks.includes(track));
    const come = tracks.filter((track) => !this.#stream.getTracks().includes(track));
    gone.forEach((track) => this.#stream.removeTrack(track));
    come.forEach((track) => this.#stream.addTrack(track));
    if (gone.length + come.length === 0) return undefined;
    return tracks.length > 0 ? this.#stream : null;
  }
}
