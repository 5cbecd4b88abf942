// What browsers keep is touched in two places only, each of which works where the browser refuses: a page must not be blank
// because somebody blocks cookies, opens it in a sandboxed frame, or has a full disk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FILES, lineAt, read } from "./files.ts";

/** The modules that touch storage: of the client, and of the pages. */
const MODULES = ["crates/web/ts/store.ts", "pages/shared/storage.ts"];

/** Whatever browsers keep, and what tabs share. */
const STORAGE =
  /\b(localStorage|sessionStorage|indexedDB|openDatabase|cookieStore|BroadcastChannel|SharedWorker|serviceWorker|StorageEvent)\b|\bdocument\s*\.\s*cookie\b|\bcaches\b|\bnavigator\s*\??\.\s*(locks|storage)\b|["']cookie["']/g;

/** Returns the places in `text` that touch storage, comments left out. */
function touches(text: string): { line: number; what: string }[] {
  return [...withoutComments(text).matchAll(STORAGE)].map((match) => ({ line: lineAt(text, match.index), what: match[0] }));
}

/** Replaces comments by spaces, so that places stay where they are. Texts stay: a text may be a property's name. */
function withoutComments(text: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[^]*?\*\/|<!--[^]*?-->|(?<![:"'`])\/\/[^\n]*/g;
  return text.replace(token, (found) => (/^["']/.test(found) ? found : found.replace(/[^\n]/g, " ")));
}

test("no file of the client or the pages touches storage but the two that work without", () => {
  const written = FILES.filter((file) => /^(crates\/web|pages)\/.*\.(ts|tsx|js|html|rs)$/.test(file));
  assert.ok(MODULES.every((module) => written.includes(module)), `${MODULES} are among what is read`);
  const wrong = written.filter((file) => !MODULES.includes(file))
    .flatMap((file) => touches(read(file)).map(({ line, what }) => `${file}:${line} ${what}`));
  assert.deepEqual(wrong, [], `leave this to ${MODULES.join(" or ")}`);
});

test("in those two, every access is inside a try", () => {
  for (const module of MODULES) {
    const text = withoutComments(read(module));
    const uses = [...text.matchAll(/\.(getItem|setItem|removeItem|clear|key)\(/g)];
    assert.ok(uses.length > 0, `${module} uses storage`);
    for (const { index } of uses) {
      const before = text.slice(0, index);
      const opened = before.lastIndexOf("try {");
      assert.ok(opened > before.lastIndexOf("catch"), `${module}:${lineAt(text, index)} may throw`);
    }
  }
});

test("what touches storage is found, and a comment about it is not", () => {
  const found = (text: string) => touches(text).map(({ what }) => what);
  assert.deepEqual(found('window["localStorage"].x; globalThis.sessionStorage; document.cookie = "a"; navigator.locks.request("x")'), [
    "localStorage", "sessionStorage", "document.cookie", "navigator.locks",
  ]);
  assert.deepEqual(found("// localStorage\n/* caches */ const caches_of = 1; fetch('https://x/y'); new BroadcastChannel('x');"), ["BroadcastChannel"]);
  assert.deepEqual(found('const url = "https://a/b"; await caches.open("c");'), ["caches"]);
});
