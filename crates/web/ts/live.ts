// The socket on which the server pushes changes.

import type { Link } from "./room/link.ts";
import type { StateFrame } from "./wire.ts";

/** Called for what arrives on a socket. */
export interface LiveHandlers {
  state(frame: StateFrame): void;
  /** The answer to a ping: `<epoch>.<rev>`. */
  pong(version: string): void;
  /** The socket was closed, or could not be opened. */
  closed(closing: Closing): void;
}

/** What a close event says: the code and the reason of RFC 6455. */
export type Closing = Pick<CloseEvent, "code" | "reason">;

/** A socket that is open or being opened. */
export interface LiveSocket {
  send(text: string): void;
  /** Closes it. No handler is called afterwards. */
  close(): void;
}

/** Opens the socket at `url`, which begins with `http`. */
export function openLive(url: string, handlers: LiveHandlers, link?: Link): LiveSocket {
  const socket = new WebSocket(url.replace("http", "ws"));
  if (ROOM) socket.onopen = () => socket.send(link!.hello());
  socket.onmessage = ({ data }) => {
    // Unknown frames belong to a later protocol: they are ignored.
    if (data[0] !== "{") return handlers.pong(`${data}`);
    const frame = JSON.parse(data);
    if (frame.type === "state") handlers.state(frame);
    else if (ROOM) {
      // It brings the state, too, as to one who joins an event.
      if (frame.type === "welcome") handlers.state({ type: "state", hub: 0, ack: false, ...frame.state });
      link!.handleFrame(frame, (text) => socket.send(text));
    }
  };
  socket.onclose = (closing) => {
    if (ROOM) link!.handleClosed();
    handlers.closed(closing);
  };
  return {
    send: (text) => socket.send(text),
    close() {
      socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}
