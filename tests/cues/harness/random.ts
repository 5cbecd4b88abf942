// Valid sheets, generated from a seed: the same seed gives the same sheet anywhere.

/** Returns numbers from 0 to below 2^32 (xorshift32, Marsaglia 2003). */
function generator(seed: number): () => number {
  // Neighbouring seeds are spread first, and none may be zero.
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}

/** Returns a sheet as JSON: the object form or a bare array. */
export function anySheet(seed: number): string {
  const next = generator(seed);
  const below = (limit: number) => next() % limit;
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!;

  const text = () => {
    const ranges = [[0, 0x20], [0x20, 0x60], [0x7f, 0x100], [0x2020, 0x20], [0xd000, 0x800], [0xe000, 0x2000], [0x1f600, 0x40], [0x10fff0, 0x10]];
    const chars = Array.from({ length: below(8) }, () => pick(ranges)).map(([from, count]) => from! + below(count!));
    // A dollar could begin the name of a var.
    return String.fromCodePoint(...chars).replaceAll("$", "S");
  };
  // Any double within the limit, and those that are printed in special ways.
  const number = (): number => {
    if (below(4) === 0) return pick([0, -0, 1e-7, 1e-6, 0.1, 0.3, 1.5, 5e-324, 1e15, 9007199254740991, -9007199254740991]);
    const value = new Float64Array(Uint32Array.of(next(), next()).buffer)[0]!;
    return Math.abs(value) <= 9007199254740991 ? value : below(2 ** 31) / 2 ** below(40);
  };
  const json = (depth: number): unknown => {
    switch (below(depth > 3 ? 4 : 6)) {
      case 0: return pick([null, true, false]);
      case 1: return number();
      case 2: return text();
      case 3: return below(1000);
      case 4: return Array.from({ length: below(4) }, () => json(depth + 1));
      default: return fields(depth + 1);
    }
  };
  const fields = (depth: number) => Object.fromEntries(Array.from({ length: below(5) }, () => [text(), json(depth)]));

  const cues = Array.from({ length: 1 + below(12) }, (_, index) => ({
    time: below(5_400_000) / 1000,
    action: pick(["light", "song", "été", "😀"]),
    ...(below(2) ? { id: `cue-${index}` } : {}),
    ...(below(2) ? { track: pick(["a", "b", "ﬀ", "𝄞", "Ω"]) } : {}),
    ...(below(2) ? { params: fields(0) } : {}),
    ...(below(2) ? { duration: `${1 + below(100_000)}ms` } : {}),
    ...(below(4) ? {} : { message: { en: `${text()}x`, "zh-Hant": `${text()}x` } }),
    ...(below(4) ? {} : { late: pick(["skip", "resume", "latest", { within: "2s" }]) }),
    ...(below(8) ? {} : { repeat: { every: `${1 + below(200_000)}ms`, count: 1 + below(4) } }),
    ...(below(8) ? {} : { preload: { assets: ["/a.ogg"], lead: below(60) } }),
    ...(below(8) ? {} : { disabled: true }),
  }));
  return print(below(4) ? { version: 1, id: "any", title: `${text().replace(/\p{Cc}/gu, "")}x`, cues } : cues);
}

/** Prints JSON; unlike `JSON.stringify` with the sign of zero. */
function print(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(print)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${print(inner)}`)}}`;
}
