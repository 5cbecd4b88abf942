// A command's progress, as the operator sees it next to HOLD and GO.

import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";
import type { Commands } from "./commands.ts";
import { make, onPress, setVisible } from "./dom.ts";
import { describeProgress, type ProgressText } from "./progress-text.ts";

/** How long the whole receipt of a command that went well stays on a phone, in ms; after that it is one line. */
const WHOLE = 5_000;

/** Shows it. Returns the function that redraws it. */
export function progressView(commands: Commands): () => void {
  const [box, title, lines, fallback] = ["progress", "progress-title", "progress-lines", "fallback"].map((id) => find(id)) as
    [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const [stop, close] = [find<HTMLButtonElement>("stop-sending"), find<HTMLButtonElement>("close-progress")];
  onPress(stop, () => commands.stop());
  onPress(close, () => commands.close());
  /** Since when the command is in effect with nothing more to do, by the page's clock. */
  let settledAt: number | undefined;
  const more = find<HTMLButtonElement>("more-progress");
  onPress(more, () => { settledAt = Infinity; redraw(); close.focus(); });
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
    const now = performance.now();
    settledAt = text.isSettled ? (settledAt ?? now) : undefined;
    // The style sheet decides where there is no room for the whole.
    const isBrief = settledAt !== undefined && now - settledAt >= WHOLE;
    box.classList.toggle("brief", isBrief);
    setVisible(more, isBrief);
    last = text;
  };
  commands.subscribe(redraw);
  return redraw;
}
