// Defines the style cinematic: strings that swell, low distant drums, and a theme that grows.

import type { Style } from "./style.ts";

export const cinematic: Style = {
  name: "cinematic",
  label: "cinematic",
  tempo: [72, 96],
  meter: "4/4",
  swing: 0,
  swingUnit: "eighth",
  modes: ["minor", "minor", "major", "dorian"],
  energy: 0.62,
  brightness: 0.82,
  loosenessMs: 8,
  harmony: "film",
  form: "song",
  melody: "grand",
  players: {
    chords: ["strings"],
    bass: ["strings", "double bass"],
    lead: ["piano", "flute", "strings"],
    pad: ["choir"],
    arp: ["piano", "marimba", "strings"],
    counter: [null],
  },
  kits: ["room", "standard"],
  comping: ["x---------------", "x-------x-------"],
  bass: ["1---------------", "1-------1---1---", "1-1-1-1-1-1-1-1-"],
  arpeggio: ["1.3.4.3.5.4.3.4.", "1.2.3.1.2.3.1.2.", "1.1.2.1.3.1.2.1."],
  drums: {
    groove: [
      { lowTom: "X.......x.......", kick: "x..............." },
      { lowTom: "X.....x.X.......", kick: "x.......o......." },
    ],
    lift: [
      {
        lowTom: "X..x..x.X..x..x.",
        kick: "X.......X.......",
        midTom: "......o.......oo",
        tambourine: "....o.......o...",
      },
      { lowTom: "X.x.x.x.X.x.xxxx", kick: "X.......X...X...", snare: "....o.......o.oo" },
    ],
    sparse: [{ lowTom: "x..............." }],
    fill: [
      { lowTom: "X...x...xxxxXXXX", kick: "X.......X......." },
      { lowTom: "X.......x.x.....", midTom: "............xxxx", snare: "........ooooxxXX" },
    ],
  },
  textures: {},
  mix: {
    chords: { volume: 92, reverb: 80 },
    bass: { volume: 98, reverb: 40 },
    lead: { volume: 100, reverb: 70 },
    pad: { volume: 74, reverb: 90 },
    arp: { volume: 76, reverb: 50 },
    drums: { volume: 106, reverb: 60 },
  },
  ducking: 0,
  rawLoudness: -25.6,
};
