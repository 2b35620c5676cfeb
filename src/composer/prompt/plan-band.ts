// Assigns parts to the instruments of a prompt, adds percussion, and removes excluded instruments.

import { type InstrumentName, instruments } from "../instruments.ts";
import type { Random } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import { type DrumLane, type PitchedPart, pitchedParts, type Style } from "../styles/style.ts";
import { families, familyOf, partsFor, playsChords } from "./instrument-roles.ts";
import { drumLaneName } from "./names.ts";
import type { Reading, WordWish } from "./reading.ts";
import type { Report } from "./report.ts";
import type { FamilyWord } from "./words/words.ts";

export type Seats = MusicSpec["parts"];

export interface Band {
  readonly parts: Seats;
  readonly percussion: MusicSpec["percussion"];
  /** Whether only hand percussion plays, without a drum kit. */
  readonly isHandOnly: boolean;
}

/** Chooses an instrument at random for each part, from the instruments that are usual for the part in the style. */
export const drawSeats = (style: Style, random: Random): Seats => {
  const seats: Seats = {
    chords: random.pick(style.players.chords),
    bass: random.pick(style.players.bass),
    lead: random.pick(style.players.lead),
    pad: random.pick(style.players.pad),
    arp: random.pick(style.players.arp),
    counter: random.pick(style.players.counter),
    drums: random.pick(style.kits),
  };
  // Two different instruments make the melody and its chords easier to distinguish.
  if (seats.lead === seats.chords && style.players.lead.length > 1) {
    seats.lead = random.pick(style.players.lead.filter((name) => name !== seats.chords));
  }
  return seats;
};

export const planBand = (style: Style, reading: Reading, random: Random, report: Report): Band => {
  const seats = drawSeats(style, random);
  const words = reading.wishes.filter((wish): wish is WordWish => "id" in wish);
  const asked = askedInstruments(words, seats);
  const taken = new Set<PitchedPart>();
  const seated = new Set<InstrumentName>();
  for (const { name, wish, isNear, role } of asked) {
    const part = seatFor(seats, taken, name, role);
    if (part === undefined) {
      report.refused(wish);
      continue;
    }
    if (!seated.has(name)) {
      seats[part] = name;
      taken.add(part);
      seated.add(name);
    }
    if (isNear) report.near(wish, instruments[name].label);
    else report.done(wish, instruments[name].label);
  }
  makeRoom(seats, taken, seated);
  const drums = planDrums(style, seats, words, report);
  for (const wish of words) if (wish.kind === "families" && !wish.isNegated) askFamily(seats, wish, report);
  const solo = soloOf(reading, words, asked);
  const isVoicesOnly = words.some(
    (wish) =>
      (wish.kind === "parts" && wish.id === "instruments" && wish.isNegated) ||
      (wish.kind === "families" && wish.id === "voices" && !wish.isNegated),
  );
  if (isVoicesOnly) onlyVoices(seats);
  else if (reading.isExclusive || solo !== undefined)
    restrict(seats, solo === undefined ? [...seated] : [solo], drums.isAsked && solo === undefined);
  const isAlone = reading.isExclusive || solo !== undefined;
  removeUnwanted(style, seats, words, report);
  for (const part of pitchedParts) {
    const wish = words.find(
      ({ kind, id, isNegated }) => kind === "parts" && !isNegated && partOf[id] === part,
    );
    if (wish === undefined) continue;
    seats[part] ??= fallbackFor(style, part);
    if (!report.isSettled(wish)) report.done(wish, `with ${partNames[part]}`);
  }
  for (const wish of words)
    if (
      wish.kind === "parts" &&
      !wish.isNegated &&
      (wish.id === "instruments" || wish.id === "rhythm" || wish.id === "drums")
    )
      report.done(wish, "");
  if (
    seats.drums === null &&
    drums.percussion.length > 0 &&
    !drums.isRefused &&
    !isVoicesOnly &&
    (drums.isAsked || !isAlone)
  )
    seats.drums = "standard";
  if (pitchedParts.every((part) => seats[part] === null) && !(reading.isExclusive && drums.isAsked))
    seats.chords = "piano";
  return {
    parts: seats,
    percussion: seats.drums === null ? [] : drums.percussion,
    isHandOnly: drums.isHandOnly,
  };
};

