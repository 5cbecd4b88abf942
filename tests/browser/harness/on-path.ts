// Where a program is.

import { accessSync, constants } from "node:fs";

/** Returns the path of the first program on the PATH that has one of these names. */
export function onPath(names: readonly string[]): string | undefined {
  const paths = (process.env["PATH"] ?? "").split(":").flatMap((directory) => names.map((name) => `${directory}/${name}`));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
