// Lists the rhythms of melodies: motifs of two bars, and cadences of one bar, which end a phrase.
// Each character is a sixteenth: "x" begins a note, "-" continues the note, and "." is a rest.

import type { MelodyManner } from "../../styles/style.ts";
import { fitPattern, type MeterName } from "../time/meter.ts";

export interface MelodyRhythms {
  readonly motifs: readonly (readonly [string, string])[];
  readonly cadences: readonly string[];
}

const inFour: Readonly<Record<MelodyManner, MelodyRhythms>> = {
  flowing: {
    motifs: [
      ["x---x-x-x---x---", "x-----x-x---...."],
      ["x-x-x---x-x-x---", "x---x---x-------"],
      ["..x-x-x-x---x---", "x-----x-x---x---"],
      ["x-----x-x-x-x---", "x---x-x-x-------"],
    ],
    cadences: ["x---x---x-------", "x-x-x---x-------", "x-----x-x-------"],
  },
  sparse: {
    motifs: [
      ["x-------x-------", "....x-----------"],
      ["....x---x-------", "x---------------"],
      ["x-----------x---", "x-------........"],
      ["........x---x---", "x-----------...."],
    ],
    cadences: ["x-------x-------", "x---------------", "....x-----------"],
  },
  syncopated: {
    motifs: [
      ["x--x--x-..x-x---", "x--x--x---......"],
      ["..x-x--x-xx-x---", "..x--x--x-------"],
      ["x-x--x--x-..x-x-", "x--x------......"],
      ["x---..x-x--x--x-", "..x-x-----......"],
    ],
    cadences: ["x--x--x---------", "..x--x--x-------", "x-x--x----......"],
  },
  lively: {
    motifs: [
      ["x---x-x-x-x-x---", "x-x-x---x---...."],
      ["x-x-x-x-x---x---", "x---x-x-x---...."],
      ["x---x---x-x-x-x-", "x-x-x-x-x---...."],
      ["x-xxx-x-x---x-x-", "x-x-x-x-x---...."],
    ],
    cadences: ["x-x-x-x-x-------", "x---x---x-------", "x-x-x---x---...."],
  },
  swinging: {
    motifs: [
      ["..x-x-x-x---..x-", "x-----x-....x-x-"],
      ["x---x-x---x-x---", "..x-x-x-x-....x-"],
      ["x-x-x-x-x-x-x---", "....x-x---......"],
      ["....x-x-x-x---x-", "..x---x-x---...."],
    ],
    cadences: ["x-x-x-x---......", "..x-x---x---....", "x---x-x-----...."],
  },
  grand: {
    motifs: [
      ["x-----x-x-------", "x-----x-x---x---"],
      ["x-------x---x---", "x-----------...."],
      ["x---x---x-------", "x---x---x---x---"],
      ["x-----------x-x-", "x-------x-------"],
    ],
    cadences: ["x---x---x-------", "x-------x-------", "x---------------"],
  },
};

const inThree: MelodyRhythms = {
  motifs: [
    ["x-------x---", "x---x---x---"],
    ["x---x-x-x---", "x-------...."],
    ["x---x---x---", "x-------x---"],
    ["x-----x-x---", "x---x-x-x---"],
  ],
  cadences: ["x---x---x---", "x-----------", "x-------...."],
};

const inThreeSlow: MelodyRhythms = {
  motifs: [
    ["x-----------", "....x-------"],
    ["x-------x---", "x-----------"],
  ],
  cadences: ["x-----------"],
};

export const rhythmsOf = (manner: MelodyManner, meter: MeterName): MelodyRhythms => {
  if (meter === "4/4") return inFour[manner];
  if (meter === "3/4") return manner === "sparse" ? inThreeSlow : inThree;
  const fit = (rhythm: string): string => fitPattern(rhythm, "4/4", meter);
  const { motifs, cadences } = inFour[manner];
  return {
    motifs: motifs.map(([one, other]) => [fit(one), fit(other)] as const),
    cadences: cadences.map(fit),
  };
};
