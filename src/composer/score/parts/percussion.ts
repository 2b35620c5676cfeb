// Lists the note of each drum, and the rhythm that each drum plays as extra percussion.

import type { MusicSpec } from "../../spec.ts";
import type { DrumLane } from "../../styles/style.ts";
import { fitPattern } from "../time/meter.ts";
import { stepsOf } from "./pattern.ts";

/** The kit's note for each drum, as General MIDI numbers. */
export const drumNotes: Readonly<Record<DrumLane, number>> = {
  kick: 36,
  rim: 37,
  snare: 38,
  clap: 39,
  hat: 42,
  pedalHat: 44,
  openHat: 46,
  ride: 51,
  crash: 49,
  lowTom: 41,
  midTom: 45,
  highTom: 48,
  tambourine: 54,
  shaker: 70,
  cowbell: 56,
  conga: 63,
  lowConga: 64,
  bongo: 60,
  lowBongo: 61,
  timbale: 65,
  lowTimbale: 66,
  agogo: 67,
  lowAgogo: 68,
  cabasa: 69,
  maracas: 70,
  guiro: 73,
  claves: 75,
  woodblock: 76,
  lowWoodblock: 77,
  triangle: 81,
  castanets: 85,
  sleighBells: 83,
  surdo: 87,
  whistle: 71,
  vibraslap: 58,
  cuica: 79,
};

/**
 * The rhythm of each drum in 4/4: one bar that is repeated, or two bars that alternate. Each
 * character is a sixteenth: "X" is a strong hit, "x" a normal hit, "o" a soft hit, and "." a rest.
 */
const patterns: Readonly<Partial<Record<DrumLane, readonly string[]>>> = {
  kick: ["x.......x......."],
  rim: ["....x.......x..."],
  snare: ["....x.......x...", "....x.......x.xx"],
  clap: ["....x.......x...", "....x.......x.x."],
  hat: ["x.x.x.x.x.x.x.x."],
  openHat: ["..x...x...x...x."],
  ride: ["x...x.x.x...x.x."],
  lowTom: ["x.....x.x.......", "x.....x.x...x.x."],
  midTom: ["......x.......x."],
  highTom: ["....x.........x."],
  tambourine: ["..o.x.o...o.x.o."],
  shaker: ["xoxoxoxoxoxoxoxo"],
  cowbell: ["x...x...x...x..."],
  conga: ["......x.......xx", "......x...x...xx"],
  lowConga: ["o...o...o...xx..", "o...o.x.o...xx.."],
  bongo: ["x.oox.oox.oox.oo", "x.oox.ooxoxox.xo"],
  lowBongo: ["......x.......x.", "......x.....x.x."],
  timbale: ["x..xx.x.x..xx.x.", "x..xx.x.x.xxxxx."],
  lowTimbale: ["......x.......x."],
  agogo: ["x.....x...x.....", "x.x...x...x..x.."],
  lowAgogo: ["....x.......x..."],
  cabasa: ["x.xxx.xxx.xxx.xx"],
  maracas: ["x.x.x.x.x.x.x.x."],
  guiro: ["x...o.o.x...o.o."],
  claves: ["x..x..x...x.x..."],
  woodblock: ["x.....x.x.....x."],
  lowWoodblock: ["....x.......x..."],
  triangle: ["x.x.x.x.x.x.x.x."],
  castanets: ["x..xxx.xx..xxx.x"],
  sleighBells: ["x.o.x.o.x.o.x.o."],
  surdo: ["o.......X......."],
  whistle: ["................", "x.x.x..........."],
  vibraslap: ["x...............", "................"],
  cuica: ["x.xx..x...x.xx.."],
  crash: ["x..............."],
  pedalHat: ["....x.......x..."],
};

const clave = { "clave-2-3": "..x.x...x..x..x.", "clave-3-2": "x..x..x...x.x..." } as const;

export interface PercussionStep {
  readonly lane: DrumLane;
  /** The position in sixteenths from the bar's beginning. */
  readonly at: number;
  /** The character of the pattern: "X", "x" or "o". */
  readonly symbol: string;
}

/** Returns the hits of the spec's extra percussion in a bar. `bar` is the bar's index from 0. */
export const percussionSteps = (spec: MusicSpec, bar: number): readonly PercussionStep[] =>
  spec.percussion.flatMap((lane) => {
    const book = patterns[lane] ?? ["x...x...x...x..."];
    const asked = spec.feel.find((feel) => feel === "clave-2-3" || feel === "clave-3-2");
    const pattern =
      lane === "claves" && asked !== undefined
        ? clave[asked as keyof typeof clave]
        : (book[bar % book.length] ?? "");
    const fitted = fitPattern(pattern, "4/4", spec.meter);
    return stepsOf(fitted, fitted.length).map(({ at, symbol }) => ({ lane, at, symbol }));
  });
