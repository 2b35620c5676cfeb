// Tests the audio intake, which converts audio to chunks in Rondo's MP3 format. For every supported format, the chunks
// must contain the music of the given audio.

import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { id3BytesOf } from "../library/files/formats/mp3/id3.ts";
import { findFrameLength } from "../composer/mp3/frames.ts";
import { decodeMp3 } from "../testing/sound/decode-mp3.ts";
import {
  madeWav,
  musicInEachFormat,
  optionsOf,
  plainMp3 as makePlainMp3,
  recording,
  type Source,
} from "../testing/sound/music-in-each-format.ts";
import { correlationOf, inParts, musicAt, pcmOf, wavOf } from "../testing/sound/sources.ts";
import { type Taken, takeAll } from "../testing/sound/take-all.ts";
import { createAudioIntake } from "./intake.ts";

setDefaultTimeout(60_000);
const intake = createAudioIntake();
afterAll(() => intake.close());

const seconds = 3;
const music = musicAt(44_100, seconds);
const wav = madeWav(44_100, "s16le", 2, false, seconds);
const plainMp3 = await makePlainMp3();
const sources = await musicInEachFormat();

/** What the intake made of each source when it got all bytes in one part. Several tests use these results. */
const taken = new Map<Source, Promise<Taken>>();
const takeWhole = (source: Source): Promise<Taken> => {
  const known = taken.get(source) ?? takeAll(intake, source.bytes, optionsOf(source));
  taken.set(source, known);
  return known;
};

/** Yields the first `startBytes` bytes one by one, then parts of 777 bytes. */
async function* inOddParts(bytes: Uint8Array, startBytes: number): AsyncGenerator<Uint8Array> {
  yield* inParts(bytes.subarray(0, startBytes), 1);
  yield* inParts(bytes.subarray(startBytes), 777);
}

const expectWhole = async (
  { mp3, chunks, failure, durationMs }: Taken,
  { seconds, likeness = 0.9995 }: Source,
): Promise<void> => {
  expect(failure).toBeUndefined();
  expect(Math.abs(durationMs - seconds * 1000)).toBeLessThanOrEqual(60);
  const { left } = await decodeMp3(mp3);
  expect(correlationOf(music[0]!.subarray(0, seconds * 44_100), left)).toBeGreaterThan(likeness);
  const peaks = chunks.flatMap((chunk) => [...chunk.peaks]);
  expect(Math.abs(peaks.length / 2 - seconds * 50)).toBeLessThanOrEqual(3);
  expect(Math.max(...peaks)).toBeGreaterThan(20);
  expectFrames(mp3);
};

/** Expects an Info frame, and after it only complete frames in Rondo's format. */
const expectFrames = (mp3: Uint8Array): void => {
  let at = id3BytesOf(mp3) ?? 0;
  expect(Buffer.from(mp3.subarray(at + 36, at + 40)).toString()).toBe("Info");
  at = 417;
  while (at < mp3.length) at += findFrameLength(mp3, at) ?? Number.NaN;
  expect(at).toBe(mp3.length);
};

describe.each(sources.map((source) => [source.name, source] as const))("%s", (_, source) => {
  const { bytes, startBytes = 3000 } = source;
  const options = optionsOf(source);

  test("becomes chunks with all of its music", async () => {
    const whole = await takeWhole(source);
    await expectWhole(whole, source);
    expect(whole.chunks[0]?.durationMs).toBeLessThan(1000);
  });

  test("becomes the same audio if its bytes arrive in small parts", async () => {
    const whole = await takeWhole(source);
    const parts = await takeAll(intake, inOddParts(bytes, startBytes), options);
    expect(parts.failure).toBeUndefined();
    expect(Buffer.compare(parts.mp3, whole.mp3)).toBe(0);
  });

  test("ends at the wanted length with a fade", async () => {
    const { mp3, durationMs, failure } = await takeAll(intake, bytes, { ...options, durationMs: 1500 });
    expect(failure).toBeUndefined();
    expect(durationMs).toBe(1500);
    const { left } = await decodeMp3(mp3);
    const loudestOf = (from: number, to: number): number =>
      left.subarray(from * 44_100, to * 44_100).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(loudestOf(0, 1)).toBeGreaterThan(0.2);
    // The fade ends at 1.5 s of the music. The output of the decoder can be up to 25 ms (1,105 samples) late, so in the
    // output the fade ends at 1.525 s at the latest. After 1.49 s, it is almost silent in any case.
    expect(loudestOf(1.49, 1.6)).toBeLessThan(0.01);
  });
});

