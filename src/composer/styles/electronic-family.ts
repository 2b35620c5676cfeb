// Defines the styles drum and bass, dubstep, trap, trance, big-room house (shown as "EDM") and trip-hop.

import { defineStyle } from "./define-style.ts";

export const dnb = defineStyle({
  name: "dnb",
  label: "drum and bass",
  tempo: [170, 176],
  modes: ["minor", "dorian"],
  energy: 0.85,
  brightness: 0.82,
  loosenessMs: 3,
  harmony: "open",
  form: "club",
  melody: "sparse",
  players: {
    chords: ["electric piano", "soft keys"],
    bass: ["synth bass"],
    lead: ["bells", "synth", "vibraphone"],
    pad: ["warm pad"],
    arp: ["pulse", "electric piano", null],
  },
  kits: ["standard", "electronic"],
  comping: ["x-------..x-----", "x-----------x---"],
  bass: ["1-----..1-..8---", "1---..1-..1---..", "1---------5-1---"],
  drums: {
    groove: [
      { kick: "X.........x.....", snare: "....X..o.o..X..o", hat: "x.x.x.x.x.x.x.x." },
      { kick: "X.x.......xx....", snare: "....X..o.o..X...", hat: "x.xxx.x.x.xxx.x." },
    ],
    lift: [
      {
        kick: "X.x.......xx....",
        snare: "....X..o.x..X..x",
        hat: "xxxxxxxxxxxxxxxx",
        ride: "x...x...x...x...",
      },
    ],
  },
  ducking: 0.3,
});

export const dubstep = defineStyle({
  name: "dubstep",
  label: "dubstep",
  tempo: [138, 142],
  modes: ["minor", "phrygian"],
  energy: 0.93,
  brightness: 0.85,
  loosenessMs: 1,
  harmony: "open",
  form: "club",
  melody: "sparse",
  feel: ["wobble", "half-time"],
  players: {
    chords: ["synth"],
    bass: ["synth bass"],
    lead: ["square", "synth"],
    pad: ["warm pad", "choir"],
    arp: ["pulse", null],
  },
  kits: ["electronic"],
  comping: ["x---..x-........", "x-------........"],
  bass: ["1---------------", "1-------1---8---"],
  drums: {
    groove: [{ kick: "X.....x.........", snare: "........X.......", hat: "x.x.x.x.x.x.xxx." }],
    lift: [
      {
        kick: "X.....x.......x.",
        snare: "........X.......",
        hat: "x.xxx.x.x.xxxxx.",
        crash: "x...............",
      },
    ],
  },
  mix: { bass: { volume: 116 } },
  ducking: 0.4,
});

export const trap = defineStyle({
  name: "trap",
  label: "trap",
  tempo: [136, 146],
  modes: ["minor", "phrygian"],
  energy: 0.72,
  brightness: 0.7,
  loosenessMs: 2,
  harmony: "open",
  melody: "sparse",
  feel: ["hat-rolls"],
  players: {
    chords: ["warm pad", "soft keys"],
    bass: ["synth bass"],
    lead: ["bells", "glockenspiel", "piano"],
    pad: ["choir", "strings", null],
    arp: ["bells", null],
  },
  kits: ["electronic"],
  comping: ["x---------------", "x-------x-------"],
  bass: ["1-----..1-1-....", "1--..1----..8-5-", "1-------..1---a-"],
  drums: {
    groove: [
      { kick: "X.....x...x.....", clap: "........X.......", hat: "x.x.x.x.x.x.x.x." },
      { kick: "X..x......x..x..", clap: "........X.......", hat: "x.xxx.x.x.x.xxx." },
    ],
  },
  mix: { bass: { volume: 116 } },
});

export const trance = defineStyle({
  name: "trance",
  label: "trance",
  tempo: [134, 140],
  modes: ["minor"],
  energy: 0.9,
  brightness: 0.9,
  loosenessMs: 1,
  harmony: "pop",
  form: "club",
  melody: "grand",
  players: {
    chords: ["synth"],
    bass: ["synth bass"],
    lead: ["synth", "square"],
    pad: ["warm pad", "strings"],
    arp: ["pulse", "synth"],
  },
  kits: ["electronic"],
  comping: ["..x...x...x...x.", "x--x--x--x--x-x-"],
  bass: ["..11..11..11..11", "..1...1...1...1."],
  arpeggio: ["1.2.3.4.5.4.3.2.", "1323142313231423"],
  drums: {
    groove: [
      {
        kick: "X...X...X...X...",
        openHat: "..x...x...x...x.",
        clap: "....x.......x...",
        hat: "xoxoxoxoxoxoxoxo",
      },
    ],
    sparse: [{ hat: "..o...o...o...o." }],
  },
  ducking: 0.6,
});

export const bigroom = defineStyle({
  name: "bigroom",
  label: "EDM",
  tempo: [124, 130],
  modes: ["minor", "minor", "major"],
  energy: 0.95,
  brightness: 0.9,
  loosenessMs: 1,
  harmony: "pop",
  form: "club",
  melody: "lively",
  players: {
    chords: ["synth"],
    bass: ["synth bass"],
    lead: ["square", "synth"],
    pad: ["warm pad"],
    arp: ["pulse", null],
  },
  kits: ["electronic"],
  comping: ["x--x--x-x--x--x-", "x---------------"],
  bass: ["..1-..1-..1-..1-", "1.1.1.1.1.1.1.1."],
  drums: {
    groove: [{ kick: "X...X...X...X...", clap: "....X.......X...", openHat: "..x...x...x...x." }],
    sparse: [{ hat: "..x...x...x...x." }],
  },
  ducking: 0.65,
});

export const triphop = defineStyle({
  name: "triphop",
  label: "trip-hop",
  tempo: [78, 92],
  swing: 0.25,
  swingUnit: "sixteenth",
  modes: ["minor", "dorian"],
  energy: 0.48,
  brightness: 0.5,
  loosenessMs: 10,
  harmony: "soul",
  melody: "sparse",
  players: {
    chords: ["electric piano", "clean guitar"],
    bass: ["double bass", "fretless bass"],
    lead: ["muted trumpet", "clean guitar", "vibraphone"],
    pad: ["tremolo strings", "strings"],
  },
  kits: ["room"],
  comping: ["x-----------x---", "..x-....x-......"],
  bass: ["1-----1-..1---5-", "1---..1-....8-5-"],
  drums: { groove: [{ kick: "X.....x..x......", snare: "....X..o....X..o", hat: "x.xox.x.x.xox.x." }] },
  textures: { vinyl: 0.35 },
});
