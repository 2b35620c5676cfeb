// Defines the style lo-fi: a warm sound with slightly late and uneven notes, seventh chords, drums that are
// sometimes played with brushes, and vinyl noise.

import type { Style } from "./style.ts";

export const lofi: Style = {
  name: "lofi",
  label: "lo-fi",
  tempo: [70, 86],
  meter: "4/4",
  swing: 0.55,
  swingUnit: "sixteenth",
  modes: ["minor", "minor", "dorian", "major"],
  energy: 0.4,
  brightness: 0.32,
  loosenessMs: 14,
  harmony: "soul",
  form: "song",
  melody: "syncopated",
  players: {
    chords: ["electric piano", "electric piano", "soft keys", "jazz guitar"],
    bass: ["double bass", "bass guitar"],
    lead: ["vibraphone", "jazz guitar", "piano"],
    pad: ["warm pad", null],
    arp: [null],
    counter: [null],
  },
  kits: ["room", "brushes"],
  comping: ["x-----x---x-----", "x---------x-x---", "x-----xx------x-", "..x---x---..x---"],
  bass: ["1-----1---5---a-", "1-------..1-5-..", "1-----..8-1---a-"],
  arpeggio: ["1.2.3.2.4.3.2.3."],
  drums: {
    groove: [
      { kick: "X.....x...x.....", snare: "....X.......X..o", hat: "x.x.x.x.x.x.x.x." },
      { kick: "X......xx.......", snare: "....X..o....X...", hat: "x.xox.x.x.xox.x." },
    ],
    lift: [
      {
        kick: "X.....x..xx...?.",
        snare: "....X..o....X..o",
        hat: "x.x.x.x.x.x.x.?.",
        openHat: "..............x.",
      },
      { kick: "X..x...xx..?....", snare: "....X.......X.o.", hat: "xox.x.xox.x.xox." },
    ],
    sparse: [{ hat: "x...x...x...x...", rim: "....x.......x..." }],
    fill: [
      { kick: "X.....x.........", snare: "....X..o..o.XoxX", hat: "x.x.x.x.x......." },
      {
        kick: "X.......x.x.....",
        snare: "....X...........",
        hat: "x.x.x.x.........",
        midTom: "..........x.....",
        lowTom: "............x.x.",
      },
    ],
  },
  textures: { vinyl: 0.6 },
  mix: { lead: { volume: 86 }, drums: { volume: 92, reverb: 12 }, pad: { volume: 54 } },
  ducking: 0.15,
  rawLoudness: -29.0,
};
