// Positions as people write them. The same forms that `downbeat seek` takes.

const HOUR = 3_600_000;
const MINUTE = 60_000;
const SECOND = 1_000;

/** Returns the ms that `text` means: `12:30` is M:SS, `1:02:03` is H:MM:SS, `90` is seconds; nothing if it is none. */
export function parsePosition(text: string): number | undefined {
  const found = /^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [hours, minutes, seconds] = found.slice(1, 4).map((part) => Number(part ?? 0)) as [number, number, number];
  // With a larger unit before it, a smaller one ends at 59: `1:75` is a slip of the finger.
  if (found[2] !== undefined && (seconds > 59 || found[3]!.length !== 2)) return undefined;
  if (found[1] !== undefined && (minutes > 59 || found[2]!.length !== 2)) return undefined;
  return hours * HOUR + minutes * MINUTE + seconds * SECOND + Number((found[4] ?? "").padEnd(3, "0"));
}
