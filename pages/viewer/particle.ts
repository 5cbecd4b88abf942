// The particles of a burst: the same on every viewer's screen, since each one's path depends only on the cue and its age.

/** Where the particles of a burst come from. */
export type Origin = "above" | "below";

/** One particle. Distances are in heights of the stage, from its upper left corner. */
export interface Particle {
  /** Where across the stage's width it starts, from 0 to 1. */
  across: number;
  /** Its initial velocity, in heights per second. */
  sideways: number;
  up: number;
  /** The radius, in heights. */
  radius: number;
  /** When in the burst it appears and disappears, as shares of the burst's length. */
  from: number;
  until: number;
  /** The phase of its sway, in radians. */
  sway: number;
}

/** A particle's place, and its opacity from 0 to 1. */
interface Place {
  x: number;
  y: number;
  opacity: number;
}

/** How fast air slows a particle (share of its velocity per second), and gravity (heights per second squared). */
const DRAG = 1.4;
const GRAVITY = 0.5;

/** Returns the particles of the cue with this id. */
export function makeParticles(cueId: string, count: number, origin: Origin): Particle[] {
  const random = generator(cueId);
  const centred = () => random() + random() - 1;
  return Array.from({ length: count }, () => {
    const from = random() * (origin === "above" ? 0.45 : 0.18);
    const until = Math.min(1, from + 0.5 + random() * 0.3);
    const particle = { radius: 0.005 + random() ** 2 * 0.014, from, until, sway: random() * 7 };
    if (origin === "above") return { ...particle, across: random(), sideways: centred() * 0.05, up: -0.22 - random() * 0.2 };
    return { ...particle, across: 0.5 + centred() * 0.06, sideways: centred() * 0.75, up: 0.9 + random() * 0.9 };
  });
}

/** Returns a particle's place `age` ms after the start of its burst of `length` ms; undefined while it is not visible. */
export function placeAt(particle: Particle, age: number, length: number, origin: Origin, aspect: number): Place | undefined {
  const life = (age / length - particle.from) / (particle.until - particle.from);
  if (life < 0 || life >= 1) return undefined;
  const seconds = (age - particle.from * length) / 1_000;
  const sway = Math.sin(particle.sway + seconds * 2.2) * 0.012;
  const opacity = Math.min(1, life * 12, (1 - life) * 3);
  const start = particle.across * aspect + sway;
  if (origin === "above") return { x: start + particle.sideways * seconds, y: -0.03 - particle.up * seconds, opacity };
  // Thrown up, slowed by the air, then falling at the air's terminal velocity.
  const slowed = (1 - Math.exp(-DRAG * seconds)) / DRAG;
  const fallen = (GRAVITY / DRAG) * (seconds - slowed);
  return { x: start + particle.sideways * slowed, y: 1.03 - particle.up * slowed + fallen, opacity };
}

/** Returns a generator of numbers in [0, 1), the same for the same text: FNV-1a, then SplitMix32. */
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
