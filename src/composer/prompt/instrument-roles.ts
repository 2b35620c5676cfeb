// Lists the parts that an instrument can take when a prompt names the instrument. Also lists the instruments of each
// group that a prompt can name, such as "guitars" or "brass".

import { type InstrumentName, instruments } from "../instruments.ts";
import type { PitchedPart } from "../styles/style.ts";
import type { FamilyWord } from "./words/words.ts";

type Role = "keys" | "pluck" | "solo" | "section" | "pad" | "bass" | "low" | "wave" | "mallet" | "beaten";

const roles: Readonly<Record<Role, readonly InstrumentName[]>> = {
  keys: [
    "piano",
    "electric piano",
    "soft keys",
    "harpsichord",
    "clavinet",
    "organ",
    "rock organ",
    "church organ",
    "accordion",
    "dulcimer",
  ],
  pluck: [
    "acoustic guitar",
    "jazz guitar",
    "clean guitar",
    "muted guitar",
    "overdriven guitar",
    "distorted guitar",
    "steel guitar",
    "banjo",
    "harp",
    "koto",
    "shamisen",
    "sitar",
  ],
  solo: [
    "flute",
    "violin",
    "fiddle",
    "viola",
    "cello",
    "trumpet",
    "muted trumpet",
    "trombone",
    "french horn",
    "soprano sax",
    "alto sax",
    "tenor sax",
    "baritone sax",
    "oboe",
    "english horn",
    "bassoon",
    "clarinet",
    "piccolo",
    "recorder",
    "pan flute",
    "shakuhachi",
    "tin whistle",
    "ocarina",
    "bagpipe",
    "harmonica",
    "bandoneon",
  ],
  section: ["brass section", "pizzicato strings"],
  pad: ["strings", "choir", "warm pad", "humming voices", "tremolo strings"],
  bass: [
    "double bass",
    "bass guitar",
    "synth bass",
    "picked bass",
    "fretless bass",
    "slap bass",
    "contrabass",
    "triangle",
  ],
  low: ["tuba"],
  wave: ["synth", "square", "pulse"],
  mallet: [
    "vibraphone",
    "marimba",
    "celesta",
    "glockenspiel",
    "music box",
    "xylophone",
    "tubular bells",
    "kalimba",
    "bells",
    "steel drums",
  ],
  beaten: ["timpani", "taiko"],
};

/** Returns the parts that suit an instrument, with the most suitable part first. */
export const partsFor = (name: InstrumentName): readonly PitchedPart[] => chairs[roleOf(name)];

const chairs: Readonly<Record<Role, readonly PitchedPart[]>> = {
  keys: ["chords", "arp", "counter", "pad", "lead"],
  pluck: ["chords", "arp", "lead", "counter"],
  solo: ["lead", "counter", "arp", "pad"],
  section: ["counter", "pad", "chords", "arp"],
  pad: ["pad", "counter", "chords", "arp"],
  bass: ["bass"],
  low: ["bass", "counter"],
  wave: ["lead", "arp", "chords", "pad", "counter"],
  mallet: ["lead", "arp", "counter", "chords"],
  beaten: ["counter", "arp"],
};

const roleOf = (name: InstrumentName): Role =>
  (Object.keys(roles) as Role[]).find((role) => roles[role].includes(name)) ?? "keys";

/**
 * Returns whether an instrument or a group of players, such as a brass section, can play several
 * notes at a time.
 */
export const playsChords = (name: InstrumentName): boolean =>
  ["keys", "pluck", "pad", "wave", "mallet", "section"].includes(roleOf(name));

export const families: Readonly<Record<FamilyWord, readonly InstrumentName[]>> = {
  guitars: [
    "acoustic guitar",
    "jazz guitar",
    "clean guitar",
    "muted guitar",
    "overdriven guitar",
    "distorted guitar",
    "steel guitar",
  ],
  strings: [
    "strings",
    "violin",
    "viola",
    "cello",
    "contrabass",
    "tremolo strings",
    "pizzicato strings",
    "fiddle",
  ],
  brass: ["trumpet", "muted trumpet", "trombone", "tuba", "french horn", "brass section"],
  winds: [
    "flute",
    "oboe",
    "clarinet",
    "bassoon",
    "english horn",
    "piccolo",
    "recorder",
    "soprano sax",
    "alto sax",
    "tenor sax",
    "baritone sax",
  ],
  synths: ["synth", "square", "pulse", "triangle", "synth bass", "warm pad", "bells"],
  keys: [
    "piano",
    "electric piano",
    "soft keys",
    "harpsichord",
    "clavinet",
    "organ",
    "rock organ",
    "church organ",
  ],
  voices: ["choir", "humming voices"],
  acoustic: ["acoustic guitar", "piano", "double bass", "flute", "strings"],
  electronic: [
    "synth",
    "square",
    "pulse",
    "triangle",
    "synth bass",
    "warm pad",
    "bells",
    "electric piano",
    "soft keys",
  ],
};

/** Whether a word means any kind of bass, in one of the languages in which prompts can be written. */
const isPlainBass = (word: string): boolean =>
  /^(?:bass|bassline|bass line|bajo|basse|baixo|basso|баса?|басом|ベース|贝斯|貝斯|베이스|बेस|باس)$/.test(
    word,
  );

/** Returns the name of the instruments that a word means, such as "guitars" or "alto sax". */
export const nameOfPlayers = (name: InstrumentName, typed: string): string => {
  const family = familyOf(name, typed);
  const named = Object.entries(families).find(([, names]) => names === family)?.[0];
  return named ?? (family === roles.bass ? "bass" : instruments[name].label);
};

/**
 * Returns the instruments that the word `typed` means. For example, "guitars" means every kind of
 * guitar, and "violin" means a violin or a fiddle. If this function does not know the word, the word
 * means only the instrument `name`.
 */
export const familyOf = (name: InstrumentName, typed: string): readonly InstrumentName[] => {
  // In Arabic, the article and some prepositions are written together with the next word.
  const word = typed
    .toLowerCase()
    .replace(/^(?:[وبكف]?ال|لل|[وبكل](?=غيتار|جيتار|قيتار|وتريات|نحاسيات|باس))/u, "");
  if (/^(?:guitars?|gitarren?|guitarras?|guitares?|chitarr[ae]|غيتار|جيتار|قيتار)$/.test(word))
    return families.guitars;
  if (/^(?:strings|streicher|cuerdas|cordes|archi|وتريات)$/.test(word)) return families.strings;
  if (/^(?:brass|horns|metales|cuivres|ottoni|نحاسيات)$/.test(word)) return families.brass;
  if (/^synth/.test(word)) return families.synths;
  if (/^pianos?$/.test(word)) return ["piano", "electric piano"];
  if (/^(?:sax|saxophones?)$/.test(word)) return ["soprano sax", "alto sax", "tenor sax", "baritone sax"];
  if (isPlainBass(word)) return roles.bass;
  if (/^choirs?$|^chorus/.test(word)) return families.voices;
  if (/^(?:organs?|orgel)$/.test(word)) return ["organ", "rock organ", "church organ"];
  if (/^(?:violins?)$/.test(word)) return ["violin", "fiddle"];
  if (/^(?:bells?)$/.test(word)) return ["bells", "tubular bells"];
  return [name];
};
