// What a person does with the controls of an element.
//
// An element fires the same events whatever the cause. This program only ever moves the element towards the room's position and rate.
// So a change away from them, right after a person touched the element, is that person's. In doubt it is nobody's.

/** What a person did. */
export type Act =
  | { command: "pause" | "resume" }
  | { command: "seek"; position: number }
  | { command: "rate"; rate: number };

/** The element at an event. */
export interface Seen {
  type: "pause" | "play" | "seek" | "ratechange";
  /** In ms of the room's position. */
  position: number;
  paused: boolean;
  ended: boolean;
  /** Whether it has data to play on. */
  isReady: boolean;
  seeking: boolean;
  rate: number;
  /** Whether it goes back to its beginning at its end, which is a seek of its own. */
  loops: boolean;
  /** How long ago the person touched it, in ms; `Infinity` if never. */
  touchedAgo: number;
  isHidden: boolean;
}

/** Where the room is. */
export interface Expected {
  position: number;
  /** 0 while it is held. */
  rate: number;
  /** The rate at which it plays when it is not held. */
  playingRate: number;
}

/** How long before an event the touch may have been that caused it: 1 s. A busy page runs tasks up to hundreds of ms late. */
const NEAR = 1_000;

/** How far from the room a seek has to lead to be a person's, in ms: ours end within a few hundred. */
const AWAY = 1_000;

/** How far a rate has to be from the room's to be a person's: the correction's are within 5 %. */
const FASTER = 0.06;

/** Keys that move the focus, or do nothing by themselves: whoever tabs through the page has not touched the element. */
export const OTHER_KEYS = /^(Tab|Escape|Shift|Control|Alt|AltGraph|Meta|CapsLock|F\d+)$/;

/** Returns what the person did; undefined if it is nobody's doing, or may be somebody else's. */
export function actOf(seen: Seen, room: Expected): Act | undefined {
  if (seen.touchedAgo > NEAR || seen.isHidden) return undefined;
  switch (seen.type) {
    case "pause":
      return seen.paused && room.rate > 0 && !seen.ended && !seen.seeking && seen.isReady ? { command: "pause" } : undefined;
    case "play":
      // It may have been paused again since: a room that is held is what this program keeps.
      return room.rate === 0 ? { command: "resume" } : undefined;
    case "seek":
      return Math.abs(seen.position - room.position) > AWAY && !seen.loops ? { command: "seek", position: Math.max(0, Math.round(seen.position)) } : undefined;
    case "ratechange":
      // A new source begins at the element's default rate, and has no data then.
      return Math.abs(seen.rate / room.playingRate - 1) > FASTER && seen.isReady ? { command: "rate", rate: Math.min(Math.max(seen.rate, 0.25), 4) } : undefined;
  }
}

/** How long a person's seeks are collected, in ms: keys repeat, and sliders are dragged. */
const SETTLES = 250;

/** Watches an element. */
export class Gestures {
  readonly #element: HTMLMediaElement;
  readonly #expected: () => Expected | undefined;
  readonly #begins: number;
  readonly #done: (act: Act) => void;
  readonly #drags: () => void;
  readonly #ending = new AbortController();
  #touchedAt = -Infinity;
  #isDown = false;
  #seeks: ReturnType<typeof setTimeout> | undefined;

  /**
   * Calls `done` with what a person does, and `drags` while a person seeks. `expected` says where the room is; `begins` is its
   * position where the media begins, in ms.
   */
  constructor(element: HTMLMediaElement, begins: number, expected: () => Expected | undefined, done: (act: Act) => void, drags: () => void) {
    [this.#element, this.#begins, this.#expected, this.#done, this.#drags] = [element, begins, expected, done, drags];
    const { signal } = this.#ending;
    const listen = (target: EventTarget, names: string[], listener: (event: Event) => void) =>
      names.forEach((name) => target.addEventListener(name, (event) => event.isTrusted && listener(event), { capture: true, passive: true, signal }));
    const touch = (isDown: boolean) => () => {
      this.#touchedAt = performance.now();
      this.#isDown = isDown;
    };
    listen(element, ["pointerdown", "touchstart"], touch(true));
    listen(element, ["click"], touch(false));
    listen(element, ["keydown", "keyup"], (event) => { if (!OTHER_KEYS.test((event as KeyboardEvent).key)) touch(false)(); });
    // A slider may be let go anywhere.
    listen(document, ["pointerup", "pointercancel", "touchend"], () => { if (this.#isDown) touch(false)(); });
    listen(element, ["pause", "play", "ratechange"], ({ type }) => this.#handle(type as Seen["type"]));
    listen(element, ["seeking"], () => this.#handleSeeking());
  }

  end(): void {
    clearTimeout(this.#seeks);
    this.#ending.abort();
  }

  #act(type: Seen["type"]): Act | undefined {
    const { currentTime, paused, ended, readyState, seeking, playbackRate, loop } = this.#element;
    const room = this.#expected();
    return room && actOf({
      ...{ type, paused, ended, seeking, loops: loop, rate: playbackRate, position: currentTime * 1_000 + this.#begins },
      isReady: readyState >= HTMLMediaElement.HAVE_FUTURE_DATA,
      touchedAgo: this.#isDown ? 0 : performance.now() - this.#touchedAt,
      isHidden: document.hidden,
    }, room);
  }

  #handle(type: Seen["type"]): void {
    // Browsers pause while a slider is dragged, and play on afterwards.
    if (this.#isDown || this.#seeks) return;
    const act = this.#act(type);
    if (act) this.#done(act);
  }

  #handleSeeking(): void {
    if (!this.#seeks && !this.#act("seek")) return;
    this.#drags();
    clearTimeout(this.#seeks);
    this.#seeks = setTimeout(() => {
      this.#seeks = undefined;
      if (this.#isDown) return this.#handleSeeking();
      this.#touchedAt = performance.now();
      const act = this.#act("seek");
      if (act) this.#done(act);
    }, SETTLES);
  }
}
