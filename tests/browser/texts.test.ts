// Which of several texts a viewer reads.

import assert from "node:assert/strict";
import { test } from "node:test";
import { textFor } from "../../crates/web/ts/message.ts";

const TEXTS = { en: "Back soon", fr: "À tout de suite", "pt-BR": "Já voltamos", "pt-PT": "Voltamos já" };

test("a viewer reads their first available language, its closest variant, or the event's own", () => {
  const read = (...locales: string[]) => textFor(TEXTS, locales, "en")?.text;
  assert.equal(read("fr"), "À tout de suite");
  assert.equal(read("fr-CA", "en"), "À tout de suite");
  assert.equal(read("pt-pt"), "Voltamos já", "the very one, however it is written");
  assert.equal(read("pt"), "Já voltamos", "one of the same language");
  assert.equal(read("ja", "fr"), "À tout de suite", "the second, where there is none for the first");
  assert.equal(read("ja"), "Back soon", "the event's own");
});

test("where even the event's own is missing, any text will do, and without texts there is none", () => {
  assert.deepEqual(textFor({ fr: "Bonsoir" }, ["ja"], "en"), { text: "Bonsoir", locale: "fr" });
  assert.deepEqual(textFor({ en: "" }, ["en"], "en"), { text: "", locale: "en" }, "an empty one is one");
  assert.equal(textFor({}, ["en"], "en"), null);
  assert.equal(textFor(null, ["en"], "en"), null);
});
