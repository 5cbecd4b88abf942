// The network between members of a mesh: datagrams pass through sockets of the test's own, which can lose them.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** A network in which every candidate has an address of its own, behind which the real one is. */
export class Datagrams {
  /** Whether paths that exist now are dead. Those that are made later work, as after a change of the network. */
  #dead = new Set<Socket>();
  readonly #sockets: Socket[] = [];
  passed = 0;
  /** One media packet in so many is lost; at first none is. */
  loses = Infinity;
  /** How many media packets came, and how many of them were lost. */
  media = 0;
  lost = 0;

  /** Returns the candidate as members of this network see it. Candidates over TCP lead nowhere. */
  async behind(candidate: string): Promise<string> {
    const parts = candidate.split(" ");
    if (parts[2]!.toLowerCase() !== "udp") return candidate;
    const [address, port] = [parts[4]!, Number(parts[5])];
    const front = await this.#socket(address);
    // For each that sends to the front, a socket from which the one behind it sees that come, and to which it answers.
    const backs = new Map<string, Promise<Socket>>();
    front.on("message", async (bytes, { address: from, port: at }) => {
      const key = `${from} ${at}`;
      if (!backs.has(key)) {
        backs.set(key, this.#socket(address).then((back) => back.on("message", (answer) => this.#pass(front, answer, at, from))));
      }
      this.#pass(front, bytes, port, address, await backs.get(key)!);
    });
    [parts[4], parts[5]] = [address, String((front.address() as AddressInfo).port)];
    return parts.join(" ");
  }

  /** Ends all paths that exist. */
  cut(): void {
    this.#sockets.forEach((socket) => this.#dead.add(socket));
  }

  end(): void {
    this.#sockets.forEach((socket) => socket.close());
  }

  #pass(front: Socket, bytes: Buffer, port: number, address: string, by: Socket = front): void {
    if (this.#dead.has(front)) return;
    if (isMedia(bytes) && ++this.media % this.loses === 0) return void this.lost++;
    this.passed++;
    by.send(bytes, port, address);
  }

  async #socket(address: string): Promise<Socket> {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4").bind(0, address);
    this.#sockets.push(socket);
    await once(socket, "listening");
    return socket;
  }
}

/** Returns whether a datagram is a packet of RTP, rather than of STUN, DTLS or RTCP (RFC 7983, RFC 5761). */
function isMedia(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return first >= 128 && first < 192 && ((second & 127) < 64 || (second & 127) > 95);
}
