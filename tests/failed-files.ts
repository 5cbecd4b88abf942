// A reporter for `node --test`: the paths of the test files in which something failed, one a line.

import { relative } from "node:path";

interface Report {
  type: string;
  data: { file?: string };
}

export default async function* failedFiles(reports: AsyncIterable<Report>): AsyncGenerator<string> {
  const failed = new Set<string>();
  for await (const { type, data } of reports) if (type === "test:fail" && data.file !== undefined) failed.add(data.file);
  for (const file of failed) yield `${relative(process.cwd(), file)}\n`;
}
