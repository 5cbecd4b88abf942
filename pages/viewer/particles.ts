// `particles`: a burst of them, from below or above. A moment: who was not there in time has missed it. Where each
// particle is follows from the event's position alone, so a hold holds them, and a seek past the burst's end, or back before
// its beginning, takes them away.

import type { Downbeat } from "downbeat-client";
import type { Effect } from "./effect.ts";
import { type Grain, grains, place } from "./particle.ts";
import { colorOf, numberOf, textOf } from "./params.ts";
import { onTick } from "./ticker.ts";

/** How long a burst lasts where the cue has no end, in ms. */
const LENGTH = 4_000;

/** The width of the picture that each particle is a copy of, in pixels, and how many radii of a particle that is. */
const SPRITE = 64;
const HALO = 6;

/** How opaque it is at each share of its radius: a bright middle with a halo, and a glow without one. */
const PARTICLE: [number, number][] = [[0, 1], [1 / HALO, 1], [2 / HALO, 0.2], [1, 0]];
const GLOW: [number, number][] = [[0, 0.6], [0.3, 0.4], [0.65, 0.1], [1, 0]];

interface Burst {
  /** The event's position at its beginning. */
  begins: number;
  length: number;
  isFromAbove: boolean;
  /** One particle, large, in the burst's colour; where nothing is to move, a glow. */
  sprite: HTMLCanvasElement;
  grains: Grain[];
}

/** Has `canvas` show bursts. */
export function particles(canvas: HTMLCanvasElement, event: Downbeat): Effect {
  const drawing = canvas.getContext("2d")!;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let bursts: Burst[] = [];
  let drawn: number | undefined;
  let frame = 0;

  const draw = () => {
    frame = 0;
    const position = event.position() ?? Infinity;
    drawn = position;
    bursts = bursts.filter(({ begins, length }) => position >= begins && position < begins + length);
    drawing.clearRect(0, 0, canvas.width, canvas.height);
    // As light adds up.
    drawing.globalCompositeOperation = "lighter";
    for (const burst of bursts) {
      if (calm.matches) glow(drawing, burst);
      else scatter(drawing, burst, position - burst.begins);
    }
    if (bursts.length > 0 && event.rate() && !calm.matches) frame = requestAnimationFrame(draw);
  };
  // Frames follow each other only while something moves. The tick begins them again, and takes away what is over.
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
    const isFromAbove = textOf(cue, "from") === "above";
    bursts.push({
      begins: position - into,
      length: cue.end === undefined ? LENGTH : cue.end - cue.time,
      isFromAbove,
      sprite: sprite(colorOf(cue, "#ffc857"), calm.matches ? GLOW : PARTICLE),
      grains: grains(cue.id, Math.round(numberOf(cue, "count", 1, 400, 120)), isFromAbove),
    });
    if (frame === 0) draw();
  };
}

/** Draws a burst's particles where they are `age` ms after its beginning. */
function scatter(drawing: CanvasRenderingContext2D, { length, isFromAbove, sprite, grains }: Burst, age: number): void {
  const { width, height } = drawing.canvas;
  for (const grain of grains) {
    const found = place(grain, age, length, isFromAbove, width / height);
    if (found === undefined) continue;
    const half = grain.radius * HALO * height / 2;
    drawing.globalAlpha = found.opacity;
    drawing.drawImage(sprite, found.x * height - half, found.y * height - half, 2 * half, 2 * half);
  }
}

/** Draws what stands for a burst where nothing is to move: a glow in its colour, from where it comes. */
function glow(drawing: CanvasRenderingContext2D, { isFromAbove, sprite }: Burst): void {
  const { width, height } = drawing.canvas;
  drawing.globalAlpha = 1;
  drawing.drawImage(sprite, 0, (isFromAbove ? -0.6 : 0.4) * height, width, 1.2 * height);
}

/** Returns a round picture in this colour: at each share of its radius, so opaque. */
function sprite(color: string, opacities: [number, number][]): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SPRITE;
  const drawing = canvas.getContext("2d")!;
  const half = SPRITE / 2;
  const light = drawing.createRadialGradient(half, half, 0, half, half, half);
  for (const [at, opacity] of opacities) light.addColorStop(at, `rgb(0 0 0 / ${opacity})`);
  drawing.fillStyle = light;
  drawing.fillRect(0, 0, SPRITE, SPRITE);
  // The colour, as opaque as what is there.
  drawing.globalCompositeOperation = "source-in";
  drawing.fillStyle = color;
  drawing.fillRect(0, 0, SPRITE, SPRITE);
  return canvas;
}
