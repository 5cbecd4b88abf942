// How many viewers are connected, where, and how many have applied the last change.

import type { Audience, BoundCount, RegionAudience } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import { formatCount, formatSpan, formatTimeOfDay } from "../shared/format.ts";
import type { Api } from "./api.ts";
import { audienceNotes, formatRegion } from "./audience-text.ts";
import { make, setVisible } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";
import { formatAcks } from "./progress-text.ts";
import type { Session } from "./session.ts";

/** How often the figures are requested while the page is visible, in ms. */
const INTERVAL = 5_000;

/** How long after a change they are requested again, in ms: viewers have applied and acknowledged it by then. */
const AFTER_CHANGE = 3_000;

/** The age from which figures are marked as out of date, in ms. */
const STALE = 12_000;

/** The most hubs that are named below a region. */
const NAMED = 3;

/** What is wrong in a region: how many hubs are silent or behind, and which ones. */
function laggards({ region, hubs, answered, behind }: RegionAudience, { rev, byHub }: Audience): HTMLElement[] {
  const late = byHub.filter((hub) => hub.region === region && hub.rev < rev).map((hub) => `hub ${hub.hub}`);
  const more = late.length > NAMED ? [`${late.length - NAMED} more`] : [];
  const parts = [
    answered < hubs ? `${hubs - answered} of ${formatCount(hubs, "hub")} silent` : "",
    behind > 0 ? `${formatCount(behind)} behind: ${[...late.slice(0, NAMED), ...more].join(", ")}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? [] : [make("span", "laggards", parts.join(" · "))];
}

/** Returns the histogram of how exact the clocks of the sampled are, a column for each bound. */
function columns(bounds: readonly BoundCount[]): HTMLElement[] {
  const most = Math.max(1, ...bounds.map(({ viewers }) => viewers));
  return bounds.map(({ within, viewers }) => {
    const bar = make("span", "column");
    bar.style.setProperty("--share", `${viewers / most}`);
    const bound = within === null ? "more" : within < 1_000 ? `${within}` : "1 s";
    return make("li", viewers === 0 ? "none" : "", make("span", "numbers", formatCount(viewers)), bar, make("span", "bound", bound));
  });
}

/** Shows the audience. Returns the function that redraws it. */
export function audienceView(api: Api, latest: LatestState, session: Session): () => void {
  const parts = ["audience", "sockets", "hubs", "regions", "acks", "audience-note", "lacks", "clocks"] as const;
  const [box, sockets, hubs, regions, acks, note, lacks, clocks] = parts.map((id) => find(id)) as [
    HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement,
  ];
  /** The last figures, with when they came: by the wall clock, to be shown, and by the page's clock, for their age. */
  let last: { body: Audience; at: number; pageTime: number } | undefined;
  let why = "";
  let isRequesting = false;
  let next = 0;

  const draw = (body: Audience) => {
    write(sockets, formatCount(body.sockets));
    write(find("sockets-noun"), body.sockets === 1 ? "socket" : "sockets");
    const missing = body.answered < body.hubs ? " answered; viewers on the others are not counted" : "";
    write(hubs, `hubs ${body.answered}/${body.hubs}${missing}`);
    const sums = (body.byRegion ?? []).filter(({ sockets, hubs, answered, behind }) => sockets > 0 || answered < hubs || behind > 0);
    const most = Math.max(1, ...sums.map((sum) => sum.sockets));
    regions.replaceChildren(...sums.map((sum) => {
      const bar = make("span", "bar");
      bar.style.setProperty("--share", `${sum.sockets / most}`);
      const name = make("span", "region", formatRegion(sum.region));
      return make("li", "", name, make("span", "numbers", formatCount(sum.sockets)), bar, ...laggards(sum, body));
    }));
    const text = body.acks === null || body.acks.asked === 0 ? "" : `rev ${body.acks.rev} · ${formatAcks(body.acks)}`;
    write(acks, text);
    setVisible(acks, text !== "");
    lacks.replaceChildren(...audienceNotes(body).map((note) => make("li", "", note)));
    const bounds = body.acks?.bounds ?? [];
    clocks.replaceChildren(...columns(bounds));
    setVisible(find("clocks-title"), bounds.length > 0);
  };
  const request = async () => {
    if (isRequesting || session.token === null || session.cannot("read") !== undefined || document.hidden) return;
    isRequesting = true;
    const outcome = await api.audience();
    isRequesting = false;
    next = performance.now() + INTERVAL;
    if (outcome.kind === "answered") {
      last = { body: outcome.body, at: Date.now(), pageTime: performance.now() };
      why = "";
      draw(last.body);
    }
    if (outcome.kind === "no-answer") why = outcome.why;
    if (outcome.kind === "refused") {
      why = outcome.refusal.detail;
      if (outcome.refusal.status === 403) session.updateRights({ read: false });
    }
  };
  latest.subscribe(() => { if (last !== undefined) next = performance.now() + AFTER_CHANGE; });
  session.subscribe(() => { next = 0; });
  document.addEventListener("visibilitychange", () => { next = 0; });

  return () => {
    if (performance.now() >= next) {
      next = performance.now() + INTERVAL;
      void request();
    }
    const cannot = session.cannot("read");
    const age = last === undefined ? Infinity : performance.now() - last.pageTime;
    const isStale = age > STALE;
    box.classList.toggle("stale", isStale);
    setVisible(find("figures"), cannot === undefined && last !== undefined);
    const because = why === "" ? "" : `: ${why}`;
    const text = cannot !== undefined ? cannot
      : last === undefined ? (why === "" ? "loading …" : `No figures${because}.`)
      : isStale ? `Out of date: as of ${formatTimeOfDay(last.at)}, ${formatSpan(age)} ago${because}.`
      : "";
    write(note, text);
    setVisible(note, text !== "");
  };
}
