// Which event this is, where the server has several.

import { find } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import type { Api } from "./api.ts";
import { show } from "./dom.ts";
import type { Session } from "./session.ts";

/** Offers the server's events. Choosing another loads the page anew for it; the token stays with the tab. */
export function events(api: Api, session: Session): void {
  const [box, select] = [find("events"), find<HTMLSelectElement>("event")];
  let isAsked = false;
  session.follow(() => {
    if (session.token === null || !session.rights.read) return show(box, (isAsked = false));
    if (isAsked) return;
    isAsked = true;
    void api.events().then((outcome) => {
      if (outcome.kind !== "answered") return;
      const names = new Set([eventName(), ...outcome.body.events.map(({ name }) => name)]);
      select.replaceChildren(...[...names].map((name) => new Option(name, name, false, name === eventName())));
      show(box, names.size > 1);
    });
  });
  select.addEventListener("change", () => {
    location.search = `?${new URLSearchParams({ event: select.value })}`;
  });
}
