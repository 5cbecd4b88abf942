// The operator's message to viewers.

import type { Downbeat, Message } from "downbeat-client";

/** Makes `element` show the operator's message whenever there is one. */
export function showMessage(element: HTMLElement, event: Downbeat): void {
  const show = (message: Message | null) => {
    // An alert interrupts what a screen reader is saying. The element stays in the page while it is empty: screen readers
    // often miss elements that appear together with their text.
    element.role = message?.severity === "major" || message?.severity === "critical" ? "alert" : "status";
    element.dataset["severity"] = message?.severity ?? "info";
    element.lang = message?.locale ?? "";
    element.textContent = message?.text ?? "";
  };
  // In the direction of its own language, whatever the page's.
  element.dir = "auto";
  show(null);
  event.on("message", show);
}
