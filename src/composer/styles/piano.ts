// Defines the style piano: one player, whose left hand plays a rocking accompaniment and whose right hand plays the
// tune.

import type { Style } from "./style.ts";

export const piano: Style = {
  name: "piano",
  label: "piano",
  tempo: [68, 92],
  meter: "4/4",
  swing: 0,
  swingUnit: "eighth",
  modes: ["major", "minor", "minor", "major"],
  energy: 0.38,
  brightness: 0.75,
  loosenessMs: 12,
  harmony: "film",
  form: "song",
  melody: "flowing",
  players: {
    chords: ["piano"],
    bass: [null],
    lead: ["piano"],
    pad: ["strings", null],
    arp: [null],
    counter: [null],
  },
  kits: [null],
  comping: ["b-1-2-3-4-3-2-1-", "b-2-3-2-b-2-3-2-", "b---2-3-4---3-2-", "b-123-2-1-234-3-"],
  bass: ["1---------------"],
  arpeggio: ["1-2-3-4-5-4-3-2-"],
  drums: {
    groove: [{ kick: "x.......o.......", rim: "....o.......o...", shaker: "o.o.o.o.o.o.o.o." }],
    lift: [{ kick: "x.....x.x.......", snare: "....x.......x...", shaker: "x.o.x.o.x.o.x.o." }],
    sparse: [{ shaker: "o...o...o...o..." }],
    fill: [{ kick: "x.......x.......", snare: "....x.....o.xoxx" }],
  },
  textures: {},
  mix: {
    chords: { volume: 88, pan: 56, reverb: 50, chorus: 0 },
    lead: { volume: 104, pan: 72, reverb: 50, chorus: 0 },
    pad: { volume: 52, reverb: 80 },
  },
  ducking: 0,
  rawLoudness: -33.2,
};
