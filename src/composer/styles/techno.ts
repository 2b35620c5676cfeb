// Defines the style techno: a steady beat, short chords, and arpeggios in sixteenths.

import type { Style } from "./style.ts";

export const techno: Style = {
  name: "techno",
  label: "techno",
  tempo: [126, 136],
  meter: "4/4",
  swing: 0,
  swingUnit: "sixteenth",
  modes: ["minor", "phrygian", "dorian"],
  energy: 0.9,
  brightness: 0.8,
  loosenessMs: 1,
  harmony: "open",
  form: "club",
  melody: "sparse",
  players: {
    chords: ["soft keys", "synth"],
    bass: ["synth bass"],
    lead: ["bells", "synth"],
    pad: ["warm pad", "choir"],
    arp: ["synth", "marimba"],
    counter: [null],
  },
  kits: ["electronic"],
  comping: ["...x..x....x..x.", "..x.....x..x....", "x..x..x..x..x..."],
  bass: ["..11..11..11..18", ".111.111.111.181", "..1...1...1...1."],
  arpeggio: ["1.21.31.21.41.31", "13213213213241.2", "1..2..3..4..3.2."],
  drums: {
    groove: [
      { kick: "X...X...X...X...", openHat: "..x...x...x...x.", hat: "oooooooooooooooo" },
      { kick: "X...X...X...X...", openHat: "..x...x...x...x.", rim: "...o..o....o..o." },
    ],
    lift: [
      {
        kick: "X...X...X...X..?",
        clap: "....X.......X...",
        openHat: "..X...X...X...X.",
        hat: "xoxoxoxoxoxoxoxo",
      },
    ],
    sparse: [{ kick: "X...X...X...X...", hat: "..o...o...o...o." }],
    fill: [
      { kick: "X...X...X.......", snare: "........oooxxxXX", openHat: "..x...x...x....." },
      { kick: "X...X...X...X.X.", clap: "....x..x..x.x.xx" },
    ],
  },
  textures: {},
  mix: {
    drums: { volume: 108, reverb: 6 },
    bass: { volume: 104 },
    chords: { volume: 74, reverb: 70 },
    arp: { volume: 70, reverb: 40 },
    pad: { volume: 64 },
    lead: { volume: 74, reverb: 80 },
  },
  ducking: 0.6,
  rawLoudness: -23.2,
};
