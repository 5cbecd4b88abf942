// The socket through which the server tells of changes.

import type { StateFrame } from "./wire.ts";

/** What came through a socket, or became of it. */
export interface Hears {
  state(frame: StateFrame): void;
  /** What a ping came back with: `<epoch>.<rev>`. */
  pong(version: string): void;
  /** It was closed, or could not be opened. */
  closed(): void;
}

/** A socket that is open or being opened. */
export interface Live {
  send(text: string): void;
  /** Closes it. Nothing is heard from it afterwards. */
  close(): void;
}

/** Opens the socket at `url`, which begins with `http`. */
export function live(url: string, hears: Hears): Live {
  const socket = new WebSocket(url.replace("http", "ws"));
  socket.onmessage = ({ data }) => {
    // Frames of a later protocol are left alone.
    if (data[0] !== "{") return hears.pong(`${data}`);
    const frame = JSON.parse(data);
    if (frame.type === "state") hears.state(frame);
  };
  socket.onclose = hears.closed;
  return {
    send: (text) => socket.send(text),
    close() {
      socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}
