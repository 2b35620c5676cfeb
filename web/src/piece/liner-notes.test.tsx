import { afterEach, expect, test } from "bun:test";
import { cleanup, render } from "@solidjs/testing-library";
import type { Described, VersionSummary } from "../api/wire.ts";
import { ar } from "../i18n/ar.ts";
import { de } from "../i18n/de.ts";
import { loadMusicWords } from "../i18n/music.ts";
import { speak } from "../i18n/translate.ts";
import { LinerNotes } from "./liner-notes.tsx";

afterEach(() => {
  cleanup();
  speak("en", {});
});

const version = { prompt: "chiptune without singing, no cowbell please" } as VersionSummary;
const described: Described = {
  notUnderstood: ["no singing", "no cowbell", "lyrics, because the built-in composer does not sing"],
  plan: {
    style: "chiptune",
    bpm: 119.6,
    key: "D major",
    meter: "3/4",
    mood: ["happy"],
    instruments: ["square wave", "drums"],
    textures: ["rain"],
    form: ["intro", "verse", "chorus"],
  },
};
const lines = () => {
  const { container } = render(() => <LinerNotes version={version} described={described} />);
  return [...container.querySelectorAll(".notes-facts, .facts")].map((line) => line.textContent);
};

test("the plan of a piece is shown in the language of the page", async () => {
  expect(lines()).toEqual([
    "chiptune · 120 bpm · D major · 3/4 · happy · square wave, drums · rain",
    "intro, verse, chorus",
    "Without effect: “no singing”, “no cowbell”, “lyrics, because the built-in composer does not sing”",
  ]);
  cleanup();
  speak("de", de);
  await loadMusicWords();
  expect(lines()).toEqual([
    "Chiptune · 120 BPM · D-Dur · 3/4-Takt · fröhlich · Rechteckwelle, Schlagzeug · Regen",
    "Einleitung, Strophe, Refrain",
    "Ohne Wirkung: „ohne singing“, „no cowbell“, „Liedtext, weil der eingebaute Komponist nicht singt“",
  ]);
  cleanup();
  speak("ar-u-nu-latn", ar);
  await loadMusicWords();
  expect(lines()[0]).toBe("تشيبتيون · 120 نبضة/د · ري كبير · ميزان 3/4 · سعيدة · موجة مربعة، طبول · مطر");
});
