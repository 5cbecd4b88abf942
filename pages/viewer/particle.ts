// Where the particles of a burst are: of each cue the same for all viewers, and a matter of its age alone.

/** One particle: what it was given to go with. Places are in heights of the stage, from its upper left corner. */
export interface Grain {
  /** Where it begins along the stage's width, from 0 to 1. */
  across: number;
  /** Its speed at first, in heights a second. */
  sideways: number;
  up: number;
  /** The radius, in heights. */
  radius: number;
  /** When in the burst it begins and ends, as shares of its length. */
  from: number;
  until: number;
  /** Where it is in its swaying, in radians. */
  sway: number;
}

/** Where a particle is, and how opaque. */
interface Place {
  x: number;
  y: number;
  opacity: number;
}

/** How fast the air takes away a speed (a share per second), and how fast things fall (heights per second squared). */
const DRAG = 1.4;
const GRAVITY = 0.5;

/** Returns the particles of the cue with this id. */
export function grains(id: string, count: number, isFromAbove: boolean): Grain[] {
  const random = generator(id);
  const around = () => random() + random() - 1;
  return Array.from({ length: count }, () => {
    const from = random() * (isFromAbove ? 0.45 : 0.18);
    const until = Math.min(1, from + 0.5 + random() * 0.3);
    const grain = { radius: 0.005 + random() ** 2 * 0.014, from, until, sway: random() * 7 };
    if (isFromAbove) return { ...grain, across: random(), sideways: around() * 0.05, up: -0.22 - random() * 0.2 };
    return { ...grain, across: 0.5 + around() * 0.06, sideways: around() * 0.75, up: 0.9 + random() * 0.9 };
  });
}

/** Returns where a particle is `age` ms after the beginning of its burst of `length` ms; nothing if it is not there. */
export function place(grain: Grain, age: number, length: number, isFromAbove: boolean, aspect: number): Place | undefined {
  const life = (age / length - grain.from) / (grain.until - grain.from);
  if (life < 0 || life >= 1) return undefined;
  const seconds = (age - grain.from * length) / 1_000;
  const sway = Math.sin(grain.sway + seconds * 2.2) * 0.012;
  const opacity = Math.min(1, life * 12, (1 - life) * 3);
  if (isFromAbove) {
    return { x: grain.across * aspect + grain.sideways * seconds + sway, y: -0.03 - grain.up * seconds, opacity };
  }
  // Thrown up, slowed by the air, then falling as fast as the air lets it.
  const slowed = (1 - Math.exp(-DRAG * seconds)) / DRAG;
  const fallen = (GRAVITY / DRAG) * (seconds - slowed);
  return { x: grain.across * aspect + grain.sideways * slowed + sway, y: 1.03 - grain.up * slowed + fallen, opacity };
}

/** Returns numbers from 0 to below 1, for the same text the same ones: FNV-1a, then SplitMix32. */
function generator(text: string): () => number {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0)!, 0x01000193);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
