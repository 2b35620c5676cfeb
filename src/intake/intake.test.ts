// Tests the intake with every format that it can read. The chunks must contain the music of the source.

import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { id3BytesOf } from "../library/files/formats/mp3/id3.ts";
import type { SourceFormat } from "../ports/generator/audio-intake.ts";
import { createMp3Encoder, loadLame } from "../composer/mp3/encoder.ts";
import { findFrameLength } from "../composer/mp3/frames.ts";
import { needsTool } from "../testing/runners/needs-tool.ts";
import { decodeMp3 } from "../testing/sound/decode-mp3.ts";
import { correlationOf, inParts, musicAt, pcmOf, type Samples, wavOf } from "../testing/sound/sources.ts";
import { type Taken, takeAll } from "../testing/sound/take-all.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createAudioIntake } from "./intake.ts";

setDefaultTimeout(30_000);
const intake = createAudioIntake();
afterAll(() => intake.close());

const seconds = 3;
const music = musicAt(44_100, seconds);
const recording = async (name: string): Promise<Uint8Array> =>
  Bun.file(new URL(`../testing/sound/recordings/${name}`, import.meta.url)).bytes();

const wav = (
  sampleRate: number,
  samples: Exclude<Samples, "s16be">,
  channels = 2,
  isExtensible = false,
): Uint8Array =>
  wavOf(pcmOf(musicAt(sampleRate, seconds, channels), samples), {
    sampleRate,
    channels,
    samples,
    isExtensible,
  });

const pcm = (encoding: "s16le" | "s16be" | "f32le", sampleRate: number, channels: number): Source => ({
  name: `${encoding} at ${sampleRate} Hz, ${channels} channels`,
  bytes: pcmOf(musicAt(sampleRate, seconds, channels), encoding),
  format: { kind: "pcm", encoding, sampleRate, channels },
});

interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format?: SourceFormat;
  /** The lowest allowed correlation of the left channel with the music. */
  readonly likeness?: number;
  /** The length of the headers and a few frames, which a test sends byte by byte. Defaults to 3,000. */
  readonly startBytes?: number;
}

/** MP3 with a constant bit rate in the composer's format, but without the Info frame. */
const plainMp3 = await (async () => {
  const encoder = await createMp3Encoder(await loadLame());
  const [left, right] = music;
  return new Uint8Array(Buffer.concat([encoder.encode(left!, right!).bytes, encoder.finish().bytes]));
})();

const sources: readonly Source[] = [
  ...[8_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000].map((rate) => ({
    name: `WAV at ${rate} Hz`,
    bytes: wav(rate, "s16le"),
  })),
  { name: "WAV of 8 bits", bytes: wav(44_100, "u8"), likeness: 0.999 },
  { name: "WAV of 24 bits with an extensible header", bytes: wav(44_100, "s24le", 2, true) },
  { name: "WAV of 32 bits", bytes: wav(44_100, "s32le") },
  { name: "WAV of floats", bytes: wav(44_100, "f32le") },
  { name: "WAV of long floats with an extensible header", bytes: wav(48_000, "f64le", 2, true) },
  { name: "WAV of one channel", bytes: wav(32_000, "s16le", 1) },
  pcm("s16be", 24_000, 1),
  pcm("s16be", 48_000, 2),
  pcm("s16le", 44_100, 2),
  pcm("f32le", 32_000, 1),
  {
    name: "FLAC at 24,000 Hz, one channel",
    bytes: await recording("mono-24k.flac"),
    // The headers of this file have 8,288 bytes.
    startBytes: 11_000,
  },
  { name: "MP3 of a variable bit rate", bytes: await recording("variable.mp3"), likeness: 0.999 },
  { name: "MP3 at 24,000 Hz, one channel", bytes: await recording("mono-24k.mp3"), likeness: 0.999 },
  { name: "MP3 at 48,000 Hz", bytes: await recording("stereo-48k.mp3"), likeness: 0.999 },
  { name: "MP3 in Rondo's format with tags", bytes: await recording("constant-tagged.mp3") },
  { name: "MP3 in Rondo's format without an Info frame", bytes: plainMp3 },
];

const optionsOf = ({ format }: Source): { format?: SourceFormat } => (format === undefined ? {} : { format });

/** The chunks of each source that arrives in one piece. Several tests use them. */
const taken = new Map<Source, Promise<Taken>>();
const takeWhole = (source: Source): Promise<Taken> => {
  const known = taken.get(source) ?? takeAll(intake, source.bytes, optionsOf(source));
  taken.set(source, known);
  return known;
};

/** Yields the first bytes one by one, then parts of 777 bytes. */
async function* inOddParts(bytes: Uint8Array, startBytes: number): AsyncGenerator<Uint8Array> {
  yield* inParts(bytes.subarray(0, startBytes), 1);
  yield* inParts(bytes.subarray(startBytes), 777);
}

const expectWhole = async ({ mp3, chunks, failure, durationMs }: Taken, likeness = 0.9995): Promise<void> => {
  expect(failure).toBeUndefined();
  expect(Math.abs(durationMs - seconds * 1000)).toBeLessThanOrEqual(60);
  const { left } = await decodeMp3(mp3);
  expect(correlationOf(music[0]!, left)).toBeGreaterThan(likeness);
  const peaks = chunks.flatMap((chunk) => [...chunk.peaks]);
  expect(Math.abs(peaks.length / 2 - seconds * 50)).toBeLessThanOrEqual(3);
  expect(Math.max(...peaks)).toBeGreaterThan(20);
  expectFrames(mp3);
};