test("a large picture before the sound of a FLAC file doesn't change the chunks", async () => {
  const flac = await recording("mono-24k.flac");
  // The block STREAMINFO ends at byte 42. The block of the picture has the type 6 and a length of 24 bits.
  const picture = Buffer.alloc(4 + 3 * 1024 * 1024);
  picture.writeUInt32BE((6 << 24) + picture.length - 4);
  const withPicture = Buffer.concat([flac.subarray(0, 42), picture, flac.subarray(42)]);
  const { mp3, failure } = await takeAll(intake, withPicture);
  expect(failure).toBeUndefined();
  expect(Buffer.compare(mp3, (await takeAll(intake, flac)).mp3)).toBe(0);
});

test("frames in Rondo's format are passed on unchanged", async () => {
  const { mp3 } = await takeAll(intake, plainMp3);
  expect(Buffer.compare(mp3.subarray(417), plainMp3)).toBe(0);
});

test("when concatenated files in Rondo's format are read, only the first Info frame is kept", async () => {
  const { mp3: whole } = await takeAll(intake, plainMp3);
  const { mp3, failure } = await takeAll(intake, Buffer.concat([whole, whole]));
  expect(failure).toBeUndefined();
  expect(Buffer.compare(mp3.subarray(417), Buffer.concat([plainMp3, plainMp3]))).toBe(0);
});

test("MP3 is encoded again from the position where its bit rate changes", async () => {
  const variable = await recording("variable.mp3");
  const { mp3, failure, durationMs } = await takeAll(intake, Buffer.concat([plainMp3, variable]));
  expect(failure).toBeUndefined();
  expect(Math.abs(durationMs - 2 * seconds * 1000)).toBeLessThan(150);
  expectFrames(mp3);
  const { left } = await decodeMp3(mp3);
  const second = left.subarray(seconds * 44_100);
  expect(correlationOf(music[0]!, second, 5000)).toBeGreaterThan(0.999);
});

test("a mix of six channels to two doesn't swap left and right", async () => {
  const [left, right] = musicAt(44_100, seconds);
  const silent = new Float32Array(left!.length);
  const channels = [left!, right!, silent, silent, silent, silent];
  const bytes = wavOf(pcmOf(channels, "s16le"), { sampleRate: 44_100, channels: 6, samples: "s16le" });
  const heard = await decodeMp3((await takeAll(intake, bytes)).mp3);
  expect(correlationOf(left!, heard.left)).toBeGreaterThan(0.999);
  expect(correlationOf(right!, heard.right)).toBeGreaterThan(0.999);
});

test("audio that is louder than full scale has peaks at full scale", async () => {
  const loud = musicAt(44_100, seconds).map((channel) => channel.map((value) => value * 50));
  const bytes = wavOf(pcmOf(loud, "f32le"), { sampleRate: 44_100, channels: 2, samples: "f32le" });
  const { chunks, failure } = await takeAll(intake, bytes);
  expect(failure).toBeUndefined();
  const peaks = chunks.flatMap((chunk) => [...chunk.peaks]);
  const minima = peaks.filter((_, at) => at % 2 === 0);
  const maxima = peaks.filter((_, at) => at % 2 === 1);
  expect([Math.min(...minima), Math.max(...maxima)]).toEqual([-127, 127]);
  expect(Math.max(...minima)).toBeLessThanOrEqual(0);
  expect(Math.min(...maxima)).toBeGreaterThanOrEqual(0);
});

test("with `fade: false`, the music is cut off at the wanted length", async () => {
  const { mp3, durationMs } = await takeAll(intake, wav, { durationMs: 2100, fade: false });
  expect(durationMs).toBe(2100);
  const { left } = await decodeMp3(mp3);
  const before = left.subarray(2.05 * 44_100, 2.08 * 44_100);
  expect(before.some((value) => Math.abs(value) > 0.05)).toBe(true);
});
