// Defines the style ambient: long chords, few notes far apart, and no drums unless the prompt asks for them.

import type { Style } from "./style.ts";

export const ambient: Style = {
  name: "ambient",
  label: "ambient",
  tempo: [54, 70],
  meter: "4/4",
  swing: 0,
  swingUnit: "eighth",
  modes: ["major", "lydian", "dorian", "minor"],
  energy: 0.18,
  brightness: 0.5,
  loosenessMs: 20,
  harmony: "open",
  form: "drift",
  melody: "sparse",
  players: {
    chords: ["bells", "soft keys", "choir"],
    bass: ["synth bass", "strings", null],
    lead: ["piano", "vibraphone", "flute", "electric piano"],
    pad: ["warm pad", "strings"],
    arp: ["electric piano", "vibraphone", null],
    counter: [null],
  },
  kits: [null],
  comping: ["x---------------", "x-------3---4---", "x-----------2---"],
  bass: ["1---------------"],
  arpeggio: ["1...3...4...2...", "..2...4...3...1.", "1.....3.....4..."],
  drums: {
    groove: [{ shaker: "o...o...o...o..." }],
    lift: [{ shaker: "o.o.x.o.o.o.x.o.", kick: "x.........o....." }],
    sparse: [{}],
    fill: [{ shaker: "o.o.o.o.o.o.xxxx" }],
  },
  textures: { wind: 0.15 },
  mix: {
    chords: { reverb: 90, volume: 84 },
    lead: { reverb: 100, volume: 92 },
    pad: { volume: 96, reverb: 90 },
    arp: { reverb: 100, volume: 62 },
    bass: { volume: 84, reverb: 30 },
  },
  ducking: 0,
  rawLoudness: -30.2,
};
