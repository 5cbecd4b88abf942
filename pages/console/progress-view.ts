// A command's progress, as the operator sees it next to HOLD and GO.

import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";
import type { Commands } from "./commands.ts";
import { make, onPress, setVisible } from "./dom.ts";
import { describeProgress, type ProgressText } from "./progress-text.ts";

/** Shows it. Returns the function that redraws it. */
export function progressView(commands: Commands): () => void {
  const [box, title, lines, fallback] = ["progress", "progress-title", "progress-lines", "fallback"].map((id) => find(id)) as
    [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const [stop, close] = [find<HTMLButtonElement>("stop-sending"), find<HTMLButtonElement>("close-progress")];
  onPress(stop, () => commands.stop());
  onPress(close, () => commands.close());
  let last: ProgressText | undefined;
  const redraw = () => {
    const text = describeProgress(commands.progress, commands.now());
    if (text.spoken !== last?.spoken && text.spoken !== "") speak(text.spoken);
    setVisible(box, text.tone !== "none");
    box.dataset["tone"] = text.tone;
    write(title, text.title);
    if (text.lines.join("\n") !== last?.lines.join("\n")) {
      lines.replaceChildren(...text.lines.map((line) => make("li", "", line)));
    }
    setVisible(fallback, text.fallback !== undefined);
    write(fallback, text.fallback ?? "");
    setVisible(stop, text.canStop);
    setVisible(close, !text.canStop);
    last = text;
  };
  commands.subscribe(redraw);
  return redraw;
}
