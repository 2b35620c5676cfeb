// Tests the composer's plans for prompts as people write them.

import { describe, expect, test } from "bun:test";
import { parseSpec, tonics } from "../spec.ts";
import { modes, styleNames } from "../styles/style.ts";
import { findDuration } from "./parse-duration.ts";
import { parsePrompt, readWishes } from "./parse-prompt.ts";
import { linearMsMax } from "../../testing/measure/time-limits.ts";

const specOf = (prompt: string, seed = 7) => parsePrompt({ prompt, seed, durationSeconds: 60 });

describe("when the style of a prompt is read,", () => {
  test.each([
    ["lofi beats to study to", "lofi"],
    ["Lo-Fi hip hop", "lofi"],
    ["hip-hop beat, heavy", "hiphop"],
    ["ambient drone for sleep", "ambient"],
    ["deep house", "house"],
    ["jazz trio in a smoky bar", "jazz"],
    ["epic orchestral trailer", "cinematic"],
    ["8-bit boss fight", "chip"],
    ["bossa nova on the beach", "bossa"],
    ["retro synthwave night drive", "synthwave"],
    ["a waltz for Anna", "waltz"],
    ["techno, 130 bpm", "techno"],
    ["acoustic folk song", "folk"],
    ["solo piano", "piano"],
    ["🎮", "chip"],
  ])("%p is %s", (prompt, style) => {
    expect(specOf(prompt).style).toBe(style as never);
  });

  test.each([
    ["80s, no synthwave", "synthwave"],
    ["90s without house", "house"],
  ])("%p is never %s", (prompt, refused) => {
    for (let seed = 0; seed < 40; seed++) expect(specOf(prompt, seed).style).not.toBe(refused as never);
  });

  test.each([
    ["orchestral club", "cinematic"],
    ["club orchestral", "house"],
    ["orchestral club, no cinematic", "house"],
  ])("%p gives the first style that the prompt does not exclude", (prompt, style) => {
    for (let seed = 0; seed < 10; seed++) expect(specOf(prompt, seed).style).toBe(style as never);
  });

  test("the style follows the mood when the prompt names no style", () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(["ambient", "piano", "lofi", "folk"]).toContain(specOf("something calm", seed).style);
      expect(["piano", "cinematic", "lofi"]).toContain(specOf("traurig", seed).style);
    }
  });

  test("if no word is understood, the seed decides the style", () => {
    const drawn = new Set(Array.from({ length: 300 }, (_, seed) => specOf("qwertz", seed).style));
    expect(drawn.size).toBe(styleNames.length);
  });
});

describe("when the tempo of a prompt is read,", () => {
  test("the tempo is exactly the number in the prompt", () => {
    expect(specOf("house at 124 bpm").bpm).toBe(124);
    expect(specOf("lofi, 72.5bpm").bpm).toBe(72.5);
  });

  test("a tempo outside the playable range is changed to the nearest limit, 40 or 220 bpm", () => {
    expect(specOf("techno 999 bpm").bpm).toBe(220);
    expect(specOf("techno 10 bpm").bpm).toBe(40);
  });

  test('the tempo is slower for "slow" and faster for "fast"', () => {
    expect(specOf("slow jazz").bpm).toBeLessThan(specOf("jazz").bpm);
    expect(specOf("fast jazz").bpm).toBeGreaterThan(specOf("jazz").bpm);
  });
});

describe("when the key of a prompt is read,", () => {
  test.each([
    ["piano in D minor", "D", "minor"],
    ["piano in f# major", "Gb", "major"],
    ["Bb dorian jazz", "Bb", "dorian"],
    ["key of A flat", "Ab", undefined],
    ["in C#m", "Db", "minor"],
    ["Klavier in h-moll", "B", "minor"],
    ["en la menor", undefined, "minor"],
    ["G mixolydian folk", "G", "mixolydian"],
  ])("%p is %s %s", (prompt, tonic, mode) => {
    const spec = specOf(prompt);
    if (tonic !== undefined) expect(spec.tonic).toBe(tonic as never);
    if (mode !== undefined) expect(spec.mode).toBe(mode as never);
  });

  test("the article “a” is not read as a key", () => {
    const drawn = new Set(Array.from({ length: 40 }, (_, seed) => specOf("a song in a garden", seed).tonic));
    expect(drawn.size).toBeGreaterThan(4);
  });
});

