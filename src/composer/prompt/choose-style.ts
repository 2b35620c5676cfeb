// Chooses the style of a prompt. If the prompt names a genre, the genre decides; otherwise a decade; otherwise other
// words that suggest a style; otherwise a mood. If the prompt has none of these, the seed decides.

import type { InstrumentName } from "../instruments.ts";
import type { Random } from "../random.ts";
import { type StyleName, styleNames } from "../styles/style.ts";
import { moods, type MoodName } from "./moods.ts";
import type { Reading, Wish, WordWish } from "./reading.ts";

export interface ChosenStyle {
  readonly style: StyleName;
  /**
   * The reason for the choice of the style. The composer can't play a near genre, so it plays a similar style instead.
   * A hint is a decade or another word that suggests a style, such as an instrument.
   */
  readonly by: "genre" | "near genre" | "hint" | "mood" | "seed";
  /**
   * The wishes of the prompt that the choice of the style fulfils:
   * - after a choice by genre: the names of this genre, the names of genres that can be combined with the style, and
   *   the decade if it suggests the same style;
   * - after a choice by decade: the decade;
   * - after a choice by another hint: the words whose only meaning is a style. Instruments, textures and ways to play
   *   are not in the list, because other code fulfils these wishes;
   * - after a choice by mood or seed: none.
   */
  readonly wishes: readonly Wish[];
  /** Other genres that the prompt named and that can't be combined with this style. */
  readonly left: readonly WordWish[];
}

export const chooseStyle = ({ wishes }: Reading, random: Random): ChosenStyle => {
  const words = wishes.filter((wish): wish is WordWish => "id" in wish);
  const refused = new Set(
    words
      .filter((wish) => wish.isNegated && (wish.kind === "styles" || wish.kind === "nearStyles"))
      .map(({ id }) => id),
  );
  const genres = words.filter(
    (wish) => !wish.isNegated && (wish.kind === "styles" || wish.kind === "nearStyles"),
  );
  const exact = genres.filter((wish) => !isPlayingWay(wish, words));
  // In "orchestral club", `isPlayingWay` is true for both names, because each name can describe the other. Then `exact`
  // is empty, and both names are read as genres.
  const named = exact.length > 0 ? exact : genres.filter(({ id }) => !refused.has(id));
  const best = bestGenre(named);
  if (best !== undefined) {
    const same = named.filter(({ id }) => id === best.id);
    const left = named.filter((wish) => wish.id !== best.id && !goesWith(best, wish));
    return {
      style: best.id as StyleName,
      by: same.some(({ kind }) => kind === "styles") ? "genre" : "near genre",
      wishes: [
        ...named.filter((wish) => !left.includes(wish)),
        ...wishes.filter(
          (wish) => wish.kind === "decade" && !wish.isNegated && decades[wish.decade] === best.id,
        ),
      ],
      left,
    };
  }
  const decade = wishes.find((wish) => wish.kind === "decade" && !wish.isNegated);
  if (decade?.kind === "decade") {
    const style = decades[decade.decade];
    if (style !== undefined && !refused.has(style)) return { style, by: "hint", wishes: [decade], left: [] };
  }
  const votes = new Map<StyleName, Wish[]>();
  const vote = (style: StyleName, wish: Wish): void =>
    void votes.set(style, [...(votes.get(style) ?? []), wish]);
  for (const wish of words) {
    if (wish.isNegated) continue;
    if (wish.kind === "hints") vote(wish.id as StyleName, wish);
    if (wish.kind === "instruments" || wish.kind === "nearInstruments") {
      const style = suggested[wish.id as InstrumentName];
      if (style !== undefined) vote(style, wish);
    }
    if (wish.kind === "textures") vote(wish.id === "vinyl" ? "lofi" : "ambient", wish);
    if (wish.kind === "feels" || wish.kind === "percussion" || wish.kind === "nearPercussion") {
      const style = suggestedByFeel[wish.id];
      if (style !== undefined) vote(style, wish);
    }
  }
  const [winner] = [...votes]
    .filter(([style]) => !refused.has(style))
    .toSorted(([, one], [, other]) => weightOf(other) - weightOf(one));
  if (winner !== undefined)
    return {
      style: winner[0],
      by: "hint",
      wishes: winner[1].filter(({ kind }) => kind === "hints"),
      left: [],
    };
  const suggestedByMood = words
    .flatMap((wish) => (wish.kind === "moods" && !wish.isNegated ? moods[wish.id as MoodName].styles : []))
    .filter((style) => !refused.has(style));
  if (suggestedByMood.length > 0)
    return { style: random.pick(suggestedByMood), by: "mood", wishes: [], left: [] };
  return {
    style: random.pick(styleNames.filter((style) => !refused.has(style))),
    by: "seed",
    wishes: [],
    left: [],
  };
};

/** Returns the total weight of wishes. A texture, such as rain, weighs less than any other wish. */
const weightOf = (wishes: readonly Wish[]): number =>
  wishes.reduce((sum, { kind }) => sum + (kind === "textures" ? 0.4 : 1), 0);

/**
 * Returns whether the name of a genre, such as "club" or "orchestral", only describes the music of
 * another genre. This is assumed for the names in `weak` if the prompt also names another genre
 * that the composer plays.
 */
const isPlayingWay = (wish: WordWish, words: readonly WordWish[]): boolean =>
  weak.has(wish.phrase) &&
  words.some(
    (other) => other !== wish && other.kind === "styles" && other.id !== wish.id && !other.isNegated,
  );

