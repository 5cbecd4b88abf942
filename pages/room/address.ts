// Which room a page is about, and by which invitation: `/room#r-abcdefghijklmnop.dbi_…`. Servers and referrers never see a fragment.

import type { RoomAnswer } from "downbeat-client/room";
import { readStored, store } from "../shared/storage.ts";

/** Under which key a room's invitations are kept, followed by its name. */
const KEY = "downbeat.invitations ";

export interface Address {
  room: string;
  invitation: string;
}

/** Returns what the page's address says; undefined if it names no room. */
export function readAddress(): Address | undefined {
  const [, room, invitation] = /^#(r-[a-z2-7]{16})\.(dbi_[\w-]{22})$/.exec(location.hash) ?? [];
  return room && invitation ? { room, invitation } : undefined;
}

/** Returns the address that lets somebody into a room. */
export function link(room: string, invitation: string): string {
  return `${location.origin}${location.pathname}#${room}.${invitation}`;
}

/**
 * Keeps the invitations of a room that was made here: the server tells them once. On the device, as the link in its history is: who
 * comes back in another tab can still invite.
 */
export function keepInvitations({ event, invitations }: RoomAnswer): void {
  store(`${KEY}${event}`, JSON.stringify(invitations), "device");
}

/** Forgets them: the room is over. */
export function forgetInvitations(room: string): void {
  store(`${KEY}${room}`, null, "device");
}

/** Returns the invitations of a room that was made on this device. */
export function invitations(room: string): RoomAnswer["invitations"] {
  try {
    return JSON.parse(readStored(`${KEY}${room}`, "device") ?? "{}");
  } catch {
    return {};
  }
}
