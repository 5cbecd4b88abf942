// Choosing the event, if the server has several.

import { find } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import type { Api } from "./api.ts";
import { setVisible } from "./dom.ts";
import type { Session } from "./session.ts";

/** Lists the server's events. Choosing one reloads the page for it; the tab keeps the token. */
export function eventPicker(api: Api, session: Session): void {
  const [box, select] = [find("events"), find<HTMLSelectElement>("event")];
  let isRequested = false;
  session.subscribe(() => {
    if (session.token === null || !session.rights.read) return setVisible(box, (isRequested = false));
    if (isRequested) return;
    isRequested = true;
    void api.events().then((outcome) => {
      if (outcome.kind !== "answered") return;
      const names = new Set([eventName(), ...outcome.body.events.map(({ name }) => name)]);
      select.replaceChildren(...[...names].map((name) => new Option(name, name, false, name === eventName())));
      setVisible(box, names.size > 1);
    });
  });
  select.addEventListener("change", () => {
    location.search = `?${new URLSearchParams({ event: select.value })}`;
  });
}