interface Asked {
  readonly name: InstrumentName;
  readonly wish: WordWish;
  readonly isNear: boolean;
  /** The part that the prompt gives to the instrument, as in "saxophone melody" or "piano chords". */
  readonly role: PitchedPart | undefined;
}

const partOf: Readonly<Record<string, PitchedPart>> = {
  melody: "lead",
  chords: "chords",
  bass: "bass",
  pad: "pad",
  arp: "arp",
};
const partNames: Readonly<Record<PitchedPart, string>> = {
  lead: "a melody",
  chords: "chords",
  bass: "a bass",
  pad: "a pad",
  arp: "arpeggios",
  counter: "a second voice",
};

/**
 * Returns the instrument that a word of the prompt means. The word "guitar" alone means the guitar that the style uses,
 * and "bass" alone means the bass of the style. Every other word means `name`.
 */
const ofStyle = (name: InstrumentName, phrase: string, seats: Seats): InstrumentName => {
  if (/^(?:guitars?|gitarren?|guitarras?|guitares?|chitarr[ae]|гитар.*|ギター|吉他|기타\*?)$/.test(phrase))
    return (
      pitchedParts.map((part) => seats[part]).find((own) => own !== null && families.guitars.includes(own)) ??
      name
    );
  const isPlainBass =
    /^(?:(?:fat|deep|heavy|funky) )?bass(?: ?line)?$|^(?:bajo|basse|baixo|basso|ベース|贝斯)$/.test(phrase);
  return isPlainBass ? (seats.bass ?? name) : name;
};

const askedInstruments = (words: readonly WordWish[], seats: Seats): readonly Asked[] =>
  words.flatMap((wish, index): readonly Asked[] => {
    if (wish.isNegated || (wish.kind !== "instruments" && wish.kind !== "nearInstruments")) return [];
    const next = words[index + 1];
    const follows =
      next !== undefined && next.at === wish.at + wish.count && next.kind === "parts" && !next.isNegated
        ? partOf[next.id]
        : undefined;
    const name = ofStyle(wish.id as InstrumentName, wish.phrase, seats);
    const one: Asked = {
      name,
      wish,
      isNear: wish.kind === "nearInstruments",
      role: /\b(?:melody|lead)\b/.test(wish.phrase) ? "lead" : follows,
    };
    return [one];
  });

const seatFor = (
  seats: Seats,
  taken: ReadonlySet<PitchedPart>,
  name: InstrumentName,
  role: PitchedPart | undefined,
): PitchedPart | undefined => {
  const present = pitchedParts.find((part) => seats[part] === name && !taken.has(part));
  if (role !== undefined && !taken.has(role)) return role;
  if (present !== undefined) return present;
  const already = pitchedParts.find((part) => seats[part] === name);
  if (already !== undefined) return already;
  return partsFor(name).find((part) => !taken.has(part));
};

/**
 * If an instrument gets the part that the prompt asked for, it may already have another part that the style gave to it.
 * The part from the style is then removed, unless it is the lead or the chords.
 */
const makeRoom = (
  seats: Seats,
  taken: ReadonlySet<PitchedPart>,
  seated: ReadonlySet<InstrumentName>,
): void => {
  for (const part of pitchedParts) {
    const name = seats[part];
    if (name === null || taken.has(part)) continue;
    if (seated.has(name) && part !== "lead" && part !== "chords") seats[part] = null;
  }
};

const pairs: Readonly<Partial<Record<DrumLane, readonly DrumLane[]>>> = {
  conga: ["conga", "lowConga"],
  bongo: ["bongo", "lowBongo"],
  timbale: ["timbale", "lowTimbale"],
  agogo: ["agogo", "lowAgogo"],
  woodblock: ["woodblock", "lowWoodblock"],
  lowTom: ["lowTom", "midTom"],
};

