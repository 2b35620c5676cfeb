// Tests that the words in the composer's plans and changes are translated. The tested words are read from the tables in
// the composer's code.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  changePhrases,
  endings,
  kitNames,
  levelNames,
  say,
} from "../../../src/composer/instruction/change-phrases.ts";
import { nameOfPlace } from "../../../src/composer/instruction/find-place.ts";
import { changeSpec } from "../../../src/composer/instruction/instruction.ts";
import { instruments } from "../../../src/composer/instruments.ts";
import { kitNames as playerNames, planWordsOf } from "../../../src/composer/plan-words.ts";
import { families } from "../../../src/composer/prompt/instrument-roles.ts";
import { moods } from "../../../src/composer/prompt/moods.ts";
import { drumLaneName, nameOfKey } from "../../../src/composer/prompt/names.ts";
import { readWishes } from "../../../src/composer/prompt/parse-prompt.ts";
import { en } from "../../../src/composer/prompt/words/en.ts";
import { sectionKinds } from "../../../src/composer/score/form/form.ts";
import { meterNames } from "../../../src/composer/score/time/meter.ts";
import { tonics } from "../../../src/composer/spec.ts";
import { styles } from "../../../src/composer/styles/all-styles.ts";
import { drumLanes, feels, modes, wheres } from "../../../src/composer/styles/style.ts";
import { ar } from "./ar.ts";
import { arMusic } from "./ar-music.ts";
import { de } from "./de.ts";
import { deMusic } from "./de-music.ts";
import { createLookUp, loadMusicWords, music } from "./music.ts";
import { speak } from "./translate.ts";

const languages = { de: [de, deMusic], ar: [ar, arMusic] } as const;

const plan = readWishes({ prompt: "jazz", seed: 1, durationSeconds: 60 }).spec;
const keys = tonics.flatMap((tonic) => modes.map((mode) => nameOfKey(tonic, mode)));
const players = [
  ...Object.values(instruments).map(({ label }) => label),
  ...Object.values(playerNames),
  ...drumLanes.map(drumLaneName),
];
/** The parts and groups of players that an instruction can name. */
const groups = [
  "the melody",
  ...Object.keys(en.parts ?? {}).filter((name) => name !== "rhythm"),
  ...Object.keys(families).filter((name) => !/acoustic|electronic/.test(name)),
];
const places = wheres.map((at) =>
  nameOfPlace(at === "after" || at === "before" ? { at, seconds: 12.5 } : { at }),
);
const textures = Object.keys(plan.textures);
const vocabulary = {
  styles: Object.values(styles).map(({ label }) => label),
  moods: Object.keys(moods),
  keys,
  meters: meterNames,
  players,
  textures,
  sections: sectionKinds,
} as const;

/** Values for each placeholder in the composer's phrases, such as `{place}`. The phrases have no other placeholders. */
const values: Readonly<Record<string, readonly (string | number)[]>> = {
  n: [1, 2, 96, 22.5],
  typed: ["oud"],
  title: ["Harbour"],
  place: places,
  meter: meterNames,
  style: vocabulary.styles,
  key: keys,
  mode: modes,
  player: [...players, ...groups],
  other: players,
  kit: Object.values(kitNames),
  ending: Object.values(endings),
  level: levelNames,
  feel: feels.map((feel) => feel.replaceAll("-", " ")),
  texture: textures,
  change: [
    say("tempo {n} bpm", { n: 40 }),
    say("already {n} seconds long", { n: 600 }),
    say("with {player}", { player: "choir" }),
    say("only {player}", { player: say("{player} and {other}", { player: "piano", other: "drums" }) }),
  ],
};

/**
 * The composer's phrases, filled in. Each value of each placeholder is used in one text. In this text, the other
 * placeholders of the phrase have their first value.
 */
const changes = changePhrases.flatMap((phrase) => {
  const slots = [...phrase.matchAll(/\{(\w+)\}/g)].map(([, slot = ""]) => slot);
  const filled = (chosen: Readonly<Record<string, string | number>>): string =>
    phrase.replace(/\{(\w+)\}/g, (_, slot: string) => String(chosen[slot]));
  const first = Object.fromEntries(slots.map((slot) => [slot, values[slot]![0]!]));
  return slots.length === 0
    ? [phrase]
    : slots.flatMap((slot) => values[slot]!.map((value) => filled({ ...first, [slot]: value })));
});

