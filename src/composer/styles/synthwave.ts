// Defines the style synthwave: a synth bass in eighths or sixteenths, pads with much
// reverb, and an electronic or a room drum kit.

import type { Style } from "./style.ts";

export const synthwave: Style = {
  name: "synthwave",
  label: "synthwave",
  tempo: [92, 118],
  meter: "4/4",
  swing: 0,
  swingUnit: "eighth",
  modes: ["minor", "minor", "dorian", "major"],
  energy: 0.72,
  brightness: 0.82,
  loosenessMs: 2,
  harmony: "pop",
  form: "song",
  melody: "grand",
  players: {
    chords: ["warm pad", "strings"],
    bass: ["synth bass"],
    lead: ["synth", "square"],
    pad: ["bells", "choir"],
    arp: ["pulse", "soft keys", "synth"],
    counter: [null],
  },
  kits: ["electronic", "room"],
  comping: ["x---------------", "x-----x---------"],
  bass: ["1.1.1.1.1.1.1.1.", "1.1.8.1.1.1.8.1.", "1.111.111.111.8."],
  arpeggio: ["1.2.3.4.5.4.3.2.", "1.3.2.4.3.5.4.6.", "1323132313231323"],
  drums: {
    groove: [{ kick: "X.......X.......", snare: "....X.......X...", hat: "x.x.x.x.x.x.x.x." }],
    lift: [
      {
        kick: "X...X...X...X...",
        snare: "....X.......X...",
        hat: "xoxoxoxoxoxoxoxo",
        clap: "....x.......x...",
      },
      {
        kick: "X.....x.X.x.....",
        snare: "....X.......X...",
        hat: "x.x.x.x.x.x.x.x.",
        openHat: "..............x.",
      },
    ],
    sparse: [{ hat: "x...x...x...x..." }],
    fill: [
      {
        kick: "X.......X.......",
        snare: "....X...........",
        highTom: "........XX......",
        midTom: "..........XX....",
        lowTom: "............XXXX",
      },
      { kick: "X.......X.......", snare: "....X...x.x.xxXX" },
    ],
  },
  textures: {},
  mix: {
    chords: { volume: 84, reverb: 60 },
    lead: { volume: 80, reverb: 60 },
    bass: { volume: 106 },
    arp: { volume: 60, pan: 84 },
    pad: { volume: 62, reverb: 80 },
    drums: { volume: 104, reverb: 34 },
  },
  ducking: 0.3,
  rawLoudness: -24.0,
};