const planDrums = (style: Style, seats: Seats, words: readonly WordWish[], report: Report) => {
  const percussion = new Set<DrumLane>(style.percussion ?? []);
  let isAsked = false;
  const styleHandOnly = style.feel?.includes("hand-drums") ?? false;
  let wantsKit = !styleHandOnly && seats.drums !== null;
  const isRefused = words.some(
    ({ kind, id, isNegated, isSoft }) =>
      kind === "parts" && (id === "drums" || id === "rhythm") && isNegated && !isSoft,
  );
  for (const wish of words) {
    if (wish.isNegated) continue;
    if (wish.kind === "percussion" || wish.kind === "nearPercussion") {
      isAsked = true;
      const lane = wish.id as DrumLane;
      const isInKit = wantsKit && style.drums.groove.every((groove) => groove[lane] !== undefined);
      if (!isInKit) for (const one of pairs[lane] ?? [lane]) if (percussion.size < 8) percussion.add(one);
      seats.drums ??= "standard";
      if (wish.kind === "percussion") report.done(wish, drumLaneName(lane));
      else report.near(wish, drumLaneName(lane));
    } else if (wish.kind === "kits") {
      isAsked = true;
      wantsKit = true;
      seats.drums = wish.id === "brushes" ? "brushes" : wish.id === "electronic" ? "electronic" : "standard";
      report.done(
        wish,
        wish.id === "brushes" ? "brushes" : wish.id === "electronic" ? "drum machine" : "acoustic drums",
      );
    } else if (wish.kind === "parts" && wish.id === "drums") {
      isAsked = true;
      wantsKit ||= !styleHandOnly;
      seats.drums ??= "room";
      report.done(wish, "drums");
    }
  }
  return { percussion: [...percussion], isAsked, isRefused, isHandOnly: !wantsKit && percussion.size > 0 };
};

const askFamily = (seats: Seats, wish: WordWish, report: Report): void => {
  const family = wish.id as FamilyWord;
  if (family === "voices") {
    report.done(wish, "voices only");
    return;
  }
  if (family === "acoustic" || family === "electronic") {
    const isAcoustic = family === "acoustic";
    for (const part of pitchedParts) {
      const name = seats[part];
      if (name !== null && isAcoustic && families.synths.includes(name)) seats[part] = acousticFor[part];
    }
    if (isAcoustic && seats.drums === "electronic") seats.drums = "room";
    if (!isAcoustic) {
      if (seats.drums !== null) seats.drums = "electronic";
      seats.arp ??= "pulse";
    }
    report.done(wish, isAcoustic ? "acoustic instruments" : "electronic instruments");
    return;
  }
  const names = families[family];
  const free = (["lead", "counter", "arp"] as const).filter(
    (part) => seats[part] === null || part === "lead",
  );
  const isThere = pitchedParts.some((part) => seats[part] !== null && names.includes(seats[part]));
  if (!isThere)
    for (const [index, part] of free.slice(0, 2).entries())
      seats[part] = names[index + 1] ?? names[0] ?? seats[part];
  report.done(wish, wish.typed.toLowerCase());
};

const acousticFor: Readonly<Record<PitchedPart, InstrumentName>> = {
  chords: "piano",
  bass: "double bass",
  lead: "flute",
  pad: "strings",
  arp: "acoustic guitar",
  counter: "clarinet",
};

/**
 * Returns the only instrument of a solo piece, for example the cello for "solo cello", or the guitar for "guitar solo".
 * Returns undefined if the prompt doesn't ask for a solo piece, or if it names several instruments.
 */
const soloOf = (
  reading: Reading,
  words: readonly WordWish[],
  asked: readonly Asked[],
): InstrumentName | undefined => {
  const names = new Set(asked.map(({ name }) => name));
  const isPianoSolo = words.some(
    ({ kind, id, phrase, isNegated }) =>
      kind === "styles" && id === "piano" && !isNegated && /solo|seul/.test(phrase),
  );
  if (isPianoSolo && [...names].every((name) => name === "piano") && !withOthers(words)) return "piano";
  const [first] = asked;
  if (names.size !== 1 || first === undefined) return undefined;
  if (withOthers(words)) return undefined;
  const { wish } = first;
  const before = words.findLast(({ at, count }) => at + count === wish.at);
  const after = words.find(({ at }) => at === wish.at + wish.count);
  const isNamedSolo = /\bsolo\b/.test(wish.phrase) || (before?.kind === "sections" && before.id === "solo");
  const genre = words.some(
    ({ kind, isNegated }) => !isNegated && (kind === "styles" || kind === "nearStyles"),
  );
  const isOpening = words.some(({ kind, id }) => kind === "forms" && (id === "opening" || id === "middle"));
  if (isOpening) return undefined;
  if (isNamedSolo && before?.id !== "opening") return first.name;
  const isSoloAfter = after?.kind === "sections" && after.id === "solo";
  const article = reading.tokens[wish.at - 1]?.text;
  const beforeArticle = reading.tokens[wish.at - 2]?.text;
  return isSoloAfter && !genre && article !== "with" && beforeArticle !== "with" ? first.name : undefined;
};

