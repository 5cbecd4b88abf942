// Members who see and hear each other: nothing is sent before it was seen here and a button was pressed.

import { Peers } from "downbeat-client/peers";
import type { Room } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import type { Address } from "./address.ts";

/** Wires camera and microphone to the room. */
export function faces(room: Room, { room: name, invitation }: Address): void {
  const [see, send, stop] = [find<HTMLButtonElement>("camera"), find<HTMLButtonElement>("camera-send"), find<HTMLButtonElement>("camera-stop")];
  const own = find<HTMLVideoElement>("camera-preview");
  let stream: MediaStream | undefined;
  let peers: Peers | undefined;

  let isSent = false;
  const show = () => {
    [see.hidden, send.hidden, stop.hidden, find("own-face").hidden] = [!!stream, !stream || isSent, !stream, !stream];
    // Large until it is sent: so far it is a mirror.
    find("own-face").className = isSent ? "" : "large";
    write(find("own-caption"), isSent ? "You" : "Only you see this so far.");
    if (own.srcObject !== (stream ?? null)) own.srcObject = stream ?? null;
  };
  see.addEventListener("click", async () => {
    say("");
    try {
      stream = await capture();
    } catch (error) {
      return say(refusal(error as DOMException));
    }
    show();
    send.focus();
  });
  send.addEventListener("click", () => {
    isSent = true;
    peers?.publish(stream!);
    show();
  });
  const end = () => {
    isSent = false;
    peers?.publish(null);
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    show();
  };
  stop.addEventListener("click", end);

  // A member may come back under another id.
  room.on("role", () => begin());
  room.on("member", () => peers?.update(ids()));
  room.on("signal", ({ from, ...message }) => peers?.receive(from, message));
  room.on("connection", ({ state }) => {
    if (state !== "left") return;
    end();
    peers?.leave();
  });
  const ids = () => room.members.map(({ id }) => id);

  function begin(): void {
    peers?.leave();
    peers = new Peers({ me: room.member!, signal: (to, message) => room.signal(to, message as { description: unknown }), ice });
    peers.on("stream", ({ member, stream }) => showFace(room, member, stream));
    peers.on("refused", ({ message }) => say(message));
    peers.update(ids());
    if (isSent) peers.publish(stream!);
  }

  async function ice(): Promise<RTCIceServer[]> {
    const headers = { authorization: `Bearer ${invitation}` };
    return (await (await fetch(`/v1/events/${name}/ice`, { headers })).json()).iceServers;
  }
}

/** Asks for camera and microphone; for one of them where the other is missing. */
async function capture(): Promise<MediaStream> {
  const devices = navigator.mediaDevices;
  const video = { width: { ideal: 320 }, height: { ideal: 240 }, frameRate: { max: 20 } };
  return devices.getUserMedia({ video, audio: true }).catch((error: DOMException) => {
    if (error.name !== "NotFoundError") throw error;
    return devices.getUserMedia({ audio: true }).catch(() => devices.getUserMedia({ video }));
  });
}

function refusal({ name }: DOMException): string {
  if (name === "NotAllowedError") return "The browser does not allow it. Allow camera and microphone for this page, beside its address.";
  return name === "NotFoundError" ? "This device has neither camera nor microphone." : "Camera and microphone do not start; another program may use them.";
}

function say(text: string): void {
  write(find("faces-note"), text);
}

function showFace(room: Room, member: string, stream: MediaStream | null): void {
  const id = `face-${member}`;
  const shown = document.getElementById(id);
  if (!stream) return shown?.remove();
  const name = room.members.find((one) => one.id === member)?.name || "Somebody";
  const figure = shown ?? document.createElement("figure");
  figure.id = id;
  const face = document.createElement("video");
  Object.assign(face, { autoplay: true, playsInline: true, srcObject: stream, ariaLabel: name });
  const caption = document.createElement("figcaption");
  caption.dir = "auto";
  caption.textContent = name;
  figure.replaceChildren(face, caption);
  if (!shown) find("faces").append(figure);
}
