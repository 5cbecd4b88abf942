// Making a room, and coming into one.

import type { RoomAnswer } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { readStored, store } from "../shared/storage.ts";
import { keepInvitations, link } from "./address.ts";

/** The clip that comes with the pages. */
export const CLIP = "/clip.mp4";

/** Shows one of the page's parts, and no other. */
export function showPart(id: "start" | "enter" | "room" | "over"): void {
  for (const part of document.querySelectorAll("main")) part.hidden = part.id !== id;
}

/** Asks what to watch, makes a room, and goes there. */
export function startRoom(): void {
  showPart("start");
  find("start-form").addEventListener("submit", async (submission) => {
    submission.preventDefault();
    const content = find<HTMLInputElement>("new-content").value.trim() || CLIP;
    const controls = find<HTMLInputElement>("new-everyone").checked ? "everyone" : "controllers";
    try {
      const answer = await make({ title: find<HTMLInputElement>("new-title").value.trim(), content, controls });
      keepInvitations(answer);
      // The page loads anew with it.
      location.replace(link(answer.event, answer.invitations.own!));
    } catch (error) {
      write(find("start-failed"), (error as Error).message);
    }
  });
}

async function make(room: object): Promise<RoomAnswer> {
  const headers = { "content-type": "application/json" };
  const response = await fetch("/v1/rooms", { method: "POST", headers, body: JSON.stringify(room) }).catch(() => {
    throw new Error("The server does not answer. Check your connection, and try again.");
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.detail ?? `The server answered with ${response.status}.`);
  return body;
}

/** Asks for a name. Resolves in the press of the button, which lets browsers play sound. */
export async function askName(): Promise<string> {
  const name = find<HTMLInputElement>("name");
  name.value = readStored("downbeat.name", "device") ?? "";
  showPart("enter");
  name.focus();
  await new Promise<void>((resolve) => find("enter-form").addEventListener("submit", (submission) => {
    submission.preventDefault();
    resolve();
  }, { once: true }));
  store("downbeat.name", name.value.trim() || null, "device");
  return name.value.trim();
}
