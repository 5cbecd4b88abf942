// What the page says once its person is out of the room: by their own wish, or for a reason.

import { find, write } from "../shared/dom.ts";
import { sayRefusal } from "./refusals.ts";
import { showPart } from "./start.ts";
import { say } from "./words.ts";
import type { RoomWords } from "./words/en.ts";

/** Title, text and button, by the code of what was refused. */
const WORDS: Record<string, [title: keyof RoomWords, text: keyof RoomWords, button: keyof RoomWords]> = {
  left: ["youLeft", "goesOn", "comeBack"],
  "unknown-event": ["noRoom", "noRoomWhy", "startNew"],
  "invalid-invitation": ["badInvitation", "badInvitationWhy", "startNew"],
  conflict: ["elsewhere", "elsewhereWhy", "useThisTab"],
};

/** Shows why, and a way on. */
export function showOver(code: string, detail: string): void {
  const [title, text, button] = WORDS[code] ?? ["refusedYou", undefined, "comeBack"] as const;
  write(find("over-title"), say(title));
  write(find("over-text"), text ? say(text) : sayRefusal({ code, detail }));
  write(find("again"), say(button));
  find("again").addEventListener("click", () => {
    if (button === "startNew") location.assign(location.pathname + location.search);
    else location.reload();
  });
  showPart("over");
  find("over-title").focus();
}
