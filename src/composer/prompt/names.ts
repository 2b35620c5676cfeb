// Returns readable names of drums and of musical keys. The plan of a piece contains only short identifiers, such as
// lowTom or Eb.

import type { MusicSpec } from "../spec.ts";
import type { DrumLane, Mode } from "../styles/style.ts";

const lanes: Readonly<Partial<Record<DrumLane, string>>> = {
  clap: "hand claps",
  lowTom: "low drums",
  midTom: "low drums",
  hat: "hi-hats",
  openHat: "hi-hats",
  pedalHat: "hi-hats",
  highTom: "high drums",
  sleighBells: "sleigh bells",
  kick: "bass drum",
  snare: "snare drum",
  rim: "rim clicks",
  conga: "congas",
  lowConga: "congas",
  bongo: "bongos",
  lowBongo: "bongos",
  timbale: "timbales",
  lowTimbale: "timbales",
  lowAgogo: "agogo",
  crash: "cymbals",
  ride: "ride cymbal",
  woodblock: "wood blocks",
  lowWoodblock: "wood blocks",
};

export const drumLaneName = (lane: DrumLane): string => lanes[lane] ?? lane;

const inMajor: Readonly<Record<string, string>> = {
  Db: "D flat",
  Eb: "E flat",
  Gb: "F#",
  Ab: "A flat",
  Bb: "B flat",
};
const inMinor: Readonly<Record<string, string>> = {
  Db: "C#",
  Eb: "E flat",
  Gb: "F#",
  Ab: "G#",
  Bb: "B flat",
};

/**
 * Returns the tonic of a key as musicians write it: the tonic Db is "C#" in minor, but "D flat" in major. Lydian and
 * mixolydian are treated like major, and all other modes like minor.
 */
export const nameOfTonic = (tonic: MusicSpec["tonic"], mode: Mode): string =>
  (mode === "major" || mode === "lydian" || mode === "mixolydian" ? inMajor : inMinor)[tonic] ?? tonic;

/** Returns the name of a key, such as "C# minor". */
export const nameOfKey = (tonic: MusicSpec["tonic"], mode: Mode): string =>
  `${nameOfTonic(tonic, mode)} ${mode}`;
