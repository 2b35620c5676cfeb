import { afterEach, expect, test } from "bun:test";
import { ar } from "../i18n/ar.ts";
import { de } from "../i18n/de.ts";
import { loadMusicWords } from "../i18n/music.ts";
import { speak } from "../i18n/translate.ts";
import { revisionWords } from "./revision-words.ts";

afterEach(() => speak("en", {}));

const understood = ["tempo 87 bpm", "already without drums", "in B minor"];

test("the text about a change lists the understood changes and quotes the other words", () => {
  expect(revisionWords({ by: "plan", understood, notUnderstood: [] })).toBe(
    "Understood: tempo 87 bpm, already without drums, in B minor.",
  );
  expect(revisionWords({ by: "plan", understood: ["in C minor"], notUnderstood: ["feed the cat"] })).toBe(
    "Understood: in C minor. Not understood: “feed the cat”.",
  );
});

test("the understood changes are shown in the language of the page", async () => {
  speak("de", de);
  await loadMusicWords();
  expect(revisionWords({ by: "plan", understood, notUnderstood: ["feed the cat"] })).toBe(
    "Verstanden: Tempo 87 BPM, schon ohne Schlagzeug, in h-Moll. Nicht verstanden: „feed the cat“.",
  );
  speak("ar-u-nu-latn", ar);
  await loadMusicWords();
  expect(revisionWords({ by: "plan", understood, notUnderstood: [] })).toBe(
    "فُهم: السرعة 87 نبضة/د، بدون طبول أصلًا، على مقام سي صغير.",
  );
});

test("changes that a generator reports in the user's words are shown without a translation", async () => {
  speak("de", de);
  await loadMusicWords();
  expect(revisionWords({ by: "generator", understood: ["without drums"], notUnderstood: [] })).toBe(
    "Verstanden: without drums.",
  );
});
