// Making a room, and coming into one.

import type { RoomAnswer } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { readStored, store } from "../shared/storage.ts";
import { keepInvitations, link } from "./address.ts";
import { sayNotMade } from "./refusals.ts";
import { say } from "./words.ts";

/** The clip that comes with the pages. */
export const CLIP = "/clip.mp4";

/** What no name may have: controls, and what hides or reverses the text around it. Some keyboards add such characters. */
const HIDDEN = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** Shows one of the page's parts, and no other. */
export function showPart(id: "start" | "enter" | "room" | "over"): void {
  for (const part of document.querySelectorAll("main")) part.hidden = part.id !== id;
}

/** Asks what to watch, makes a room, and goes there. */
export function startRoom(): void {
  showPart("start");
  // A link that lost its end in a message.
  if (location.hash.length > 1) write(find("start-failed"), say("badLink"));
  const button = find<HTMLButtonElement>("start-button");
  find("start-form").addEventListener("submit", async (submission) => {
    submission.preventDefault();
    const content = find<HTMLInputElement>("new-content").value.trim() || CLIP;
    const controls = find<HTMLInputElement>("new-everyone").checked ? "everyone" : "controllers";
    button.ariaBusy = "true";
    write(find("start-failed"), "");
    try {
      const answer = await make({ title: find<HTMLInputElement>("new-title").value.trim(), content, controls });
      keepInvitations(answer);
      // The page loads anew with it.
      location.replace(link(answer.event, answer.invitations.own!));
    } catch (error) {
      write(find("start-failed"), (error as Error).message);
    }
    button.ariaBusy = null;
  });
}

async function make(room: object): Promise<RoomAnswer> {
  const headers = { "content-type": "application/json" };
  const response = await fetch("/v1/rooms", { method: "POST", headers, body: JSON.stringify(room) }).catch(() => {
    throw new Error(say("noServer"));
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(sayNotMade(response.status, body));
  return body;
}

/** Asks for a name. Resolves in the press of the button, which lets browsers play sound. */
export async function askName(isOwn: boolean): Promise<string> {
  const name = find<HTMLInputElement>("name");
  name.value = readStored("downbeat.name", "device") ?? "";
  if (isOwn) write(find("enter-title"), say("roomReady"));
  showPart("enter");
  name.focus();
  await new Promise<void>((resolve) => find("enter-form").addEventListener("submit", (submission) => {
    submission.preventDefault();
    resolve();
  }, { once: true }));
  const given = name.value.replaceAll(HIDDEN, "").trim();
  store("downbeat.name", given || null, "device");
  return given;
}
