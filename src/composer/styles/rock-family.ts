// Defines the styles rock, punk, metal, progressive rock and pop: guitars, a backbeat and choruses.

import { defineStyle } from "./define-style.ts";

const backbeat = { kick: "X.....x.X.......", snare: "....X.......X...", hat: "x.x.x.x.x.x.x.x." };

export const rock = defineStyle({
  name: "rock",
  label: "rock",
  tempo: [108, 136],
  modes: ["minor", "major", "mixolydian"],
  energy: 0.8,
  brightness: 0.85,
  harmony: "power",
  melody: "lively",
  players: {
    chords: ["overdriven guitar"],
    bass: ["picked bass", "bass guitar"],
    lead: ["distorted guitar", "overdriven guitar"],
    pad: ["rock organ", null],
  },
  comping: ["x-x-x-x-x-x-x-x-", "x---x-x-..x-x-x-", "x-----x-x---x-x-"],
  bass: ["1-1-1-1-1-1-1-1-", "1---1-1-5---1-a-"],
  drums: {
    groove: [backbeat, { kick: "X..x..x.X.x.....", snare: "....X.......X..o", hat: "x.x.x.x.x.x.x.x." }],
    lift: [
      {
        kick: "X.x...x.X.x.....",
        snare: "....X.......X...",
        ride: "x.x.x.x.x.x.x.x.",
        openHat: "x...x...x...x...",
      },
    ],
    fill: [
      {
        kick: "X.......X.......",
        snare: "....X...xx..X.XX",
        highTom: "..........xx....",
        lowTom: "............x.x.",
      },
    ],
  },
  mix: { chords: { volume: 84, pan: 38 }, lead: { volume: 88, pan: 80 }, drums: { volume: 104 } },
});

export const punk = defineStyle({
  name: "punk",
  label: "punk",
  tempo: [172, 204],
  modes: ["major", "major", "minor"],
  energy: 0.95,
  brightness: 0.9,
  loosenessMs: 5,
  harmony: "power",
  melody: "lively",
  feel: ["power-chords"],
  players: { chords: ["distorted guitar"], bass: ["picked bass"], lead: ["overdriven guitar"] },
  comping: ["x-x-x-x-x-x-x-x-", "x-x-xxx-x-x-xxx-"],
  bass: ["1-1-1-1-1-1-1-1-"],
  drums: {
    groove: [
      { kick: "X...X.x.X...X.x.", snare: "..X...X...X...X.", hat: "x.x.x.x.x.x.x.x." },
      { kick: "X.....x.X.....x.", snare: "....X.......X...", openHat: "x.x.x.x.x.x.x.x." },
    ],
    lift: [{ kick: "X...X.x.X...X.x.", snare: "..X...X...X...X.", openHat: "x...x...x...x..." }],
  },
  mix: { chords: { volume: 90, pan: 40 }, lead: { volume: 84, pan: 84 } },
});

export const metal = defineStyle({
  name: "metal",
  label: "metal",
  tempo: [136, 176],
  modes: ["minor", "phrygian", "minor"],
  energy: 0.97,
  brightness: 0.85,
  loosenessMs: 3,
  harmony: "power",
  melody: "lively",
  feel: ["power-chords"],
  players: {
    chords: ["distorted guitar"],
    bass: ["picked bass"],
    lead: ["distorted guitar", "overdriven guitar"],
    pad: ["choir", null],
    arp: ["muted guitar"],
  },
  comping: ["x.xxx.xxx.xxx.xx", "x-..xxx-..xxx-xx", "xxxx..xxxx..xxxx"],
  bass: ["1.111.111.111.11", "1-1-1-1-1-1-1-1-"],
  arpeggio: ["1111111111111111", "1.111.111.111.11"],
  drums: {
    groove: [
      { kick: "X.xxX.xxX.xxX.xx", snare: "....X.......X...", hat: "x.x.x.x.x.x.x.x." },
      { kick: "XxxxXxxxXxxxXxxx", snare: "....X.......X...", ride: "x...x...x...x..." },
    ],
    lift: [
      {
        kick: "xxxxxxxxxxxxxxxx",
        snare: "....X.......X...",
        ride: "X.x.X.x.X.x.X.x.",
        crash: "x...............",
      },
    ],
    fill: [
      {
        kick: "xxxxxxxx........",
        snare: "....X...xxxx....",
        highTom: "........xx......",
        midTom: "..........xx....",
        lowTom: "............XXXX",
      },
    ],
  },
  mix: {
    chords: { volume: 92, pan: 34 },
    lead: { volume: 88, pan: 84 },
    arp: { volume: 76, pan: 96 },
    drums: { volume: 108 },
  },
});

export const progrock = defineStyle({
  name: "progrock",
  label: "progressive rock",
  tempo: [104, 140],
  meter: "7/8",
  modes: ["dorian", "minor", "lydian"],
  energy: 0.78,
  brightness: 0.85,
  harmony: "film",
  melody: "lively",
  players: {
    chords: ["rock organ", "overdriven guitar"],
    bass: ["picked bass"],
    lead: ["synth", "overdriven guitar"],
    pad: ["strings", null],
    arp: ["pulse", "clean guitar"],
  },
  comping: ["x---x---x-x-x-", "x-x-x---x---x-"],
  bass: ["1-1-5---1-8-a-", "1---1-8-5---a-"],
  arpeggio: ["1.3.4.3.2.3.4.", "1.2.3.4.1.3.5."],
  drums: {
    groove: [
      { kick: "X...x...X.....", snare: "....X.......X.", hat: "x.x.x.x.x.x.x." },
      { kick: "X..x....X.x...", snare: "....X.....X...", ride: "x.x.x.x.x.x.x." },
    ],
  },
});

export const pop = defineStyle({
  name: "pop",
  label: "pop",
  tempo: [100, 124],
  modes: ["major", "major", "minor"],
  energy: 0.72,
  brightness: 0.88,
  loosenessMs: 4,
  harmony: "pop",
  melody: "syncopated",
  players: {
    chords: ["piano", "clean guitar", "electric piano"],
    bass: ["synth bass", "bass guitar"],
    lead: ["synth", "vibraphone", "piano"],
    pad: ["warm pad", "strings"],
    arp: ["pulse", "marimba", null],
  },
  kits: ["electronic", "standard"],
  comping: ["x---..x-..x-x---", "x--x--x-x--x--x-", "x-------x---x---"],
  bass: ["1--1--1-1--1--1-", "1-----1-1---5---"],
  arpeggio: ["1.2.3.4.3.2.3.2.", "1.3.2.4.1.3.2.4."],
  drums: {
    groove: [
      { kick: "X.....x.X.x.....", snare: "....X.......X...", hat: "x.x.x.x.x.x.x.x." },
      { kick: "X..x..x.X.......", clap: "....X.......X...", hat: "x.x.x.x.x.x.x.xx" },
    ],
    lift: [
      {
        kick: "X...X...X...X...",
        clap: "....X.......X...",
        openHat: "..x...x...x...x.",
        hat: "xoxoxoxoxoxoxoxo",
      },
    ],
  },
  ducking: 0.2,
});
