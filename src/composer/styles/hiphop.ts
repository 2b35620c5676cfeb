// Defines the style hip-hop: a heavy kick, a late snare, and a loop that leaves room for a voice.

import type { Style } from "./style.ts";

export const hiphop: Style = {
  name: "hiphop",
  label: "hip-hop",
  tempo: [84, 96],
  meter: "4/4",
  swing: 0.35,
  swingUnit: "sixteenth",
  modes: ["minor", "minor", "dorian", "phrygian"],
  energy: 0.62,
  brightness: 0.6,
  loosenessMs: 8,
  harmony: "soul",
  form: "song",
  melody: "syncopated",
  players: {
    chords: ["electric piano", "piano", "soft keys"],
    bass: ["bass guitar", "synth bass"],
    lead: ["marimba", "vibraphone", "flute", "jazz guitar"],
    pad: ["strings", "choir", null],
    arp: [null],
    counter: [null],
  },
  kits: ["room", "electronic"],
  comping: ["x-------..x-....", "x---..x---......", "x-....x-..x-..x-"],
  bass: ["1--..1-..1--..8-", "1-----..1-1-..a-", "1--1..........5-"],
  arpeggio: ["1.3.4.3.1.3.4.2."],
  drums: {
    groove: [
      { kick: "X..x......x..x..", snare: "....X.......X...", hat: "x.x.x.x.x.x.x.xx" },
      { kick: "X.....xx..x.....", snare: "....X..o....X..o", hat: "x.x.x.x.x.x.x.x." },
    ],
    lift: [
      {
        kick: "X..x..x...x..x.?",
        snare: "....X.......X..o",
        hat: "x.xxx.x.xxx.x.xx",
        openHat: "......x.........",
      },
      {
        kick: "X.x....x..x...x.",
        snare: "....X.......X...",
        clap: "....x.......x...",
        hat: "x.x.xxx.x.x.xxxx",
      },
    ],
    sparse: [{ hat: "x...x...x...x...", snare: "............x..." }],
    fill: [
      { kick: "X..x......x.....", snare: "....X.....o.XoxX", hat: "x.x.x.x.x......." },
      { kick: "X.......x.......", snare: "....X.......XxXX", hat: "x.x.x.x.xxxx...." },
    ],
  },
  textures: { vinyl: 0.25 },
  mix: {
    drums: { volume: 108, reverb: 10 },
    bass: { volume: 110 },
    chords: { volume: 82 },
    lead: { volume: 84 },
    pad: { volume: 54 },
  },
  ducking: 0.2,
  rawLoudness: -26.4,
};
