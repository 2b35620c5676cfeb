// Defines the style jazz: a small band with a walking bass, a ride cymbal and II-V-I progressions.
// This definition must not change, because plans of version 1 of the composer use it. all-styles.ts
// adapts it for later versions.

import type { Style } from "./style.ts";

export const jazz: Style = {
  name: "jazz",
  label: "jazz",
  tempo: [100, 144],
  meter: "4/4",
  swing: 0.9,
  swingUnit: "eighth",
  modes: ["major", "major", "minor", "dorian"],
  energy: 0.5,
  brightness: 0.72,
  loosenessMs: 10,
  harmony: "jazz",
  form: "song",
  melody: "swinging",
  players: {
    chords: ["piano", "jazz guitar"],
    bass: ["double bass"],
    lead: ["vibraphone", "jazz guitar", "piano", "flute"],
    pad: [null],
    arp: [null],
    counter: [null],
  },
  kits: ["brushes", "room"],
  comping: ["x-....x-........", "....x-......x-..", "..x-......x-..x-", "x-....x-....x-.."],
  bass: ["1---3---5---a---", "1---5---8---a---", "1---7---5---a---", "8---5---3---a---"],
  arpeggio: ["1-2-3-4-3-2-1-2-"],
  drums: {
    groove: [
      {
        ride: "x---X-x-x---X-x-",
        pedalHat: "....x.......x...",
        kick: "o...o...o...o...",
        snare: "......?.......?.",
      },
      {
        ride: "x---X-x-x---X---",
        pedalHat: "....x.......x...",
        kick: "o.......o.....?.",
        snare: "..?.......?.....",
      },
    ],
    lift: [
      {
        ride: "X---X-x-X---X-x-",
        pedalHat: "....x.......x...",
        kick: "x...o...o..?o...",
        snare: "..o...?...o..?o.",
      },
    ],
    sparse: [{ pedalHat: "....x.......x...", ride: "x-------x-------" }],
    fill: [
      { ride: "x---X-x-........", snare: "........o.xox.xX", pedalHat: "....x..........." },
      {
        ride: "x---x---........",
        snare: "......o.x.......",
        highTom: "..........x.....",
        lowTom: "............x.X.",
        kick: "..............x.",
      },
    ],
  },
  textures: {},
  mix: {
    bass: { volume: 110, reverb: 14 },
    chords: { volume: 78, pan: 44, chorus: 0 },
    lead: { volume: 98, pan: 78, chorus: 0 },
    drums: { volume: 84, reverb: 20 },
  },
  ducking: 0,
  rawLoudness: -26.0,
};
