// Who is connected, where, and how many have applied the last change.

import type { Audience, Region } from "downbeat-client";
import { span, wallClock } from "../shared/format.ts";
import { find, write } from "../shared/dom.ts";
import type { Api } from "./api.ts";
import { acknowledged, count } from "./progress.ts";
import { make, show } from "./dom.ts";
import type { Known } from "./latest-state.ts";
import type { Session } from "./session.ts";

/** How often it is asked for while somebody looks, in ms. */
const EVERY = 5_000;

/** A change has taken effect and been acknowledged after about so long, in ms. */
const SETTLED = 3_000;

/** Figures that are older are marked, in ms. */
const STALE = 12_000;

const REGIONS: Record<Region, string> = {
  wnam: "North America, west",
  enam: "North America, east",
  sam: "South America",
  weur: "Europe, west",
  eeur: "Europe, east",
  apac: "Asia and Pacific",
  oc: "Oceania",
  afr: "Africa",
  me: "Middle East",
};

/** Shows it; gives the function that says how old the figures are. */
export function audience(api: Api, known: Known, session: Session): () => void {
  const [box, sockets, hubs, regions, acks, says] =
    ["audience", "sockets", "hubs", "regions", "acks", "audience-says"].map((id) => find(id)) as
    [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  let heard: { body: Audience; at: number; own: number } | undefined;
  let why = "";
  let isAsking = false;
  let next = 0;

  const draw = ({ body }: { body: Audience }) => {
    write(sockets, count(body.sockets));
    write(find("sockets-noun"), body.sockets === 1 ? "socket" : "sockets");
    const silent = body.answered < body.hubs ? " answered; the others are not counted" : "";
    write(hubs, `hubs ${body.answered}/${body.hubs}${silent}`);
    const sums = new Map<Region, number>();
    for (const hub of body.byHub) sums.set(hub.region, (sums.get(hub.region) ?? 0) + hub.sockets);
    const most = Math.max(1, ...sums.values());
    regions.replaceChildren(...[...sums].toSorted((one, other) => other[1] - one[1]).map(([region, number]) => {
      const bar = make("span", "bar");
      bar.style.setProperty("--share", `${number / most}`);
      return make("li", "", make("span", "region", REGIONS[region] ?? region), make("span", "numbers", count(number)), bar);
    }));
    const told = body.acks === null || body.acks.asked === 0 ? "" : `rev ${body.acks.rev}: ${acknowledged(body.acks)}`;
    write(acks, told);
    show(acks, told !== "");
  };
  const renew = async () => {
    if (isAsking || session.token === null || !session.rights.read || document.hidden) return;
    isAsking = true;
    const outcome = await api.audience();
    isAsking = false;
    next = performance.now() + EVERY;
    if (outcome.kind === "answered") {
      heard = { body: outcome.body, at: Date.now(), own: performance.now() };
      why = "";
      draw(heard);
    }
    if (outcome.kind === "silent") why = outcome.why;
    if (outcome.kind === "refused") {
      why = outcome.refusal.detail;
      if (outcome.refusal.status === 403) session.learn({ read: false });
    }
  };
  // After each change, when viewers have had the time to apply it.
  known.follow(() => { if (heard !== undefined) next = performance.now() + SETTLED; });
  session.follow(() => { next = 0; });
  document.addEventListener("visibilitychange", () => { next = 0; });

  return () => {
    if (performance.now() >= next) {
      next = performance.now() + EVERY;
      void renew();
    }
    const { read } = session.rights;
    const age = heard === undefined ? Infinity : performance.now() - heard.own;
    const isStale = age > STALE;
    box.classList.toggle("stale", isStale);
    show(find("figures"), read && heard !== undefined);
    const because = why === "" ? "" : `: ${why}`;
    const words = !read ? "This token may not read the audience: it has no scope “read”."
      : heard === undefined ? (why === "" ? "asking …" : `No figures${because}.`)
      : isStale ? `Not current: as of ${wallClock(heard.at)}, ${span(age)} ago${because}.`
      : "";
    write(says, words);
    show(says, words !== "");
  };
}
