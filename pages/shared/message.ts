// What the operator tells viewers.

import type { Downbeat, Message } from "downbeat-client";

/** Has `element` show the operator's message, whenever there is one. */
export function message(element: HTMLElement, event: Downbeat): void {
  const show = (message: Message | null) => {
    // Severe ones interrupt what a screen reader is saying. The element stays where it is when it is empty: what only
    // appears with its words is not always read out.
    element.role = message?.severity === "major" || message?.severity === "critical" ? "alert" : "status";
    element.dataset["severity"] = message?.severity ?? "info";
    element.lang = message?.locale ?? "";
    element.textContent = message?.text ?? "";
  };
  show(null);
  event.on("message", show);
}
