// Tests that the page is translated in full: it reads the sources of the page, without the console.
import { type Node, parseSync, traverse } from "@babel/core";
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { ar } from "./ar.ts";
import { served as servedAr } from "./ar-served.ts";
import { de } from "./de.ts";
import { served as servedDe } from "./de-served.ts";
import { locale, plural, speak, t } from "./translate.ts";

const source = `${import.meta.dir}/..`;
const spoken = ["aria-label", "title", "placeholder", "label", "alt", "what"];
/** Texts of the page, with the places that use them, and texts that are not translated. */
const texts = new Map<string, string>();
const literals = new Set<string>();
const bare: string[] = [];
const hasWords = (text: string) => /\p{L}{2}/u.test(text);

for (const file of new Glob("**/*.{ts,tsx}").scanSync(source)) {
  if (/\.test\.|^console|^i18n\/(?:de|ar)|generated/.test(file)) continue;
  const ast = parseSync(await Bun.file(`${source}/${file}`).text(), {
    ...{ configFile: false, babelrc: false, filename: file },
    parserOpts: { plugins: ["typescript", "jsx"] },
  });
  const textsOf = (node: Node | undefined): string[] =>
    node?.type === "StringLiteral"
      ? [node.value]
      : node?.type === "ConditionalExpression"
        ? [node.consequent, node.alternate].flatMap(textsOf)
        : [];
  traverse(ast!, {
    CallExpression({ node: { callee, arguments: given } }) {
      const name = callee.type === "Identifier" ? callee.name : "";
      const text = name === "t" ? given[0] : name === "plural" ? given[2] : undefined;
      for (const one of textsOf(text)) if (one) texts.set(one, file);
      if (["notice", "setRefusal", "setSaid"].includes(name))
        for (const one of textsOf(given[0])) if (hasWords(one)) bare.push(`${file}: ${one}`);
    },
    StringLiteral: ({ node }) => void literals.add(node.value),
    JSXText({ node }) {
      if (hasWords(node.value)) bare.push(`${file}: ${node.value.trim()}`);
    },
    JSXAttribute({ node: { name, value } }) {
      if (spoken.includes(String(name.name)) && value?.type === "StringLiteral" && hasWords(value.value))
        bare.push(`${file}: ${value.value}`);
    },
  });
}

const dictionaries = { de, ar };
const formsOf = (entry: (typeof de)[string]): readonly string[] =>
  typeof entry === "string" ? [entry] : Object.values(entry);
const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted();

test("no component holds a text that can't be translated", () => {
  expect(bare).toEqual([]);
});

test.each(["de", "ar"] as const)("%s has every text of the page, and no other", (name) => {
  const served = { de: servedDe, ar: servedAr }[name];
  const words = dictionaries[name];
  expect([...texts].filter(([text]) => !words[text])).toEqual([]);
  expect(Object.keys(words).filter((text) => !(text in served) && !literals.has(text))).toEqual([]);
  expect(Object.keys(servedAr)).toEqual(Object.keys(servedDe));
});

test.each(["de", "ar"] as const)("%s has the placeholders of each text, and the plural forms", (name) => {
  const categories = new Intl.PluralRules(name).resolvedOptions().pluralCategories;
  for (const [english, entry] of Object.entries(dictionaries[name]))
    for (const form of formsOf(entry)) {
      // A form for one or two things may leave the number out.
      const needed = placesOf(english).filter((place) => typeof entry === "string" || place !== "{n}");
      expect(placesOf(form)).toEqual(expect.arrayContaining(needed));
      expect(placesOf(english)).toEqual(expect.arrayContaining(placesOf(form)));
      if (typeof entry !== "string")
        expect<string[]>(categories).toEqual(expect.arrayContaining(Object.keys(entry)));
    }
});

test("a text follows the number and the language, and stays English without a translation", () => {
  expect(plural(1, "1 piece", "{n} pieces")).toBe("1 piece");
  expect(plural(1200, "1 piece", "{n} pieces")).toBe("1,200 pieces");
  speak("de", de);
  expect(t("Play {title}", { title: "Regen" })).toBe("Regen abspielen");
  expect(plural(1200, "1 piece", "{n} pieces")).toBe("1.200 Stücke");
  speak("ar-u-nu-latn", ar);
  expect([1, 2, 3, 11].map((n) => plural(n, "1 piece", "{n} pieces"))).toEqual([
    "مقطوعة واحدة",
    "مقطوعتان",
    "3 مقطوعات",
    "11 مقطوعة",
  ]);
  speak("en-u-nu-latn", {});
  expect([0, 999, 1000, 1.5, -7].map((n) => t("{n}", { n }))).toEqual(["0", "999", "1,000", "1.5", "-7"]);
  speak("en", {});
  expect(t("no such text")).toBe("no such text");
  expect(locale()).toBe("en");
});
