// The video call: members who see and hear each other. Nothing is sent before it was seen here and a button was pressed, and no
// connection is made, by which others learn this device's address, before a person takes part.

import { Peers } from "downbeat-client/peers";
import type { Room } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { formatNumber } from "../shared/format.ts";
import type { Address } from "./address.ts";
import { formatNames, nameOf, say } from "./words.ts";

/** The most people in a call: each sends its camera to every other. */
const CALL_MAX = 6;

/** How many members are told that this one takes part: of 50 signals a second, those of their answers are left. */
const TOLD_MAX = 40;

/** Wires the call to the room. */
export function faces(room: Room, { room: name, invitation }: Address): void {
  const [see, send, stop] = [find<HTMLButtonElement>("camera"), find<HTMLButtonElement>("camera-send"), find<HTMLButtonElement>("camera-stop")];
  const [join, leave, microphone] = [find<HTMLButtonElement>("call-join"), find<HTMLButtonElement>("call-leave"), find<HTMLButtonElement>("microphone")];
  const own = find<HTMLVideoElement>("camera-preview");
  /** The others who take part: their pages have greeted this one. */
  const callers = new Set<string>();
  let stream: MediaStream | undefined;
  let peers: Peers | undefined;
  let me: string | undefined;
  let isSent = false;

  const show = () => {
    [see.hidden, send.hidden, stop.hidden, find("own-face").hidden] = [!!stream, !stream || isSent, !stream, !stream];
    join.hidden = !!peers || !!stream || callers.size === 0;
    leave.hidden = !peers || !!stream;
    microphone.hidden = !stream || stream.getAudioTracks().length === 0;
    write(microphone, say(stream?.getAudioTracks()[0]?.enabled === false ? "microphoneOn" : "microphoneOff"));
    // Large until it is sent: so far it is a mirror.
    find("own-face").className = isSent ? "" : "large";
    write(find("own-caption"), say(isSent ? "faceYou" : "onlyYou"));
    if (own.srcObject !== (stream ?? null)) own.srcObject = stream ?? null;
    const others = room.members.filter(({ id }) => callers.has(id));
    write(find("callers"), others.length > 0 ? say("inCall", { names: formatNames(others) }) : "");
  };
  const note = (text: string) => write(find("faces-note"), text);

  see.addEventListener("click", async () => {
    note("");
    try {
      stream = await capture();
    } catch (error) {
      return note(refusal(error as DOMException));
    }
    show();
    send.focus();
  });
  send.addEventListener("click", () => {
    if (!begin()) return;
    isSent = true;
    peers!.publish(stream!);
    show();
    stop.focus();
  });
  const end = () => {
    isSent = false;
    peers?.publish(null);
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    show();
  };
  stop.addEventListener("click", () => {
    end();
    see.focus();
  });
  microphone.addEventListener("click", () => {
    stream?.getAudioTracks().forEach((track) => { track.enabled = !track.enabled; });
    show();
  });
  join.addEventListener("click", () => {
    if (!begin()) return;
    show();
    leave.focus();
  });
  const hangUp = () => {
    peers?.leave();
    peers = undefined;
    end();
  };
  leave.addEventListener("click", () => {
    hangUp();
    see.focus();
  });

  room.on("signal", ({ from, ...message }) => {
    const { type } = Object(message.description) as { type?: string };
    if (type === "closed") callers.delete(from);
    else callers.add(from);
    peers?.receive(from, message);
    // Two took the last place at once.
    if (peers && participants().indexOf(room.member!) >= CALL_MAX) {
      hangUp();
      note(full());
    }
    show();
  });
  room.on("member", ({ change, member }) => {
    if (change === "left") callers.delete(member.id);
    // A member may come back under another id.
    if (peers && me !== room.member) {
      peers.leave();
      peers = undefined;
      if (begin() && isSent) peers!.publish(stream!);
    }
    peers?.update(told());
    show();
  });
  room.on("connection", ({ state }) => { if (state === "left") hangUp(); });

  /** Takes part. Returns whether there was a place. */
  function begin(): boolean {
    if (peers) return true;
    if (callers.size >= CALL_MAX || room.member === undefined) {
      note(full());
      return false;
    }
    note("");
    me = room.member;
    peers = new Peers({ me, signal: (to, message) => room.signal(to, message as { description: unknown }), ice, max: TOLD_MAX });
    peers.on("stream", ({ member, stream }) => showFace(room, member, stream));
    peers.update(told());
    return true;
  }

  /** Returns the members that are told of this one, itself first. Only those who take part answer, and are connected. */
  function told(): string[] {
    return [me!, ...room.members.map(({ id }) => id).filter((id) => id !== me)].slice(0, TOLD_MAX);
  }

  /** Returns who takes part, in the order in which all pages have the members. */
  function participants(): string[] {
    return room.members.map(({ id }) => id).filter((id) => id === room.member || callers.has(id));
  }

  async function ice(): Promise<RTCIceServer[]> {
    const headers = { authorization: `Bearer ${invitation}` };
    return (await (await fetch(`/v1/events/${name}/ice`, { headers })).json()).iceServers;
  }
  show();
}

function full(): string {
  return say("callFull", { count: formatNumber(CALL_MAX) });
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
  if (name === "NotAllowedError") return say("cameraRefused");
  return say(name === "NotFoundError" ? "cameraMissing" : "cameraBusy");
}

function showFace(room: Room, member: string, stream: MediaStream | null): void {
  const id = `face-${member}`;
  const shown = document.getElementById(id);
  if (!stream) return shown?.remove();
  const name = room.members.find((one) => one.id === member)?.name || nameOf("");
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
