import { afterEach, expect, test } from "bun:test";
import { ar } from "../i18n/ar.ts";
import { de } from "../i18n/de.ts";
import { speak } from "../i18n/translate.ts";
import { suggestionsFor } from "./suggestions.ts";

afterEach(() => speak("en", {}));

test('changes that would have no effect are not suggested, such as "in minor" for A minor', () => {
  expect(suggestionsFor()).toContain("without drums");
  const plan = { key: "A minor", instruments: ["piano", "strings"] };
  expect(suggestionsFor(plan)).toEqual(["faster", "extend by 30 s", "another take"]);
  expect(suggestionsFor({ key: "C major", instruments: ["drums"] })).toContain("without drums");
});

test("suggestions are in the language of the page", () => {
  speak("de", de);
  expect(suggestionsFor()).toContain("ohne Schlagzeug");
  speak("ar", ar);
  expect(suggestionsFor({ key: "A minor" })[0]).toBe("أسرع");
});
