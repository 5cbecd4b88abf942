// `particles`: a burst, from below or above. A moment: a viewer who joins late has missed it. Every particle's place
// follows from the event's position alone, so a hold stops them, and a seek past the burst's end, or to before its
// beginning, removes them.

import type { Downbeat } from "downbeat-client";
import type { Effect } from "./effect.ts";
import { colorOf, numberOf, textOf } from "./params.ts";
import { makeParticles, type Origin, type Particle, placeAt } from "./particle.ts";
import { onTick } from "./ticker.ts";

/** How long a burst lasts if its cue has no end, in ms. */
const LENGTH = 4_000;

/** The width of the image that every particle is drawn with, in pixels, and how many particle radii that is. */
const SPRITE = 64;
const HALO = 6;

/** The image's opacity at shares of its radius: a bright centre with a halo, and a glow without one. */
const PARTICLE: [number, number][] = [[0, 1], [1 / HALO, 1], [2 / HALO, 0.2], [1, 0]];
const GLOW: [number, number][] = [[0, 0.6], [0.3, 0.4], [0.65, 0.1], [1, 0]];

interface Burst {
  /** The event's position at its beginning. */
  begins: number;
  length: number;
  origin: Origin;
  /** The image of one particle in the burst's colour; with reduced motion, a glow. */
  sprite: HTMLCanvasElement;
  particles: Particle[];
}

/** Draws bursts on `canvas`. */
export function particles(canvas: HTMLCanvasElement, event: Downbeat): Effect {
  const drawing = canvas.getContext("2d")!;
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  let bursts: Burst[] = [];
  let drawn: number | undefined;
  let frame = 0;

  const draw = () => {
    frame = 0;
    const position = event.position() ?? Infinity;
    drawn = position;
    bursts = bursts.filter(({ begins, length }) => position >= begins && position < begins + length);
    drawing.clearRect(0, 0, canvas.width, canvas.height);
    // Overlapping particles add up, as light does.
    drawing.globalCompositeOperation = "lighter";
    for (const burst of bursts) {
      if (reducedMotion.matches) drawGlow(drawing, burst);
      else drawParticles(drawing, burst, position - burst.begins);
    }
    if (bursts.length > 0 && event.rate() && !reducedMotion.matches) frame = requestAnimationFrame(draw);
  };
  // Frames are requested only while something moves. The tick starts them again, and removes what is over.
  onTick((position) => {
    if (bursts.length > 0 && frame === 0 && position !== drawn) draw();
  });
  new ResizeObserver(() => {
    const sharpness = Math.min(devicePixelRatio, 2);
    canvas.width = Math.round(canvas.clientWidth * sharpness);
    canvas.height = Math.round(canvas.clientHeight * sharpness);
    if (frame === 0) draw();
  }).observe(canvas);

  return ({ turn, cue, into }) => {
    const position = event.position();
    if (turn !== "fire" || position === undefined) return;
    const origin = textOf(cue, "from") === "above" ? "above" : "below";
    bursts.push({
      begins: position - into,
      length: cue.end === undefined ? LENGTH : cue.end - cue.time,
      origin,
      sprite: makeSprite(colorOf(cue, "#ffc857"), reducedMotion.matches ? GLOW : PARTICLE),
      particles: makeParticles(cue.id, Math.round(numberOf(cue, "count", 1, 400, 120)), origin),
    });
    if (frame === 0) draw();
  };
}

/** Draws a burst's particles `age` ms after its beginning. */
function drawParticles(drawing: CanvasRenderingContext2D, { length, origin, sprite, particles }: Burst, age: number): void {
  const { width, height } = drawing.canvas;
  for (const particle of particles) {
    const place = placeAt(particle, age, length, origin, width / height);
    if (place === undefined) continue;
    const half = particle.radius * HALO * height / 2;
    drawing.globalAlpha = place.opacity;
    drawing.drawImage(sprite, place.x * height - half, place.y * height - half, 2 * half, 2 * half);
  }
}

/** Draws a burst with reduced motion: a glow in its colour, at the edge where the particles would come from. */
function drawGlow(drawing: CanvasRenderingContext2D, { origin, sprite }: Burst): void {
  const { width, height } = drawing.canvas;
  drawing.globalAlpha = 1;
  drawing.drawImage(sprite, 0, (origin === "above" ? -0.6 : 0.4) * height, width, 1.2 * height);
}

/** Returns a round image in this colour, with these opacities at shares of its radius. */
function makeSprite(color: string, opacities: [number, number][]): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SPRITE;
  const drawing = canvas.getContext("2d")!;
  const half = SPRITE / 2;
  const light = drawing.createRadialGradient(half, half, 0, half, half, half);
  for (const [at, opacity] of opacities) light.addColorStop(at, `rgb(0 0 0 / ${opacity})`);
  drawing.fillStyle = light;
  drawing.fillRect(0, 0, SPRITE, SPRITE);
  // Fills with the colour and keeps the opacity.
  drawing.globalCompositeOperation = "source-in";
  drawing.fillStyle = color;
  drawing.fillRect(0, 0, SPRITE, SPRITE);
  return canvas;
}
