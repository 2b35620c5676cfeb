// Assigns a prompt's instruments to parts, and removes the unwanted ones.

import { type InstrumentName, instruments } from "../instruments.ts";
import type { Random } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import { type PitchedPart, pitchedParts, type Style } from "../styles/style.ts";
import {
  bassWords,
  chordWords,
  drumlessWords,
  drumWords,
  type InstrumentRole,
  instrumentWords,
  melodyWords,
  padWords,
} from "./lexicon.ts";
import { hasPhrase, type PromptText } from "./prompt-text.ts";

export type Seats = MusicSpec["parts"];

/**
 * The style's own instruments, drawn from the seed, with the prompt's changes. At least one part
 * always plays.
 */
export const seatInstruments = (style: Style, text: PromptText, random: Random): Seats => {
  const seats: Seats = {
    chords: random.pick(style.players.chords),
    bass: random.pick(style.players.bass),
    lead: random.pick(style.players.lead),
    pad: random.pick(style.players.pad),
    arp: random.pick(style.players.arp),
    drums: random.pick(style.kits),
  };
  // A melody and its chords are easier to distinguish when two instruments play them.
  if (seats.lead === seats.chords && style.players.lead.length > 1) {
    seats.lead = random.pick(style.players.lead.filter((name) => name !== seats.chords));
  }
  if (isSolo(text.wanted)) silenceAllBut(seats, ["chords", "lead"]);
  for (const { name, role } of namedInstruments(text.wanted)) seat(seats, name, role);
  if (seats.drums === null && hasPhrase(text.wanted, drumWords)) seats.drums = "room";
  return unseat(seats, text);
};

/** Removes the unwanted instruments; the chords stay when nothing else would be left. */
export const unseat = (seats: Seats, { wanted, unwanted }: PromptText): Seats => {
  const left = { ...seats };
  if (hasPhrase(unwanted, drumWords) || hasPhrase(wanted, drumlessWords)) left.drums = null;
  if (hasPhrase(unwanted, bassWords)) left.bass = null;
  if (hasPhrase(unwanted, melodyWords)) left.lead = null;
  if (hasPhrase(unwanted, padWords)) left.pad = null;
  if (hasPhrase(unwanted, chordWords)) left.chords = null;
  for (const { name } of namedInstruments(unwanted)) {
    for (const part of pitchedParts) if (left[part] === name) left[part] = replacements[part];
  }
  if (pitchedParts.every((part) => left[part] === null)) left.chords = seats.chords ?? "piano";
  return left;
};

export const namedInstruments = (text: string): readonly { name: InstrumentName; role: InstrumentRole }[] => {
  let rest = text;
  const found: { name: InstrumentName; role: InstrumentRole; place: number }[] = [];
  for (const { words, name, role } of instrumentWords) {
    for (const word of words.toSorted((one, other) => other.length - one.length)) {
      const place = rest.indexOf(` ${word} `);
      if (place < 0) continue;
      found.push({ name, role, place });
      // A word that was read as "electric piano" isn't read again as "piano".
      rest = rest.replace(` ${word} `, ` ${"_".repeat(word.length)} `);
      break;
    }
  }
  return found.toSorted((one, other) => one.place - other.place);
};

/** Gives a named instrument the part that suits it best. */
export const seat = (seats: Seats, name: InstrumentName, role: InstrumentRole): void => {
  const part = partFor(seats, name, role);
  seats[part] = name;
};

const partFor = (seats: Seats, name: InstrumentName, role: InstrumentRole): PitchedPart => {
  switch (role) {
    case "bass":
      return "bass";
    case "pad":
      return "pad";
    case "solo":
      return "lead";
    case "wave":
      return seats.lead === null || instruments[name].high > 90 ? "lead" : "chords";
    case "keys":
    case "pluck":
      return seats.chords === name || seats.chords === null ? "chords" : "chords";
  }
};

/** The replacement of an unwanted instrument; a part that carries the piece always gets one. */
const replacements: Readonly<Record<PitchedPart, InstrumentName | null>> = {
  chords: "soft keys",
  bass: null,
  lead: "vibraphone",
  pad: null,
  arp: null,
};

const isSolo = (wanted: string): boolean =>
  / solo (?:piano|guitar) | (?:piano|guitar) (?:solo|only) | only (?:piano|guitar) | just (?:a )?(?:piano|guitar) /.test(
    wanted,
  );

const silenceAllBut = (seats: Seats, kept: readonly PitchedPart[]): void => {
  for (const part of pitchedParts) if (!kept.includes(part)) seats[part] = null;
  seats.drums = null;
  seats.lead = seats.chords;
};
