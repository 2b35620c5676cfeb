// Defines the styles disco, funk, soul, gospel, blues, country, reggae and ska: bands led by bass and drums.

import { defineStyle } from "./define-style.ts";

export const disco = defineStyle({
  name: "disco",
  label: "disco",
  tempo: [112, 124],
  modes: ["minor", "major", "dorian"],
  energy: 0.82,
  brightness: 0.85,
  harmony: "soul",
  melody: "syncopated",
  players: {
    chords: ["clean guitar", "electric piano"],
    bass: ["bass guitar"],
    lead: ["strings", "flute"],
    pad: ["strings"],
    counter: ["brass section"],
  },
  comping: ["x.xxx.xxx.xxx.xx", "..xx..xx..xx..xx"],
  bass: ["1.8.1.8.1.8.1.8.", "1.8.1.8.5.8.a.8."],
  drums: {
    groove: [
      {
        kick: "X...X...X...X...",
        snare: "....X.......X...",
        openHat: "..x...x...x...x.",
        hat: "x...x...x...x...",
      },
    ],
    lift: [
      {
        kick: "X...X...X...X...",
        snare: "....X.......X...",
        clap: "....x.......x...",
        openHat: "..X...X...X...X.",
        tambourine: "xoxoxoxoxoxoxoxo",
      },
    ],
  },
});

export const funk = defineStyle({
  name: "funk",
  label: "funk",
  tempo: [98, 112],
  swing: 0.15,
  swingUnit: "sixteenth",
  modes: ["mixolydian", "dorian"],
  energy: 0.78,
  brightness: 0.8,
  harmony: "soul",
  melody: "syncopated",
  players: {
    chords: ["clean guitar"],
    bass: ["slap bass"],
    lead: ["alto sax", "clavinet"],
    pad: [null],
    arp: ["clavinet", null],
    counter: ["brass section"],
  },
  comping: ["..x..x....x..xx.", "x..x..x.x..x..xx", "..xx..x...xx..x."],
  bass: ["1..1..8.1.7.8.a.", "1.8...1..1.7..8.", "1...1.81..7.1.a."],
  arpeggio: ["1..3.1..4..3.1.2"],
  drums: {
    groove: [
      { kick: "X..x..x...x..x..", snare: "....X..o.o..X..o", hat: "x.xxx.xxx.xxx.xx" },
      { kick: "X.x.......xx....", snare: "....X..o.o.oX...", hat: "x.x.x.x.x.x.x.x." },
    ],
  },
  mix: { bass: { volume: 108 }, chords: { volume: 74, pan: 44 }, arp: { volume: 68 } },
});

export const soul = defineStyle({
  name: "soul",
  label: "soul",
  tempo: [72, 100],
  swing: 0.2,
  swingUnit: "sixteenth",
  modes: ["major", "minor", "dorian"],
  energy: 0.52,
  brightness: 0.68,
  loosenessMs: 10,
  harmony: "soul",
  melody: "syncopated",
  players: {
    chords: ["electric piano", "organ"],
    bass: ["bass guitar"],
    lead: ["tenor sax", "clean guitar"],
    pad: ["strings", null],
    counter: ["brass section", null],
  },
  kits: ["room"],
  comping: ["x---..x-....x---", "x-----x---x-....", "..x---x-..x-x---"],
  bass: ["1--..1-.5--..1a-", "1-----1-5---7-a-"],
  drums: { groove: [{ kick: "X.....xx..x.....", snare: "....X.......X..o", hat: "x.x.x.x.x.x.x.x." }] },
});

export const gospel = defineStyle({
  name: "gospel",
  label: "gospel",
  tempo: [84, 116],
  swing: 0.5,
  modes: ["major"],
  energy: 0.75,
  brightness: 0.75,
  loosenessMs: 9,
  harmony: "soul",
  melody: "lively",
  players: { chords: ["piano"], bass: ["bass guitar"], lead: ["organ"], pad: ["choir"], counter: ["organ"] },
  kits: ["room"],
  percussion: ["clap", "tambourine"],
  comping: ["x-x-..x-x-x-..x-", "x---x-x-..x-x-x-"],
  bass: ["1---3---5---a---", "1---1-5-8---a---"],
  drums: { groove: [{ kick: "X.......X.x.....", snare: "....X.......X...", hat: "x.x.x.x.x.x.x.x." }] },
});