describe("when the band of a prompt is read,", () => {
  test("the band has the named instruments", () => {
    const { parts } = specOf("lofi with electric piano, flute and strings");
    expect(parts.chords).toBe("electric piano");
    expect(parts.lead).toBe("flute");
    expect(parts.pad).toBe("strings");
  });

  test.each([
    "house without drums",
    "no drums, house",
    "drumless house",
    "house ohne Schlagzeug",
    "house sin batería",
  ])("%p has no drums", (prompt) => {
    expect(specOf(prompt).parts.drums).toBeNull();
  });

  test("a list of excluded instruments removes exactly these instruments from the band", () => {
    const { parts } = specOf("folk without drums and bass but with flute");
    expect(parts.drums).toBeNull();
    expect(parts.bass).toBeNull();
    expect(parts.lead).toBe("flute");
  });

  test("a quiet style gets drums when the prompt names them", () => {
    expect(specOf("solo piano with drums").parts.drums).not.toBeNull();
  });

  test("if a prompt excludes all instruments, the band still has a player", () => {
    const { parts } = specOf("jazz without piano, guitar, bass, drums, melody, chords, flute, vibraphone");
    expect(Object.values(parts).some((player) => player !== null)).toBe(true);
  });
});

describe("when the textures of a prompt are read,", () => {
  test("textures come from the words, the emoji and the style of a prompt", () => {
    expect(specOf("rainy lofi").textures.rain).toBeGreaterThan(0);
    expect(specOf("🌧️ piano").textures.rain).toBeGreaterThan(0);
    expect(specOf("lofi").textures.vinyl).toBeGreaterThan(0);
    expect(specOf("lofi without vinyl").textures.vinyl).toBe(0);
    expect(specOf("ocean waves ambient").textures.sea).toBeGreaterThan(0);
  });
});

describe("the length of the piece", () => {
  test.each([
    ["a 30 second jingle", 30],
    ["2 minutes of jazz", 120],
    ["1.5 min", 90],
    ["1 minute 20 seconds", 80],
    ["2:30 of techno", 150],
    ["techno, max 2:30", 135],
    ["under 2 minutes of techno", 108],
    ["half a minute", 30],
    ["two minutes and a half of jazz", 150],
    ["two and a half minutes of house", 150],
    ["2 and a half minutes", 150],
    ["one minute and a half", 90],
    ["zweieinhalb Minuten Jazz", 150],
    ["zwei und eine halbe Minute", 150],
    ["deux minutes et demie de jazz", 150],
    ["dos minutos y medio de salsa", 150],
    ["две минуты с половиной", 150],
    ["a minute and half a minute", 90],
    ["an hour: 60 minutes", 600],
    ["3 s", 10],
    ["no length here, 120 bpm", undefined],
  ])("for the prompt %p is %p seconds", (prompt, seconds) => {
    expect(findDuration(prompt)).toBe(seconds);
  });
});