/** Expects only frames in Rondo's format after the Info frame. */
const expectFrames = (mp3: Uint8Array): void => {
  let at = id3BytesOf(mp3) ?? 0;
  expect(Buffer.from(mp3.subarray(at + 36, at + 40)).toString()).toBe("Info");
  at = 417;
  while (at < mp3.length) at += findFrameLength(mp3, at) ?? Number.NaN;
  expect(at).toBe(mp3.length);
};

describe.each(sources.map((source) => [source.name, source] as const))("%s", (_, source) => {
  const { bytes, likeness, startBytes = 3000 } = source;
  const options = optionsOf(source);

  test("becomes chunks with all of its music", async () => {
    const whole = await takeWhole(source);
    await expectWhole(whole, likeness);
    expect(whole.chunks[0]?.durationMs).toBeLessThan(1000);
  });

  test("becomes the same chunks when its first bytes arrive one by one and the others in parts of an odd size", async () => {
    const whole = await takeWhole(source);
    const parts = await takeAll(intake, inOddParts(bytes, startBytes), options);
    expect(parts.failure).toBeUndefined();
    expect(Buffer.compare(parts.mp3, whole.mp3)).toBe(0);
  });

  test("ends at the wanted length with a fade when it is longer", async () => {
    const { mp3, durationMs, failure } = await takeAll(intake, bytes, { ...options, durationMs: 2000 });
    expect(failure).toBeUndefined();
    expect(durationMs).toBe(2000);
    const { left } = await decodeMp3(mp3);
    const loudestOf = (from: number, to: number): number =>
      left.subarray(from * 44_100, to * 44_100).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(loudestOf(0, 1)).toBeGreaterThan(0.2);
    // The decoder may start up to 1,105 samples before the music.
    expect(loudestOf(1.99, 2.1)).toBeLessThan(0.01);
  });
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

test("MP3 that changes its bit rate in the middle is encoded again from that position on", async () => {
  const variable = await recording("variable.mp3");
  const { mp3, failure, durationMs } = await takeAll(intake, Buffer.concat([plainMp3, variable]));
  expect(failure).toBeUndefined();
  expect(Math.abs(durationMs - 2 * seconds * 1000)).toBeLessThan(150);
  expectFrames(mp3);
  const { left } = await decodeMp3(mp3);
  const second = left.subarray(seconds * 44_100);
  expect(correlationOf(music[0]!, second, 5000)).toBeGreaterThan(0.999);
});

test("six channels are mixed to two, and left and right are not swapped", async () => {
  const [left, right] = musicAt(44_100, seconds);
  const silent = new Float32Array(left!.length);
  const channels = [left!, right!, silent, silent, silent, silent];
  const bytes = wavOf(pcmOf(channels, "s16le"), { sampleRate: 44_100, channels: 6, samples: "s16le" });
  const heard = await decodeMp3((await takeAll(intake, bytes)).mp3);
  expect(correlationOf(left!, heard.left)).toBeGreaterThan(0.999);
  expect(correlationOf(right!, heard.right)).toBeGreaterThan(0.999);
});

test("a piece whose source already fades out is cut at the wanted length", async () => {
  const { mp3, durationMs } = await takeAll(intake, wav(44_100, "s16le"), { durationMs: 2100, fade: false });
  expect(durationMs).toBe(2100);
  const { left } = await decodeMp3(mp3);
  const before = left.subarray(2.05 * 44_100, 2.08 * 44_100);
  expect(before.some((value) => Math.abs(value) > 0.05)).toBe(true);
});

needsTool("ffmpeg", "ffprobe")("ffmpeg reads the joined chunks without a warning", async () => {
  await using directory = await createTemporaryDirectory();
  for (const source of sources) {
    const { name } = source;
    const { mp3 } = await takeWhole(source);
    const path = `${directory.path}/piece.mp3`;
    await Bun.write(path, mp3);
    const read = Bun.spawnSync(["ffmpeg", "-v", "warning", "-xerror", "-i", path, "-f", "null", "-"]);
    // The length isn't declared, because it wasn't known at the start.
    const warnings = read.stderr.toString().split("\n");
    const others = warnings.filter(
      (line) => line !== "" && !line.includes("Estimating duration from bitrate"),
    );
    expect({ name, others, rc: read.exitCode }).toEqual({ name, others: [], rc: 0 });
  }
});

needsTool("ffmpeg")("FLAC and WAV files that ffmpeg wrote with six channels can be read", async () => {
  await using directory = await createTemporaryDirectory();
  await Bun.write(`${directory.path}/stereo.wav`, wav(48_000, "s16le"));
  for (const form of [
    "-ac 6 -sample_fmt s32 six.flac",
    "-ac 6 -c:a pcm_s24le six.wav",
    "-ar 96000 -f wav pipe:1",
  ]) {
    const convert = Bun.spawnSync(["ffmpeg", "-v", "error", "-i", "stereo.wav", ...form.split(" ")], {
      cwd: directory.path,
    });
    const file = form.split(" ").at(-1)!;
    const bytes = file === "pipe:1" ? convert.stdout : await Bun.file(`${directory.path}/${file}`).bytes();
    await expectWhole(await takeAll(intake, new Uint8Array(bytes)), 0.999);
  }
});
