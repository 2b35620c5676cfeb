// Defines the style folk: a picked guitar, a simple tune, and light drums.

import type { Style } from "./style.ts";

export const folk: Style = {
  name: "folk",
  label: "folk",
  tempo: [88, 116],
  meter: "4/4",
  swing: 0.12,
  swingUnit: "eighth",
  modes: ["major", "major", "mixolydian", "dorian"],
  energy: 0.46,
  brightness: 0.75,
  loosenessMs: 9,
  harmony: "pop",
  form: "song",
  melody: "lively",
  players: {
    chords: ["acoustic guitar"],
    bass: ["double bass", "bass guitar"],
    lead: ["flute", "acoustic guitar", "piano"],
    pad: ["strings", null],
    arp: [null, "acoustic guitar"],
    counter: [null],
  },
  kits: ["brushes", null],
  comping: ["1-3-2-4-1-3-2-4-", "1-234-3-1-234-3-", "1-2-3-4-3-2-3-2-", "x---x-xx.xx-x-x-"],
  bass: ["1-------5-------", "1---..1-5-----a-", "1-----5-1---a---"],
  arpeggio: ["5.4.3.4.5.4.3.2."],
  drums: {
    groove: [
      { kick: "x.......x.......", snare: "....x.......x...", tambourine: "..o...o...o...o." },
      { kick: "x.....x.x.......", snare: "....x.......x.o.", shaker: "xoxoxoxoxoxoxoxo" },
    ],
    lift: [{ kick: "X...x...X...x...", snare: "....x.......x.o.", tambourine: "x.o.x.o.x.o.x.o." }],
    sparse: [{ shaker: "x.o.x.o.x.o.x.o." }],
    fill: [{ kick: "x.......x.......", snare: "....x...x.oxx.xx", tambourine: "..o...o........." }],
  },
  textures: {},
  mix: {
    chords: { volume: 104, pan: 48, chorus: 0 },
    lead: { volume: 88, pan: 74 },
    bass: { volume: 98 },
    pad: { volume: 48 },
    drums: { volume: 78, reverb: 24 },
    arp: { volume: 66, pan: 88 },
  },
  ducking: 0,
  rawLoudness: -28.5,
};
