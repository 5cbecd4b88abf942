// Positions as people write them, in the same forms that `downbeat seek` accepts.

const HOUR = 3_600_000;
const MINUTE = 60_000;
const SECOND = 1_000;

/** Parses `12:30` (M:SS), `1:02:03` (H:MM:SS) or `90` (seconds). Returns ms; undefined if `text` is not a position. */
export function parsePosition(text: string): number | undefined {
  const found = /^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [hours, minutes, seconds] = found.slice(1, 4).map((part) => Number(part ?? 0)) as [number, number, number];
  // After a larger unit, a smaller one has two digits up to 59: `1:75` is a typing error.
  if (found[2] !== undefined && (seconds > 59 || found[3]!.length !== 2)) return undefined;
  if (found[1] !== undefined && (minutes > 59 || found[2]!.length !== 2)) return undefined;
  return hours * HOUR + minutes * MINUTE + seconds * SECOND + Number((found[4] ?? "").padEnd(3, "0"));
}