describe("a title", () => {
  test.each([
    ["lofi beats for a rainy night in Tokyo", "Rainy Night in Tokyo"],
    ['folk song called "Leaving Home"', "Leaving Home"],
    ["8-bit boss fight, fast", "Boss Fight"],
    ["東京の夜、雨", "東京の夜、雨"],
    ["Ein Lied über die See", "Ein Lied über die See"],
    ["Klaviermusik mit Regen im Wald", "Regen im Wald"],
    ["ein ruhiges Lied über die See im Winter", "Ein ruhiges Lied über die See im Winter"],
    ["langsame Gitarre für einen Sommerabend", "Für einen Sommerabend"],
    ["der Sturm, und danach die Stille", "Danach die Stille"],
    ["Ein trauriger Walzer über die See mit Klavier", "Über die See"],
    ["ein Walzer für das Karussell", "Für das Karussell"],
    ["the night we die, with piano", "Night we Die"],
    ["songs to die for", "Songs to Die"],
  ])("of %p is %p", (prompt, title) => {
    expect(specOf(prompt).title).toBe(title);
  });

  test("of a German prompt has no English word", () => {
    for (let seed = 0; seed < 5; seed++)
      expect(specOf("Klaviermusik für den Sonnenuntergang, und bitte mit Gitarre", seed).title).toBe(
        "Für den Sonnenuntergang",
      );
  });

  test("of an empty, long or strange prompt has 1 to 80 characters", () => {
    for (const prompt of [
      "",
      "techno",
      "🎹🎹🎹",
      "a the of",
      "x".repeat(2000),
      "<b>bold</b>",
      "\u0000\u0007",
      "ﷺ".repeat(200),
    ]) {
      for (let seed = 0; seed < 5; seed++) {
        const { title } = specOf(prompt, seed);
        expect(title.trim().length).toBeWithin(1, 81);
      }
    }
  });
});

test("a strange prompt gives a valid plan", () => {
  const strange = [
    "",
    " ",
    "雨の夜のピアノ",
    "музыка для сна",
    "موسيقى هادئة",
    "👩‍👩‍👧‍👦".repeat(80),
    "a".repeat(2000),
    "\ud800 lone surrogate",
    "in in in key of of no no no without",
    "'; drop table tracks; --",
    "-1e999 bpm NaN seconds 0/0",
  ];
  for (const prompt of strange) {
    for (let seed = 0; seed < 3; seed++) {
      const spec = specOf(prompt, seed);
      expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
      expect(specOf(prompt, seed)).toEqual(spec);
      expect(JSON.stringify(spec).length).toBeLessThan(1200);
      expect(tonics).toContain(spec.tonic);
      expect(modes).toContain(spec.mode);
    }
  }
});

test("a prompt of two thousand characters is parsed within the time limit for linear work", () => {
  const started = performance.now();
  specOf("in d without 3 ".repeat(133));
  expect(performance.now() - started).toBeLessThan(linearMsMax);
});

test("an Arabic prompt is understood with prefixes, vowel marks, Arabic digits and different spellings", () => {
  const read = (prompt: string) => readWishes({ prompt, seed: 3, durationSeconds: 30 });
  expect(read("بِيانُو هادِئٌ، ١٢٠ نبضة في الدقيقة، لمدة ٣٠ ثانية")).toMatchObject({
    ...{ notUnderstood: [], moods: ["calm"] },
    spec: { bpm: 120, durationSeconds: 30 },
  });
  const rock = read("روك بالغيتار الكهربائي بدون طبول وباس");
  expect(rock.notUnderstood).toEqual([]);
  expect([rock.spec.style, rock.spec.parts.drums, rock.spec.parts.bass]).toEqual(["rock", null, null]);
  expect(Object.values(rock.spec.parts)).toContain("clean guitar");
  // The second word, which usually means "no", is here the note la: the key is A minor.
  expect(read("تانغو لا مينور").spec).toMatchObject({ style: "tango", tonic: "A", mode: "minor" });
  const two = readWishes({ prompt: "جاز لمدة دقيقتين", seed: 3, durationSeconds: 120 });
  expect([two.spec.durationSeconds, two.notUnderstood]).toEqual([120, []]);
  expect(read("أغنية شعبية في المدينة القديمة").spec.title).toBe("المدينة القديمة");
});

test.each([
  "rock without bass",
  "Rock ohne Bass",
  "rock sin bajo",
  "rock sans basse",
  "rock senza basso",
  "rock sem baixo",
  "рок без баса",
  "没有贝斯的摇滚",
  "ベースなしのロック",
  "베이스 없는 록",
  "बिना बेस रॉक",
  "روك بدون باس",
])("%s gives rock music without bass", (prompt) => {
  for (const seed of [1, 2, 3])
    expect(parsePrompt({ prompt, seed, durationSeconds: 60 })).toMatchObject({
      ...{ style: "rock", parts: { bass: null } },
    });
});
