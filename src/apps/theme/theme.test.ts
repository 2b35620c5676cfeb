// Tests which themes of businesses are refused, and that accepted themes have enough contrast.
import { expect, test } from "bun:test";
import { colord } from "colord";
import { createFaultList } from "../../queries/spec/faults.ts";
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { colourDeclarations, type ThemeColours, unreadable } from "./colours.ts";
import { checkTheme, themeOf } from "./theme.ts";

const faultsOf = (theme: JsonObject) => {
  const faults = createFaultList();
  checkTheme(faults, theme);
  return faults.faults.map(({ at, message }) => `${at}: ${message}`);
};
const colours = { paper: "#ffffff", ink: "#111111", soft: "#555555", accent: "#0055cc" };

test("a theme with unreadable text is refused with the contrast and a suggestion", () => {
  expect(faultsOf({ colours: { ...colours, accent: "#ffcc00" } })).toEqual([
    "/theme/colours/accent: The contrast of accent #ffcc00 with paper #ffffff, or with the raised surfaces that Rondo makes from it, is only 1.5:1; text needs 4.5:1. Make accent darker.",
  ]);
  expect(
    faultsOf({
      colours: { ...colours, paper: "#101010", ink: "#eeeeee", soft: "#aaaaaa", accent: "#333333" },
    })[0],
  ).toEndWith("Make accent lighter.");
});

test("each unknown, missing or invalid part of a theme is reported with its position", () => {
  expect(faultsOf({ colors: {} })[0]).toStartWith("/theme: ");
  expect(faultsOf({ logo: "logo.svg" })).toEqual(["/theme/logo: The file theme/logo.svg is missing."]);
  expect(faultsOf({ links: [{ text: { en: "Imprint" }, url: "javascript:alert(1)" }] })[0]).toStartWith(
    "/theme/links/0/url",
  );
  expect(faultsOf({ font: { family: 'x"}body{display:none' } })[0]).toStartWith("/theme/font/family");
  expect(faultsOf({ font: { family: "Kufi", range: "U+0600-06FF, U+FE70" } })).toEqual([]);
  expect(faultsOf({ font: { family: "Kufi", range: "U+0;}body{}" } })[0]).toStartWith("/theme/font/range");
  expect(faultsOf({ name: "Halde", colours, languages: ["de", "en"] })).toEqual([]);
});

test("a stored theme that is invalid is ignored", () => {
  expect(themeOf({ colours: { paper: "red" } })).toEqual({});
  expect(themeOf(undefined)).toEqual({});
});

test("accepted themes of random colours have enough contrast in light and dark", () => {
  let seed = 7;
  const byte = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % 256;
  };
  const random = () => colord({ r: byte(), g: byte(), b: byte() }).toHex();
  let accepted = 0;
  for (let round = 0; round < 3_000; round++) {
    const theme: ThemeColours = { paper: random(), ink: random(), soft: random(), accent: random() };
    if (unreadable(theme).length > 0) continue;
    accepted++;
    const found = [...colourDeclarations(theme).matchAll(/--([\w-]+):light-dark\(([^,]+),([^)]+)\)/g)];
    for (const side of [2, 3]) {
      const at = Object.fromEntries(found.map((match) => [match[1], match[side]!]));
      for (const [text, ground, least] of [
        ...["ink", "soft", "accent", "danger"].flatMap((one) => [
          [one, "paper", 4.5] as const,
          [one, "raised", 4.5] as const,
        ]),
        ["edge", "paper", 3] as const,
        ["on-accent", "accent", 4.5] as const,
      ])
        if (colord(at[text]!).contrast(at[ground]!) < least)
          throw new Error(`${text} on ${ground} of ${JSON.stringify(theme)}: ${JSON.stringify(at)}`);
    }
  }
  expect(accepted).toBeGreaterThan(5);
});
