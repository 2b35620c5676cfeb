// Defines the style waltz: three beats with the accent on the first one, played by a small orchestra.

import type { Style } from "./style.ts";

export const waltz: Style = {
  name: "waltz",
  label: "waltz",
  tempo: [126, 164],
  meter: "3/4",
  swing: 0,
  swingUnit: "eighth",
  modes: ["major", "major", "minor"],
  energy: 0.45,
  brightness: 0.76,
  loosenessMs: 9,
  harmony: "film",
  form: "song",
  melody: "flowing",
  players: {
    chords: ["piano", "strings", "acoustic guitar"],
    bass: ["double bass"],
    lead: ["flute", "piano", "vibraphone"],
    pad: ["strings"],
    arp: [null],
    counter: [null],
  },
  kits: [null, "brushes"],
  comping: ["....x---x---", "....x-..x-..", "....2---3---"],
  bass: ["1-----------", "1---....5---", "1-------a---"],
  arpeggio: ["1-2-3-4-3-2-"],
  drums: {
    groove: [{ kick: "x...........", hat: "....x...x...", snare: "....o...o..." }],
    lift: [{ kick: "X...........", ride: "x---x---x---", snare: "....o...x..." }],
    sparse: [{ hat: "....o...o..." }],
    fill: [{ kick: "x...........", snare: "....x.o.x.xx" }],
  },
  textures: {},
  mix: {
    chords: { volume: 86, pan: 50, chorus: 0 },
    lead: { volume: 94, pan: 74, chorus: 0 },
    bass: { volume: 98, reverb: 24 },
    pad: { volume: 52, reverb: 70 },
    drums: { volume: 72, reverb: 26 },
  },
  ducking: 0,
  rawLoudness: -28.3,
};