export const blues = defineStyle({
  name: "blues",
  label: "blues",
  tempo: [66, 108],
  swing: 0.95,
  modes: ["mixolydian", "mixolydian", "minor"],
  energy: 0.55,
  brightness: 0.7,
  loosenessMs: 12,
  harmony: "blues",
  form: "twelve",
  melody: "swinging",
  players: {
    chords: ["clean guitar", "piano", "steel guitar"],
    bass: ["bass guitar", "double bass"],
    lead: ["harmonica", "overdriven guitar"],
    pad: [null],
    counter: ["overdriven guitar", "harmonica"],
  },
  kits: ["room"],
  comping: ["x-x-x-x-x-x-x-x-", "..x-..x-..x-..x-", "x---..x-x---..x-"],
  bass: ["1---3---5---7---", "1-1-3-3-5-5-7-5-", "w---w---w---w---"],
  drums: {
    groove: [
      { kick: "X.....x.X.....x.", snare: "....X.......X...", ride: "x...x.x.x...x.x." },
      { kick: "X.......X.x.....", snare: "....X.......X..o", hat: "x...x.x.x...x.x." },
    ],
  },
});

export const country = defineStyle({
  name: "country",
  label: "country",
  tempo: [92, 124],
  swing: 0.2,
  modes: ["major", "mixolydian"],
  energy: 0.6,
  brightness: 0.82,
  harmony: "pop",
  melody: "lively",
  players: {
    chords: ["steel guitar"],
    bass: ["bass guitar", "double bass"],
    lead: ["fiddle"],
    pad: [null],
    arp: ["banjo", null],
    counter: ["steel guitar", "clean guitar"],
  },
  kits: ["brushes", "room"],
  comping: ["1-x-5-x-1-x-5-x-", "x-.xx-x-x-.xx-x-", "1-x-3-x-1-xx3-x-"].map((pattern) =>
    pattern.replaceAll("5", "2"),
  ),
  bass: ["1-------5-------", "1---1---5---5-a-"],
  arpeggio: ["1.3.4.2.3.4.3.2."],
  drums: { groove: [{ kick: "X.......X.......", snare: "..o.x.o...o.x.o.", hat: "....x.......x..." }] },
});

export const reggae = defineStyle({
  name: "reggae",
  label: "reggae",
  tempo: [68, 84],
  swing: 0.25,
  swingUnit: "sixteenth",
  modes: ["minor", "major", "dorian"],
  energy: 0.5,
  brightness: 0.6,
  loosenessMs: 10,
  harmony: "pop",
  melody: "syncopated",
  players: {
    chords: ["clean guitar"],
    bass: ["bass guitar"],
    lead: ["harmonica", "trombone", "electric piano"],
    arp: ["organ"],
    counter: ["brass section", null],
  },
  kits: ["room"],
  comping: ["....x.......x...", "....x.......x.x."],
  bass: ["1--1..3-5.......", "....1-1-3-5-..1-", "1-..1-3-..5-3-.."],
  arpeggio: ["..1.2.1...1.2.1.", "..1.3.2...1.3.2."],
  drums: {
    groove: [
      { kick: "........X.......", rim: "........X.....o.", hat: "x.xox.xox.xox.xo" },
      { kick: "X.......X.......", rim: "........x..x....", hat: "x.x.x.x.x.x.x.x." },
    ],
  },
  mix: { bass: { volume: 114 }, chords: { volume: 80, pan: 40 }, arp: { volume: 76, pan: 86 } },
});

export const ska = defineStyle({
  name: "ska",
  label: "ska",
  tempo: [140, 168],
  swing: 0.1,
  modes: ["major", "minor"],
  energy: 0.85,
  brightness: 0.85,
  harmony: "pop",
  melody: "lively",
  players: {
    chords: ["clean guitar"],
    bass: ["bass guitar"],
    lead: ["trumpet", "tenor sax"],
    arp: ["organ", null],
    counter: ["brass section"],
  },
  comping: ["..x...x...x...x."],
  bass: ["w---w---w---w---", "1---3---5---3---"],
  arpeggio: ["..1...1...1...1."],
  drums: { groove: [{ kick: "X.......X.......", snare: "....X.......X...", hat: "..x...x...x...x." }] },
});
