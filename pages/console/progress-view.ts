// The course of a command, as the operator sees it beside HOLD and GO.

import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";
import type { Commands } from "./commands.ts";
import { type Told, words } from "./progress.ts";
import { make, press, show } from "./dom.ts";

/** Shows it; gives the function that shows it anew, to be called as often as clocks are redrawn. */
export function courseView(commands: Commands): () => void {
  const [box, title, lines, way] = ["course", "course-title", "course-lines", "way-out"].map((id) => find(id)) as
    [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const [giveUp, close] = [find<HTMLButtonElement>("give-up"), find<HTMLButtonElement>("close-course")];
  press(giveUp, () => commands.giveUp());
  press(close, () => commands.close());
  let last: Told | undefined;
  const redraw = () => {
    const told = words(commands.course, commands.now());
    if (told.spoken !== last?.spoken && told.spoken !== "") speak(told.spoken);
    show(box, told.tone !== "none");
    box.dataset["tone"] = told.tone;
    write(title, told.title);
    if (told.lines.join("\n") !== last?.lines.join("\n")) {
      lines.replaceChildren(...told.lines.map((line) => make("li", "", line)));
    }
    show(way, told.wayOut !== undefined);
    write(way, told.wayOut ?? "");
    show(giveUp, told.canBeGivenUp);
    show(close, !told.canBeGivenUp);
    last = told;
  };
  commands.follow(redraw);
  return redraw;
}
