// Tests that all texts of the console are translated. The tests read the source files of the console, and the files
// that the console shares with the page.
import { expect, test } from "bun:test";
import { dirname, join, relative } from "node:path";
import { faultsOfForms } from "../../../test/faults-of-forms.ts";
import { readTexts } from "../../../test/texts-of-sources.ts";
import { ar as arOfPage } from "../../i18n/ar.ts";
import { de as deOfPage } from "../../i18n/de.ts";
import { type Dictionary, speak } from "../../i18n/translate.ts";
import { inOwnWords } from "../refusals.ts";
import { ar } from "./ar.ts";
import { served as servedAr } from "./ar-served.ts";
import { de } from "./de.ts";
import { served as servedDe } from "./de-served.ts";

const folder = join(import.meta.dir, "../..");
const files = await filesOf(join(folder, "console/main.tsx"));
const { translated, literals, bare } = await readTexts(folder, {
  isOf: (file) => files.has(file),
  spoken: [
    ...["aria-label", "title", "placeholder", "label", "alt", "what", "says", "does", "hint", "empty"],
    ...["caption", "head", "detail", "text", "cell", "fallback"],
  ],
  showing: ["notice", "setRefusal", "Error"],
});

/**
 * Returns the file and all files that it imports, directly or through others. Lazy imports (`import()`) are followed
 * only in files of console/.
 */
async function filesOf(file: string, found = new Set<string>()): Promise<ReadonlySet<string>> {
  const name = relative(folder, file);
  if (found.has(name) || /(?:^|\/)i18n\/(?:de|ar)\b/.test(name) || !/\.tsx?$/.test(name)) return found;
  found.add(name);
  const text = await Bun.file(file).text();
  const lazy = name.startsWith("console/") ? String.raw`|import\(` : "";
  for (const [, path] of text.matchAll(new RegExp(String.raw`(?:from |import ${lazy})"(\.[^"]+)"`, "g")))
    await filesOf(join(dirname(file), path!), found);
  return found;
}

const dictionaries = { de, ar };
/** Texts that are the same in every language: the name of the product. */
const names = new Set(["Rondo"]);
/** Texts that have another meaning in the console than on the page. */
const homonyms = new Set(["Enter", "Key", "Pause", "Versions"]);

test("these tests read the console's own files and the files shared with the page", () => {
  expect([...files]).toEqual(
    expect.arrayContaining([
      "console/queues/queues.tsx",
      "console/fleet/migrations.tsx",
      "shell/stopped.tsx",
    ]),
  );
  expect(translated.size).toBeGreaterThan(400);
});

test("each text of a component is passed to `t` or `plural`, or is in the German dictionary", () => {
  expect(bare.filter(({ text }) => !names.has(text) && !de[text])).toEqual([]);
});

test.each(["de", "ar"] as const)("the dictionary %s has exactly the texts that the console shows", (name) => {
  const served = { de: servedDe, ar: servedAr }[name];
  const words = dictionaries[name];
  expect([...translated].filter(([text]) => !words[text])).toEqual([]);
  expect(Object.keys(words).filter((text) => !(text in served) && !literals.has(text))).toEqual([]);
  expect(Object.keys(servedAr)).toEqual(Object.keys(servedDe));
});

test.each(["de", "ar"] as const)(
  "each text in the dictionary %s has the same placeholders as the English text",
  (name) => {
    expect(faultsOfForms(name, dictionaries[name])).toEqual([]);
  },
);

test("the console and the page translate their common texts in the same way", () => {
  const pairs: readonly (readonly [Dictionary, Dictionary, object])[] = [
    [de, deOfPage, servedDe],
    [ar, arOfPage, servedAr],
  ];
  for (const [words, wordsOfPage, served] of pairs)
    for (const [english, entry] of Object.entries(words))
      if (english in wordsOfPage && !(english in served) && !homonyms.has(english))
        expect([english, entry]).toEqual([english, wordsOfPage[english]!]);
});

test("the console translates the message and the hint of each error code", async () => {
  const page = await Bun.file(join(folder, "../../docs/reference/errors.md")).text();
  const codes = [...page.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(30);
  const refusal = { message: "The host acme.example belongs to another business.", hint: "Choose another." };
  expect(inOwnWords("CONFLICT", refusal)).toEqual(refusal);
  for (const [tag, words] of Object.entries(dictionaries)) {
    speak(tag, words);
    for (const code of codes) {
      const { message, hint } = inOwnWords(code, refusal);
      expect([tag, code, message]).toEqual([tag, code, words[code] as string]);
      expect(hint).toStartWith(words[`${code} hint`] as string);
      expect(hint).toContain(`${refusal.message} ${refusal.hint}`);
    }
  }
  speak("en", {});
});
