// A short clip for `<video>`, made by the browser itself: a grey that changes with time, one key frame per second.

import type { Page } from "playwright-core";
import type { EnginePage } from "./engine-page.ts";

interface Frame {
  /** In ms from the beginning. */
  time: number;
  key: boolean;
  bytes: Buffer;
}

const WIDTH = 64;
const HEIGHT = 36;
const FRAMES_PER_SECOND = 10;

/**
 * Returns a WebM file of `seconds`, with a key frame every second. `page` is any page in a secure context. A `recorded` file has
 * neither its length nor an index, like those of `MediaRecorder`.
 */
export async function clip(page: Page | Pick<EnginePage, "evaluate">, seconds: number, recorded = false): Promise<Buffer> {
  const encoded = await (page as EnginePage).evaluate(encode, { WIDTH, HEIGHT, FRAMES_PER_SECOND, seconds });
  const frames = encoded.map(({ time, key, base64 }) => ({ time, key, bytes: Buffer.from(base64, "base64") }));
  return webm(frames, recorded ? undefined : seconds * 1_000);
}

/** In the page: encodes the frames. */
async function encode(asked: { WIDTH: number; HEIGHT: number; FRAMES_PER_SECOND: number; seconds: number }) {
  const frames: { time: number; key: boolean; base64: string }[] = [];
  const encoder = new VideoEncoder({
    output(chunk) {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      const base64 = btoa(String.fromCharCode(...bytes));
      frames.push({ time: chunk.timestamp / 1_000, key: chunk.type === "key", base64 });
    },
    error(error) { throw error; },
  });
  encoder.configure({ codec: "vp8", width: asked.WIDTH, height: asked.HEIGHT, framerate: asked.FRAMES_PER_SECOND });
  const canvas = new OffscreenCanvas(asked.WIDTH, asked.HEIGHT);
  const drawing = canvas.getContext("2d")!;
  for (let index = 0; index < asked.seconds * asked.FRAMES_PER_SECOND; index++) {
    const grey = (index * 5) % 256;
    drawing.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    drawing.fillRect(0, 0, asked.WIDTH, asked.HEIGHT);
    const frame = new VideoFrame(canvas, { timestamp: (index * 1_000_000) / asked.FRAMES_PER_SECOND });
    encoder.encode(frame, { keyFrame: index % asked.FRAMES_PER_SECOND === 0 });
    frame.close();
  }
  await encoder.flush();
  return frames;
}

/** Returns frames as a WebM file: a cluster for each key frame, and an index of the clusters first; without the length and the index if `duration` is undefined. */
function webm(frames: Frame[], duration: number | undefined): Buffer {
  const clusters: Buffer[] = [];
  const starts: number[] = [];
  for (const [index, { time, key }] of frames.entries()) {
    if (!key) continue;
    const next = frames.findIndex((frame, at) => at > index && frame.key);
    const own = frames.slice(index, next < 0 ? frames.length : next);
    const blocks = own.map((frame) => {
      const head = Buffer.from([0x81, 0, 0, frame.key ? 0x80 : 0]);
      head.writeInt16BE(frame.time - time, 1);
      return element(0xa3, Buffer.concat([head, frame.bytes]));
    });
    clusters.push(element(0x1f43b675, number(0xe7, time), ...blocks));
    starts.push(time);
  }
  const length = Buffer.alloc(8);
  length.writeDoubleBE(duration ?? 0);
  const before = [
    element(0x1549a966, number(0x2ad7b1, 1_000_000), ...(duration ? [element(0x4489, length)] : []), text(0x4d80, "tests"), text(0x5741, "tests")),
    element(
      0x1654ae6b,
      element(
        0xae,
        ...[number(0xd7, 1), number(0x73c5, 1), number(0x83, 1), text(0x86, "V_VP8")],
        element(0xe0, number(0xb0, WIDTH), number(0xba, HEIGHT)),
      ),
    ),
  ];
  // Offsets count from the beginning of the segment's content; the index has the same length whatever it contains.
  const index = (from: number) => {
    let place = from;
    const points = starts.map((time, at) => {
      const point = element(0xbb, number(0xb3, time), element(0xb7, number(0xf7, 1), number(0xf1, place)));
      place += clusters[at]!.length;
      return point;
    });
    return element(0x1c53bb6b, ...points);
  };
  const head = Buffer.concat(before);
  const content = Buffer.concat([head, ...(duration ? [index(head.length + index(0).length)] : []), ...clusters]);
  const file = element(
    0x1a45dfa3,
    ...[number(0x4286, 1), number(0x42f7, 1), number(0x42f2, 4), number(0x42f3, 8)],
    ...[text(0x4282, "webm"), number(0x4287, 2), number(0x4285, 2)],
  );
  return Buffer.concat([file, element(0x18538067, content)]);
}

/** Returns an EBML element: its id, its length in eight bytes, its content. */
function element(id: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(12);
  const idLength = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  head.writeUIntBE(id, 0, idLength);
  head.writeUInt8(0x01, idLength);
  head.writeUIntBE(body.length, idLength + 2, 6);
  return Buffer.concat([head.subarray(0, idLength + 8), body]);
}

function number(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return element(id, bytes);
}

function text(id: number, value: string): Buffer {
  return element(id, Buffer.from(value));
}
