// Several stages on one screen: `?event=hall&event=courtyard` shows each in a frame of its own.

import { stop } from "../shared/alert.ts";
import { eventNames } from "../shared/event.ts";

/** The most stages that can be read on one screen. */
const STAGES_MAX = 9;

/** Shows a frame for each event, if the page's address names several, and then never resolves: there is nothing else to show. */
export async function showSeveral(): Promise<void> {
  const names = eventNames();
  if (names.length < 2) return;
  if (names.length > STAGES_MAX) stop(`The address of this page names ${names.length} events; at most ${STAGES_MAX} can be read on one screen.`);
  const columns = Math.ceil(Math.sqrt(names.length));
  const stages = document.createElement("main");
  stages.className = "stages";
  stages.style.setProperty("--columns", String(columns));
  stages.style.setProperty("--rows", String(Math.ceil(names.length / columns)));
  stages.append(...names.map((name) => {
    const frame = document.createElement("iframe");
    frame.src = `${location.pathname}?${new URLSearchParams({ event: name })}`;
    frame.title = name;
    frame.allow = "fullscreen; screen-wake-lock";
    return frame;
  }));
  document.title = `${names.join(", ")}: stages`;
  document.body.classList.add("several");
  document.body.replaceChildren(stages);
  await new Promise(() => {});
}