describe.each(["de", "ar"] as const)("in %s", (language) => {
  const [dictionary, words] = languages[language];
  const lookUp = createLookUp(words);
  beforeEach(() => speak(`${language}-u-nu-latn`, dictionary));
  afterEach(() => speak("en", {}));

  test.each(Object.entries(vocabulary))("all %s of the composer have a translation", (_, all) => {
    expect(all.filter((one) => !lookUp(one))).toEqual([]);
  });

  test("every change that the composer reports has a translation", () => {
    expect(changes.length).toBeGreaterThan(500);
    expect(changes.filter((one) => !lookUp(one))).toEqual([]);
  });

  test("each name that has a translation is a word of the composer", () => {
    const all = new Set(
      [...Object.values(vocabulary).flat(), ...changes, ...Object.values(values).flat()].map(String),
    );
    const isUsed = (english: string) => [...all].some((one) => one === english || one.includes(english));
    const unused = Object.keys(words.names).filter((english) => !isUsed(english));
    expect(unused).toEqual(["lyrics, because the built-in composer does not sing"]);
  });

  test("each translated phrase has the same placeholders as the English phrase", () => {
    const slotsOf = (text: string) => [...new Set(text.match(/\{\w+/g))].sort();
    for (const [english, text] of Object.entries(words.phrases))
      expect([english, slotsOf(text)]).toEqual([english, slotsOf(english)]);
    expect(
      Object.values(words.names)
        .flat()
        .filter((name) => !name.trim()),
    ).toEqual([]);
    expect(Object.keys(words.notes).sort()).toEqual(Object.keys(deMusic.notes).sort());
  });

  test("every word in the plans of realistic prompts has a translation", () => {
    const prompts = [
      "sad slow piano in the rain with strings, intro, verse, chorus and outro",
      "salsa with congas, timbales, claves and trumpets, 6/8",
      "chiptune boss fight, fast, D minor",
    ];
    for (const [seed, prompt] of prompts.entries()) {
      const made = readWishes({ prompt, seed, durationSeconds: 90 });
      const {
        style,
        key,
        meter,
        mood,
        instruments: band,
        textures: sounds,
        form,
      } = planWordsOf(made.spec, made.moods);
      for (const one of [style, key, meter, ...mood, ...band, ...sounds, ...form])
        expect([one, lookUp(one) === undefined]).toEqual([one, false]);
      for (const instruction of [
        "faster, in C# minor, without drums, add strings, flute instead of piano, as jazz",
        "200 bpm faster, much slower, in 3/4, 2 hours long, an octave higher, add rain, less rain",
        "only piano in the last chorus, no bass in the intro, bring in the drums after 15 seconds",
        "fade out, start with piano, a guitar solo, another melody, darker, no swing, more reverb",
        'transpose up 3 in the chorus, calmer in the verse, call it "Harbour", another take, add a oud',
      ])
        for (const one of changeSpec(made.spec, instruction).understood)
          expect([one, lookUp(one) === undefined]).toEqual([one, false]);
    }
  });
});

test("keys, meters and phrases are written as German and Arabic musicians write them", async () => {
  const wanted = {
    de: {
      "D major": "D-Dur",
      "D minor": "d-Moll",
      "B minor": "h-Moll",
      "B flat major": "B-Dur",
      "B flat minor": "b-Moll",
      "Bb major": "B-Dur",
      "F# minor": "fis-Moll",
      "E flat major": "Es-Dur",
      "A dorian": "a-dorisch",
      "in A minor": "in a-Moll",
      "in 3/4": "im 3/4-Takt",
      "3/4": "3/4-Takt",
      "tempo 96 bpm": "Tempo 96 BPM",
      "with strings": "mit Streichern",
      "without strings": "ohne Streicher",
      "already with muted trumpet": "schon mit gedämpfter Trompete",
      "flute instead of strings": "Flöte statt Streichern",
      "only piano and drums in the last chorus": "nur Klavier und Schlagzeug im letzten Refrain",
      "drums from 22.5 seconds on": "Schlagzeug ab Sekunde 22,5",
      "with acoustic guitar, the nearest to “oud”": "mit Akustikgitarre (am nächsten zu „oud“)",
      "called “With Rain and Snow”": "heißt „With Rain and Snow“",
      verse: "Strophe",
      chorus: "Refrain",
    },
    ar: {
      "D major": "ري كبير",
      "D minor": "ري صغير",
      "B flat minor": "سي بيمول صغير",
      "F# major": "فا دييز كبير",
      "with strings": "مع وتريات",
      "faster in the intro": "أسرع في المقدمة",
      "called “Harbour”": "العنوان «Harbour»",
    },
  };
  for (const language of ["de", "ar"] as const) {
    speak(`${language}-u-nu-latn`, languages[language][0]);
    await loadMusicWords();
    for (const [english, words] of Object.entries(wanted[language])) expect(music(english)).toBe(words);
  }
  // Two invisible characters (U+2068 and U+2069) separate Latin words from the Arabic text around them.
  expect(music("vaporwave")).toBe("\u2068vaporwave\u2069");
  speak("de", de);
  await loadMusicWords();
  expect([music("vaporwave"), music("in the style of Bach"), music("Jazz")]).toEqual([
    "vaporwave",
    "in the style of Bach",
    "Jazz",
  ]);
  speak("en", {});
  expect(music("D major")).toBe("D major");
});
