/**
 * Downbeat for React 19 and newer:
 *
 * ```tsx
 * import { EventVideo, useCountdown, useCue, useEvent } from "downbeat-client/react";
 *
 * export function Show() {
 *   const { event, status, message, error } = useEvent({ server: "https://downbeat.example.workers.dev", event: "main" });
 *   const left = useCountdown(event);
 *   useCue(event, ({ turn, cue }) => console.log(turn, cue.id));
 *   if (error) return <p>{String(error)}</p>;
 *   return (
 *     <main data-status={status}>
 *       {left ? <p>{Math.ceil(left / 1000)} s</p> : null}
 *       {message && <p lang={message.locale} dir="auto">{message.text}</p>}
 *       <EventVideo event={event} src="/gala.webm" muted />
 *     </main>
 *   );
 * }
 * ```
 *
 * On a server nothing is joined, and everything is undefined, as it is in a page before the first answer.
 *
 * @packageDocumentation
 */

import {
  type ComponentPropsWithoutRef, createElement, type ReactElement, type Ref,
  useEffect, useImperativeHandle, useMemo, useRef, useState, useSyncExternalStore,
} from "react";
import type {
  Connection, CueTurn, Downbeat, JoinOptions, Listener, MediaOptions, Message, Rundown, StateBody, Status, TimeBody,
} from "./index.ts";
import { join } from "./index.ts";

/** What is known of an event; a new object whenever that changes. */
export interface EventSnapshot {
  /** The event, once it is joined. The same object as long as the options stay the same. */
  event: Downbeat | undefined;
  status: Status | undefined;
  message: Message | null | undefined;
  connection: Connection;
  state: TimeBody | StateBody | undefined;
  rundown: Rundown | undefined;
  /** The states that are active. */
  activeCues: readonly CueTurn[];
  /** Why the event could not be joined: a wrong option, or no WebAssembly. A bad network is no error. */
  error: unknown;
}

const UNKNOWN: EventSnapshot = {
  event: undefined, status: undefined, message: undefined, state: undefined, rundown: undefined, error: undefined,
  connection: { state: "acquiring", why: "first-answer" }, activeCues: [],
};

/** An event that components share: those with equal options. */
interface Shared {
  users: number;
  snapshot: EventSnapshot;
  readonly changed: Set<() => void>;
  readonly leaving: AbortController;
}

const shared = new Map<string, Shared>();

/**
 * Joins an event while the component is mounted, and renders it again whenever something changes. Components with equal options
 * share one connection; it is left a moment after the last of them has gone, so that StrictMode and moving between pages join once.
 * A `signal` is not taken: unmounting leaves.
 */
export function useEvent(options: Omit<JoinOptions, "signal">): EventSnapshot {
  const key = JSON.stringify([`${options.server}`, options.event, options.locales, options.preload, options.emergency, Object.keys(options).sort()]);
  const latest = useRef(options);
  latest.current = options;
  const [subscribe, read] = useMemo(() => [
    (changed: () => void) => use(key, latest.current, changed),
    () => shared.get(key)?.snapshot ?? UNKNOWN,
  ] as const, [key]);
  return useSyncExternalStore(subscribe, read, () => UNKNOWN);
}

/** Joins the event of `key` unless others have. Returns a function that ends this use. */
function use(key: string, options: JoinOptions, changed: () => void): () => void {
  let entry = shared.get(key);
  if (!entry) shared.set(key, (entry = begin(options)));
  const own = entry;
  own.users++;
  own.changed.add(changed);
  return () => {
    own.changed.delete(changed);
    own.users--;
    setTimeout(() => {
      if (own.users > 0 || own.leaving.signal.aborted) return;
      if (shared.get(key) === own) shared.delete(key);
      own.leaving.abort();
    });
  };
}

function begin(options: JoinOptions): Shared {
  const entry: Shared = { users: 0, snapshot: UNKNOWN, changed: new Set(), leaving: new AbortController() };
  const set = (more: Partial<EventSnapshot>) => {
    entry.snapshot = { ...entry.snapshot, ...more };
    entry.changed.forEach((changed) => changed());
  };
  join({ ...options, signal: entry.leaving.signal }).then((event) => {
    const update = () => {
      if (entry.leaving.signal.aborted) return;
      const { status, message, connection, state, rundown, activeCues } = event;
      set({ event, status, message, connection, state, rundown, activeCues });
    };
    update();
    for (const name of ["state", "status", "message", "connection", "cue"] as const) event.on(name, update);
  }, (error) => {
    if (!entry.leaving.signal.aborted) set({ error });
  });
  return entry;
}

/** Calls `listener`, in its latest form, for each turn of a cue, first for the states that are active. */
export function useCue(event: Downbeat | undefined, listener: Listener<"cue">): void {
  const latest = useRef(listener);
  useEffect(() => { latest.current = listener; });
  useEffect(() => event && begun(event, () => event.on("cue", (turn, lateness) => latest.current(turn, lateness), { now: true })), [event]);
}

/**
 * Returns the time until the event begins, in ms, and renders again each second: 0 once it has begun, undefined while it is not
 * known. `countdownText` of `downbeat-client/countdown-text` writes it.
 */
export function useCountdown(event: Downbeat | undefined): number | undefined {
  const [left, setLeft] = useState<number>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const update = () => {
      clearTimeout(timer);
      const left = event?.countdown();
      setLeft(left);
      if (left && event!.rate() !== 0) timer = setTimeout(update, (left % 1_000) + 1);
    };
    update();
    const stops = event && begun(event, () => (["state", "status", "clock"] as const).map((name) => event.on(name, update)));
    return () => {
      clearTimeout(timer);
      stops?.forEach((stop) => stop());
    };
  }, [event]);
  return left;
}

/** The properties of {@link EventVideo}: those of `<video>`, and how it follows the event. */
export interface EventVideoProps extends Omit<ComponentPropsWithoutRef<"video">, "loop">, MediaOptions {
  /** From {@link useEvent}; until it is there, the video stands. */
  event: Downbeat | undefined;
  /** For the `<video>` itself. */
  ref?: Ref<HTMLVideoElement>;
}

/** A `<video>` that follows the event. Browsers play sound only after a gesture, but `muted` videos at any time. */
export function EventVideo({ event, begins, seeksOnly, loop, ref, ...video }: EventVideoProps): ReactElement {
  const element = useRef<HTMLVideoElement>(null);
  useImperativeHandle(ref, () => element.current!, []);
  useEffect(() => {
    if (!event || !element.current) return;
    const media = begun(event, () => event.bindMedia(element.current!, {
      ...(begins !== undefined && { begins }), ...(seeksOnly !== undefined && { seeksOnly }), ...(loop !== undefined && { loop }),
    }));
    return () => media?.release();
  }, [event, begins, seeksOnly, loop]);
  return createElement("video", { playsInline: true, ...video, ref: element });
}

/** Returns what `act` does; undefined for an event that was left, which a component may still have while it goes. */
function begun<Result>(event: Downbeat, act: () => Result): Result | undefined {
  return event.connection.state === "left" ? undefined : act();
}
