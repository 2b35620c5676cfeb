// Tests which Content-Types are recognized as audio that the audio intake can convert.

import { expect, test } from "bun:test";
import { formatOf } from "./audio-intake.ts";

test.each([
  ["audio/mpeg", { kind: "mp3" }],
  ["Audio/MP3; charset=binary", { kind: "mp3" }],
  ["audio/x-wav", { kind: "wav" }],
  ["audio/flac", { kind: "flac" }],
  ["audio/L16;rate=24000", { kind: "pcm", encoding: "s16be", sampleRate: 24_000, channels: 1 }],
  [
    'audio/l16; rate="48000"; channels=2',
    { kind: "pcm", encoding: "s16be", sampleRate: 48_000, channels: 2 },
  ],
  [
    "audio/pcm;rate=44100;channels=2;encoding=f32le",
    { kind: "pcm", encoding: "f32le", sampleRate: 44_100, channels: 2 },
  ],
] as const)("%s is a format that can be read", (contentType, format) => {
  expect(formatOf(contentType)).toEqual(format);
});

test.each([
  ["an empty Content-Type", ""],
  ["a page", "text/html; charset=utf-8"],
  ["JSON", "application/json"],
  ["bytes of an unknown type", "application/octet-stream"],
  ["another audio format", "audio/ogg"],
  ["L16 without its rate", "audio/L16;channels=2"],
  ["PCM without its encoding", "audio/pcm;rate=44100;channels=2"],
  ["PCM of an unknown encoding", "audio/pcm;rate=44100;encoding=u8"],
  ["a rate of zero", "audio/L16;rate=0"],
  ["a rate that is not a number", "audio/L16;rate=fast"],
  ["too many channels", "audio/L16;rate=44100;channels=9"],
  ["the name of a property that every object has", "constructor"],
])("%s is not a format that can be read", (_, contentType) => {
  expect(formatOf(contentType)).toBeUndefined();
});
