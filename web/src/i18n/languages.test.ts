// Tests that the page is translated in full. The tests read all sources of the page, except the
// dictionaries and the folder `console`. A separate test reads this folder.
import { expect, test } from "bun:test";
import { faultsOfForms } from "../../test/faults-of-forms.ts";
import { readTexts } from "../../test/texts-of-sources.ts";
import { ar } from "./ar.ts";
import { served as servedAr } from "./ar-served.ts";
import { de } from "./de.ts";
import { served as servedDe } from "./de-served.ts";
import { locale, plural, speak, t } from "./translate.ts";

const { translated, literals, bare } = await readTexts(`${import.meta.dir}/..`, {
  isOf: (file) => !/^console|^i18n\/(?:de|ar)/.test(file),
  spoken: ["aria-label", "title", "placeholder", "label", "alt", "what"],
  showing: ["notice", "setRefusal", "setSaid"],
});

const dictionaries = { de, ar };

test("every text in the components can be translated", () => {
  // `bare` contains the texts in the components that are not arguments of `t` or `plural`. Such a text is allowed only
  // if it is in the dictionary: then the component passes it to another component, which translates it.
  expect(bare.filter(({ text }) => !de[text])).toEqual([]);
});

test.each(["de", "ar"] as const)(
  "the dictionary %s has exactly the texts of the page and of the server",
  (name) => {
    const served = { de: servedDe, ar: servedAr }[name];
    const words = dictionaries[name];
    expect([...translated].filter(([text]) => !words[text])).toEqual([]);
    expect(Object.keys(words).filter((text) => !(text in served) && !literals.has(text))).toEqual([]);
    expect(Object.keys(servedAr)).toEqual(Object.keys(servedDe));
  },
);

test.each(["de", "ar"] as const)(
  "each text in the dictionary %s has the same placeholders as the English text",
  (name) => {
    expect(faultsOfForms(name, dictionaries[name])).toEqual([]);
  },
);

test("a missing or wrong plural form and a missing placeholder are found", () => {
  const words = {
    "{n} pieces": { one: "a", two: "b", other: "{n} c" },
    "{n} rows": { one: "a", two: "b", few: "{n} c", other: "{n} d" },
    "Play {title}": "e",
  };
  expect(faultsOfForms("ar", words)).toEqual(["“{n} pieces” lacks the form “few”.", "“e” lacks {title}."]);
  expect(faultsOfForms("de", { "{n} pieces": { one: "a", few: "b", other: "c" } })).toEqual([
    "de has no “few”.",
  ]);
});

test("a text with a number has the plural form and the number format of the language", () => {
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
