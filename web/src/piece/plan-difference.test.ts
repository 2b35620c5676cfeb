import { afterEach, expect, test } from "bun:test";
import { ar } from "../i18n/ar.ts";
import { de } from "../i18n/de.ts";
import { loadMusicWords } from "../i18n/music.ts";
import { speak } from "../i18n/translate.ts";
import { differenceOf } from "./plan-difference.ts";

afterEach(() => speak("en", {}));

const from = { style: "jazz", bpm: 80.6, key: "C major", meter: "4/4", instruments: ["piano", "drums"] };
const to = { ...from, bpm: 91, key: "C minor", instruments: ["piano", "strings"] };

test("the difference of two plans lists the changed tempo, key and instruments", () => {
  expect(differenceOf(from, to)).toEqual(["81 → 91 bpm", "C major → C minor", "− drums", "+ strings"]);
  expect(differenceOf(from, from)).toEqual([]);
  expect(differenceOf({}, to)).toEqual([]);
});

test("the difference of two plans is in the language of the page", async () => {
  speak("de", de);
  await loadMusicWords();
  expect(differenceOf(from, to)).toEqual(["81 → 91 BPM", "C-Dur → c-Moll", "− Schlagzeug", "+ Streicher"]);
  speak("ar-u-nu-latn", ar);
  await loadMusicWords();
  // Arabic is read from right to left, so the arrow points to the left.
  expect(differenceOf(from, to)).toEqual(["81 ← 91 نبضة/د", "دو كبير ← دو صغير", "− طبول", "+ وتريات"]);
});
