// Defines the style bossa nova: a relaxed nylon guitar, a soft kick in the rhythm of a surdo, and a rim click.

import type { Style } from "./style.ts";

export const bossa: Style = {
  name: "bossa",
  label: "bossa nova",
  tempo: [112, 136],
  meter: "4/4",
  swing: 0,
  swingUnit: "eighth",
  modes: ["major", "major", "minor"],
  energy: 0.42,
  brightness: 0.68,
  loosenessMs: 9,
  harmony: "jazz",
  form: "song",
  melody: "syncopated",
  players: {
    chords: ["acoustic guitar"],
    bass: ["double bass"],
    lead: ["flute", "vibraphone", "piano"],
    pad: ["strings", null],
    arp: [null],
    counter: [null],
  },
  kits: ["room", "brushes"],
  comping: ["x-..x-.x-..x-...", "x-.x-..x-.x-..x-", "..x-..x-.x-..x-."],
  bass: ["1-----5-5-----1-", "1-----5-5-----a-"],
  arpeggio: ["1-3-2-4-3-2-4-3-"],
  drums: {
    groove: [{ kick: "x.....xox.....xo", rim: "x..x..x...x..x..", hat: "oooooooooooooooo" }],
    lift: [
      {
        kick: "x.....xox.....xo",
        rim: "X..x..x...x..x..",
        hat: "xoxoxoxoxoxoxoxo",
        shaker: "o.o.o.o.o.o.o.o.",
      },
    ],
    sparse: [{ shaker: "xoxoxoxoxoxoxoxo" }],
    fill: [
      {
        kick: "x.....xox.......",
        rim: "x..x..x.........",
        snare: "..........o.o.xx",
        shaker: "xoxoxoxo........",
      },
    ],
  },
  textures: {},
  mix: {
    chords: { volume: 98, pan: 50, chorus: 0 },
    bass: { volume: 104 },
    lead: { volume: 88, pan: 76 },
    drums: { volume: 74, reverb: 18 },
    pad: { volume: 46 },
  },
  ducking: 0,
  rawLoudness: -26.9,
};
