// Defines the style house: a kick on each beat, off-beat hi-hats, short chords and a driving bass.

import type { Style } from "./style.ts";

export const house: Style = {
  name: "house",
  label: "house",
  tempo: [118, 126],
  meter: "4/4",
  swing: 0.18,
  swingUnit: "sixteenth",
  modes: ["minor", "minor", "dorian", "major"],
  energy: 0.82,
  brightness: 0.88,
  loosenessMs: 3,
  harmony: "soul",
  form: "club",
  melody: "syncopated",
  players: {
    chords: ["soft keys", "piano", "electric piano"],
    bass: ["synth bass"],
    lead: ["synth", "vibraphone", "piano"],
    pad: ["warm pad", "strings"],
    arp: ["marimba", "electric piano", null],
    counter: [null],
  },
  kits: ["electronic"],
  comping: ["..x-..x-..x-..x-", "x--x--x---x--x--", "...x-..x-..x-.x-", "x-..x-.x-..x-..."],
  bass: ["..1-..1-..1-..8-", "..1-..1-..5-..a-", "1-..1-.1..8-..1-", "1..1..1...8.1..."],
  arpeggio: ["1.3.2.4.3.5.4.2.", "1..3..2..4..3.2."],
  drums: {
    groove: [
      {
        kick: "X...X...X...X...",
        clap: "....x.......x...",
        openHat: "..x...x...x...x.",
        hat: "o.?oo.?oo.?oo.?o",
      },
      {
        kick: "X...X...X...X...",
        clap: "....x.......x..?",
        openHat: "..x...x...x...x.",
        shaker: "xoxoxoxoxoxoxoxo",
      },
    ],
    lift: [
      {
        kick: "X...X...X...X...",
        clap: "....X.......X.?.",
        openHat: "..X...X...X...X.",
        hat: "xox.xox.xox.xox.",
        tambourine: "....o.......o...",
      },
    ],
    sparse: [{ hat: "..x...x...x...x.", kick: "X...X...X...X..." }],
    fill: [
      {
        kick: "X...X...X.......",
        clap: "....X.......x.xx",
        snare: "........o.o.oxxX",
        openHat: "..x...x.........",
      },
      { kick: "X...X...........", snare: "x.x.x.x.xxxxxxXX", openHat: "..x...x...x...x." },
    ],
  },
  textures: {},
  mix: {
    drums: { volume: 104, reverb: 8 },
    bass: { volume: 104 },
    chords: { volume: 84 },
    pad: { volume: 62 },
    lead: { volume: 78 },
    arp: { volume: 68 },
  },
  ducking: 0.55,
  rawLoudness: -23.6,
};
