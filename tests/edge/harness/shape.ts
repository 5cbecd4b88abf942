// The shape of a JSON value: the names of its members and the types of its values, without the values.

export type Shape = string | { every: Shape[] } | { [member: string]: Shape };

/** Returns the shape of `value`. Whole numbers and fractions differ; of an array's elements each shape counts once. */
export function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) {
    const shapes = new Map(value.map((element) => [JSON.stringify(shapeOf(element)), shapeOf(element)]));
    return { every: [...shapes].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, shape]) => shape) };
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(members.map(([name, member]) => [name, shapeOf(member)]));
  }
  if (value === null) return "null";
  return Number.isInteger(value) ? "integer" : typeof value;
}
