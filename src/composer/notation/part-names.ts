// Names the parts of a piece for musicians.

import type { Part } from "../styles/style.ts";

export const partNames: Readonly<Record<Part, string>> = {
  lead: "Melody",
  counter: "Second voice",
  chords: "Chords",
  pad: "Pad",
  arp: "Arpeggio",
  bass: "Bass",
  drums: "Drums",
};