const withOthers = (words: readonly WordWish[]): boolean =>
  words.some(
    ({ kind, isNegated, id }) =>
      !isNegated &&
      (kind === "percussion" ||
        kind === "kits" ||
        (kind === "parts" && id === "drums") ||
        kind === "families"),
  );

const onlyVoices = (seats: Seats): void => {
  for (const part of pitchedParts) seats[part] = null;
  seats.lead = "choir";
  seats.chords = "humming voices";
  seats.drums = null;
};

/**
 * Removes all instruments except those in `names`. Removes the drums, too, unless `withDrums` is true. If the chords or
 * the melody then have no instrument, a suitable one of `names` plays them. A single instrument plays no arpeggio and
 * no second voice.
 */
const restrict = (seats: Seats, names: readonly InstrumentName[], withDrums: boolean): void => {
  for (const part of pitchedParts) {
    const name = seats[part];
    if (name !== null && !names.includes(name)) seats[part] = null;
  }
  if (!withDrums) seats.drums = null;
  const chordal = names.find(playsChords);
  if (seats.chords === null && chordal !== undefined) seats.chords = chordal;
  const [first] = names.filter((name) => instruments[name].high >= 60);
  if (seats.lead === null && first !== undefined) seats.lead = first;
  if (names.length === 1 && seats.pad === first) seats.pad = null;
  if (names.length === 1) {
    seats.arp = null;
    seats.counter = null;
  }
};

const removeUnwanted = (style: Style, seats: Seats, words: readonly WordWish[], report: Report): void => {
  for (const wish of words) {
    if (!wish.isNegated) continue;
    if (wish.kind === "parts") {
      if (wish.id === "drums" || wish.id === "rhythm") seats.drums = null;
      if (wish.id === "rhythm") seats.arp = null;
      if (wish.id === "melody") {
        seats.lead = null;
        seats.counter = null;
      }
      const part = partOf[wish.id];
      if (part !== undefined) seats[part] = null;
      report.done(wish, `without ${wish.typed.toLowerCase()}`);
    } else if (
      wish.kind === "instruments" ||
      wish.kind === "nearInstruments" ||
      wish.kind === "families" ||
      wish.kind === "cannot"
    ) {
      const names =
        wish.kind === "families"
          ? families[wish.id as FamilyWord]
          : wish.kind === "cannot"
            ? wish.id === "voice"
              ? families.voices
              : []
            : familyOf(wish.id as InstrumentName, wish.typed);
      for (const part of pitchedParts) {
        const name = seats[part];
        if (name === null || !names.includes(name)) continue;
        seats[part] =
          part === "bass" && names.includes("bass guitar") && names.length > 1
            ? null
            : (style.players[part].find((other) => other !== null && !names.includes(other)) ??
              substitutes[part].find((other) => other === null || !names.includes(other)) ??
              null);
      }
      if (/^bass/i.test(wish.typed)) seats.bass = null;
      report.done(wish, `without ${wish.typed.toLowerCase()}`);
    } else if (wish.kind === "percussion" || wish.kind === "nearPercussion")
      report.done(wish, `without ${wish.typed.toLowerCase()}`);
    else if (wish.kind === "kits") {
      if (wish.id === "electronic" && seats.drums === "electronic") seats.drums = "room";
      if (wish.id !== "electronic" && seats.drums !== null) seats.drums = "electronic";
      report.done(wish, `without ${wish.typed.toLowerCase()}`);
    }
  }
};

/**
 * The instruments that can replace a removed instrument if the style has no other instrument for the part. null means
 * that the part stays empty. A piece needs chords and a lead, so these parts get another instrument.
 */
const substitutes: Readonly<Record<PitchedPart, readonly (InstrumentName | null)[]>> = {
  chords: ["piano", "soft keys", "acoustic guitar", "organ"],
  bass: [null],
  lead: ["vibraphone", "flute", "piano"],
  pad: [null],
  arp: [null],
  counter: [null],
};

const fallbackFor = (style: Style, part: PitchedPart): InstrumentName =>
  style.players[part].find((name) => name !== null) ??
  (
    {
      chords: "piano",
      bass: "bass guitar",
      lead: "flute",
      pad: "warm pad",
      arp: "pulse",
      counter: "clarinet",
    } as const
  )[part];