const weak = new Set([
  "dance track",
  "club",
  "score",
  "drone",
  "fanfare",
  "parade",
  "anthem",
  "chant",
  "electronic",
  "indian",
  "latin",
  "african",
  "lounge",
  "chill",
  "alternative",
  "indie",
  "video game",
  "game music",
  "anime",
  "battle music",
  "boss battle",
  "christmas",
  "spiritual",
  "asian",
  "far east",
  "noise",
  "glitch",
  "mass",
  "house music",
  "dance music",
  "romantic piano",
  "dub",
  "western",
  "chillout",
  "oriental",
  "retro synth",
  "brazilian",
  "cuban",
  "adventure",
  "psychedelic",
  "trailer",
  "electro",
  "national",
  "circus",
  "acoustic",
  "montuno",
  "chinese",
  "downtempo",
  "symphonic",
  "orchestral",
  "praise",
  "choral",
  "medieval",
  "appalachian",
  "arcade",
]);

/**
 * Returns the genre with the highest weight, or undefined if no genre is named. A genre that the composer plays weighs
 * more than a near genre. A name with more words weighs more, because it is more exact. An earlier name weighs slightly
 * more. A name in `weak` weighs less.
 */
const bestGenre = (named: readonly WordWish[]): WordWish | undefined => {
  const weigh = (wish: WordWish, index: number): number =>
    (wish.kind === "styles" ? 2 : 1) + (weak.has(wish.phrase) ? -0.9 : 0) + wish.count * 0.2 - index * 0.05;
  return named
    .map((wish, index) => ({ wish, weight: weigh(wish, index) }))
    .toSorted((one, other) => other.weight - one.weight)[0]?.wish;
};

/** Returns whether the style of the best genre also fulfils the wish for the other genre. */
const goesWith = (best: WordWish, other: WordWish): boolean =>
  (companions[best.id as StyleName] ?? []).includes(other.id as StyleName);

const companions: Readonly<Partial<Record<StyleName, readonly StyleName[]>>> = {
  lofi: ["hiphop"],
  chip: ["cinematic"],
  jazz: ["waltz", "swing"],
  dubstep: [],
  bigroom: ["house"],
  quartet: ["classical"],
  jig: ["folk"],
  raga: ["bollywood"],
  dnb: [],
  gospel: ["soul"],
  cinematic: ["classical"],
  waltz: ["classical"],
  piano: ["classical"],
  reggaeton: ["reggae"],
};

const decades: Readonly<Record<number, StyleName>> = {
  80: "synthwave",
  70: "disco",
  60: "rock",
  50: "rock",
  40: "swing",
  30: "swing",
  20: "swing",
  90: "house",
};

const suggested: Readonly<Partial<Record<InstrumentName, StyleName>>> = {
  piano: "piano",
  "electric piano": "soul",
  "acoustic guitar": "folk",
  "jazz guitar": "jazz",
  "clean guitar": "rock",
  "distorted guitar": "rock",
  "overdriven guitar": "rock",
  "muted guitar": "metal",
  "double bass": "jazz",
  "synth bass": "house",
  "slap bass": "funk",
  strings: "cinematic",
  violin: "classical",
  viola: "classical",
  cello: "classical",
  contrabass: "classical",
  "pizzicato strings": "classical",
  "tremolo strings": "cinematic",
  harp: "classical",
  oboe: "classical",
  clarinet: "classical",
  bassoon: "classical",
  "french horn": "classical",
  timpani: "cinematic",
  taiko: "cinematic",
  choir: "cinematic",
  "brass section": "swing",
  trumpet: "jazz",
  "muted trumpet": "jazz",
  "tenor sax": "jazz",
  "alto sax": "jazz",
  trombone: "jazz",
  tuba: "march",
  synth: "synthwave",
  square: "chip",
  pulse: "synthwave",
  triangle: "chip",
  "warm pad": "ambient",
  bells: "ambient",
  vibraphone: "jazz",
  marimba: "bossa",
  kalimba: "folk",
  "music box": "lullaby",
  celesta: "lullaby",
  glockenspiel: "lullaby",
  harpsichord: "baroque",
  clavinet: "funk",
  organ: "gospel",
  "church organ": "hymn",
  accordion: "polka",
  bandoneon: "tango",
  harmonica: "blues",
  banjo: "country",
  "steel guitar": "country",
  fiddle: "jig",
  "tin whistle": "jig",
  bagpipe: "jig",
  recorder: "baroque",
  flute: "folk",
  "pan flute": "folk",
  shakuhachi: "koto",
  koto: "koto",
  shamisen: "koto",
  sitar: "raga",
  "steel drums": "reggae",
  xylophone: "ragtime",
  dulcimer: "folk",
  "humming voices": "chant",
};

const suggestedByFeel: Readonly<Record<string, StyleName>> = {
  skank: "reggae",
  breakbeat: "dnb",
  "four-on-the-floor": "house",
  "hat-rolls": "trap",
  wobble: "dubstep",
  montuno: "salsa",
  "clave-2-3": "salsa",
  "clave-3-2": "salsa",
  "power-chords": "rock",
  "double-kick": "metal",
  "blast-beat": "metal",
  "walking-bass": "jazz",
  drone: "ambient",
  "one-chord": "techno",
  conga: "salsa",
  timbale: "salsa",
  castanets: "flamenco",
  bongo: "bollywood",
  surdo: "samba",
  sleighBells: "hymn",
};
