// Defines the style chip, the music of old game consoles: quick arpeggios, a square-wave tune and a bouncing bass.

import type { Style } from "./style.ts";

export const chip: Style = {
  name: "chip",
  label: "chiptune",
  tempo: [128, 156],
  meter: "4/4",
  swing: 0,
  swingUnit: "sixteenth",
  modes: ["major", "major", "minor", "mixolydian"],
  energy: 0.8,
  brightness: 0.95,
  loosenessMs: 0,
  harmony: "pop",
  form: "song",
  melody: "lively",
  players: {
    chords: ["pulse"],
    bass: ["triangle"],
    lead: ["square"],
    pad: [null],
    arp: ["pulse"],
    counter: [null],
  },
  kits: ["electronic"],
  comping: ["1234123412341234", "1.2.3.4.3.2.1.2.", "..x...x...x...x."],
  bass: ["1.8.1.8.1.8.1.8.", "1.1.8.1.5.1.8.a.", "1..1..8.1..1..5."],
  arpeggio: ["1357135713571357", "1.3.5.3.1.3.5.3.", "5432543254325432"],
  drums: {
    groove: [
      { kick: "X.....x.X.......", snare: "....X.......X...", hat: "x.x.x.x.x.x.x.x." },
      { kick: "X..x..x.X..x....", snare: "....X.......X...", hat: "x.xxx.x.x.xxx.x." },
    ],
    lift: [{ kick: "X.x...x.X.x...x.", snare: "....X.......X..x", hat: "xxxxxxxxxxxxxxxx" }],
    sparse: [{ hat: "x.x.x.x.x.x.x.x." }],
    fill: [
      { kick: "X.......X.......", snare: "....X...X.XXXXXX" },
      { kick: "X.....x.........", snare: "....X.X.X.X.XXXX" },
    ],
  },
  textures: {},
  mix: {
    chords: { volume: 66, pan: 40, reverb: 6, chorus: 0 },
    lead: { volume: 92, pan: 70, reverb: 14, chorus: 0 },
    bass: { volume: 108, reverb: 0, chorus: 0 },
    arp: { volume: 58, pan: 92, reverb: 8, chorus: 0 },
    drums: { volume: 88, reverb: 4 },
  },
  ducking: 0,
  rawLoudness: -25.1,
};
