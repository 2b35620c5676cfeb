// Tests sources that declare a wrong format, break off, or send data that is not audio. The intake returns the audio
// before the fault, and then fails with a reason. Also tests unusual sources that the intake accepts, such as WAV with
// a wrong length in its header.

import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type AppError, isAppError } from "../errors.ts";
import type { SourceFormat } from "../ports/generator/audio-intake.ts";
import { hostileFiles } from "../testing/sound/hostile-files.ts";
import { inParts, musicAt, pcmOf, wavOf } from "../testing/sound/sources.ts";
import { takeAll } from "../testing/sound/take-all.ts";
import { createAudioIntake } from "./intake.ts";
import { linearMsMax } from "../testing/measure/time-limits.ts";

setDefaultTimeout(60_000);
const intake = createAudioIntake();
afterAll(() => intake.close());

const recording = async (name: string): Promise<Uint8Array> =>
  Bun.file(new URL(`../testing/sound/recordings/${name}`, import.meta.url)).bytes();
const mp3 = await recording("constant-tagged.mp3");
const flac = await recording("mono-24k.flac");
const pcm = pcmOf(musicAt(44_100, 3), "s16le");
const wavForm = { sampleRate: 44_100, channels: 2, samples: "s16le" } as const;
const wav = wavOf(pcm, wavForm);
const random = (bytes: number): Uint8Array => {
  let state = 1;
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const s16le: SourceFormat = { kind: "pcm", encoding: "s16le", sampleRate: 44_100, channels: 2 };
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const expectFailure = (failure: unknown, reason: string): void => {
  expect(isAppError(failure, "GENERATION_FAILED")).toBe(true);
  expect((failure as AppError).publicMessage).toContain(reason);
};

interface Refused {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format?: SourceFormat;
  readonly reason: string;
}

const page = text(
  "<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
);
const refused: readonly Refused[] = [
  { name: "an empty source", bytes: new Uint8Array(0), reason: "is empty" },
  {
    name: "an empty source that is declared as MP3",
    bytes: new Uint8Array(0),
    format: { kind: "mp3" },
    reason: "is empty",
  },
  { name: "HTML that is declared as MP3", bytes: page, format: { kind: "mp3" }, reason: "it is a page" },
  { name: "HTML that is declared as PCM", bytes: page, format: s16le, reason: "it is a page" },
  { name: "HTML", bytes: page, reason: "is a page" },
  {
    name: "JSON that is declared as WAV",
    bytes: text('{"detail":"Not Found"}'),
    format: { kind: "wav" },
    reason: "JSON",
  },
  { name: "short JSON", bytes: text("{}"), reason: "JSON" },
  {
    name: "WAV that is declared as MP3",
    bytes: wav,
    format: { kind: "mp3" },
    reason: "says that it is MP3, but it is WAV",
  },
  {
    name: "MP3 that is declared as WAV",
    bytes: mp3,
    format: { kind: "wav" },
    reason: "says that it is WAV, but it is MP3",
  },
  { name: "MP3 that is declared as PCM", bytes: mp3.subarray(2000), format: s16le, reason: "is noise" },
  {
    name: "MP3 with tags that is declared as FLAC",
    bytes: mp3,
    format: { kind: "flac" },
    reason: "but it is MP3",
  },
  { name: "FLAC that is declared as PCM", bytes: flac, format: s16le, reason: "but it is FLAC" },
  { name: "WAV that is declared as PCM", bytes: wav, format: s16le, reason: "but it is WAV" },
  { name: "Ogg", bytes: joined(text("OggS"), random(5000)), reason: "is Ogg" },
  { name: "AAC", bytes: joined(Uint8Array.of(0xff, 0xf1, 0x50, 0x80), random(5000)), reason: "is AAC" },
  {
    name: "AAC that is declared as MP3",
    bytes: joined(Uint8Array.of(0xff, 0xf1, 0x50, 0x80), random(5000)),
    format: { kind: "mp3" },
    reason: "it is AAC",
  },
  { name: "WebM", bytes: joined(Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), random(5000)), reason: "is WebM" },
  {
    name: "WAV of four billion samples a second",
    bytes: wavOf(pcm, { ...wavForm, sampleRate: 4_000_000_000 }),
    reason: "can't be used",
  },
  { name: "random bytes", bytes: random(50_000), reason: "unknown format" },
  {
    name: "random bytes that are declared as MP3",
    bytes: random(50_000),
    format: { kind: "mp3" },
    reason: "not MP3",
  },
  {
    name: "random bytes that are declared as PCM",
    bytes: random(200_000),
    format: s16le,
    reason: "is noise",
  },
  {
    name: "little-endian PCM that is declared as big-endian",
    bytes: pcmOf(musicAt(24_000, 3, 1), "s16le"),
    format: { kind: "pcm", encoding: "s16be", sampleRate: 24_000, channels: 1 },
    reason: "is noise",
  },
  {
    name: "whole numbers that are declared as floats",
    bytes: pcm,
    format: { kind: "pcm", encoding: "f32le", sampleRate: 44_100, channels: 2 },
    reason: "declares floating-point",
  },
  {
    name: "FLAC whose sound is random",
    bytes: joined(flac.subarray(0, 86), random(3_000_000)),
    reason: "FLAC",
  },
  { name: "a WAV header alone", bytes: wav.subarray(0, 44), reason: "ended after 0 of" },
  { name: "half a WAV header", bytes: wav.subarray(0, 30), reason: "ended before its sound" },
  {
    name: "compressed WAV",
    bytes: (() => {
      const bytes = wav.slice();
      bytes[20] = 7;
      return bytes;
    })(),
    reason: "format 7, 16 bits",
  },
  {
    name: "WAV with an unusual sample rate",
    bytes: wavOf(pcm, { ...wavForm, sampleRate: 44_101 }),
    reason: "44101 samples a second",
  },
  {
    name: "WAV without channels",
    bytes: wavOf(pcm, { ...wavForm, channels: 0 }),
    reason: "0 channels",
  },
];

describe.each(refused.map((source) => [source.name, source] as const))(
  "%s",
  (_, { bytes, format, reason }) => {
    const options = format === undefined ? {} : { format };
    test("is refused with a reason and yields no chunk", async () => {
      const { failure, chunks } = await takeAll(intake, bytes, options);
      expectFailure(failure, reason);
      expect(chunks).toEqual([]);
    });

    test("is refused with the same reason if its bytes arrive in small parts", async () => {
      const { failure } = await takeAll(intake, bytes, {
        ...options,
        partBytes: bytes.length > 10_000 ? 500 : 1,
      });
      expectFailure(failure, reason);
    });
  },
);

test.each([
  ["MP3 that ends inside a frame", mp3.subarray(0, 30_100), undefined, "within an MP3 frame"],
  ["PCM that ends inside a sample", pcm.subarray(0, 400_001), s16le, "within a sample"],
  ["WAV that is shorter than it declares", wav.subarray(0, 400_000), undefined, "of the 529200 bytes"],
  [
    "FLAC that is shorter than it declares",
    flac.subarray(0, 25_000),
    undefined,
    "that its FLAC header declares",
  ],
  [
    "MP3 that turns into random bytes",
    joined(mp3.subarray(0, 30_000), random(60_000)),
    undefined,
    "begins as MP3, but continues",
  ],
  ["PCM that turns into noise", joined(pcm.subarray(0, 400_000), random(600_000)), s16le, "is noise"],
  [
    "WAV that changes its format",
    joined(wav, wavOf(pcm, { ...wavForm, sampleRate: 48_000 })),
    undefined,
    "changes its format",
  ],
])("%s yields the audio before the fault, then fails", async (_, bytes, format, reason) => {
  const { failure, durationMs } = await takeAll(intake, bytes, format === undefined ? {} : { format });
  expectFailure(failure, reason);
  expect(durationMs).toBeGreaterThan(1200);
});

test("a silent source that is shorter than the requested piece fails at the end of the source", async () => {
  for (const bytes of [new Uint8Array(600_000), pcmOf([new Float32Array(150_000).fill(0.0005)], "s16le")]) {
    const { failure } = await takeAll(intake, bytes, { format: s16le });
    expectFailure(failure, "only silence");
  }
});

test("a silent source that is longer than the requested piece fails at the requested length", async () => {
  for (const fade of [true, false, undefined]) {
    const options = fade === undefined ? {} : { fade };
    const silent = await takeAll(intake, new Uint8Array(900_000), {
      format: s16le,
      durationMs: 3000,
      ...options,
    });
    expectFailure(silent.failure, "only silence");
    expect(silent.durationMs).toBe(3000);
  }
});

test("silence before the music is accepted", async () => {
  const { failure } = await takeAll(intake, joined(new Uint8Array(400_000), pcm), { format: s16le });
  expect(failure).toBeUndefined();
});

test("a source with half a second of audio is refused as too short", async () => {
  const { failure } = await takeAll(intake, pcm.subarray(0, 88_000), { format: s16le });
  expectFailure(failure, "only 0.4 s");
});

test("a WAV source with a missing or wrong length is read to its end", async () => {
  const half = pcm.length / 2;
  const sound = pcm.subarray(0, half);
  const whole = wavOf(sound, wavForm);
  const headers: readonly Uint8Array[] = [
    wavOf(sound, { ...wavForm, declaredBytes: 0 }),
    wavOf(sound, { ...wavForm, declaredBytes: 0xffff_ffff }),
    wavOf(sound, { ...wavForm, declaredBytes: 0x7fff_ffff }),
    wavOf(sound, { ...wavForm, declaredBytes: 40_000 }),
    joined(wavOf(sound.subarray(0, half / 3), wavForm), wavOf(sound.subarray(half / 3), wavForm)),
    joined(whole, text("LIST"), Uint8Array.of(4, 0, 0, 0), text("INFO")),
    joined(whole.subarray(0, 36), text("junk"), Uint8Array.of(3, 0, 0, 0, 1, 2, 3, 0), whole.subarray(36)),
  ];
  for (const bytes of headers) {
    for (const partBytes of [bytes.length, 1001]) {
      const { failure, durationMs } = await takeAll(intake, bytes, { partBytes });
      expect(failure).toBeUndefined();
      expect(durationMs).toBe(1500);
    }
  }
});

test("after WAV sound with an odd number of bytes, a second WAV file is read", async () => {
  const odd = { sampleRate: 44_100, channels: 1, samples: "u8" } as const;
  const sound = pcmOf([musicAt(44_100, 1.5, 1)[0]!.subarray(0, 66_149)], "u8");
  const pad = Uint8Array.of(0);
  const whole = joined(wavOf(sound, odd), pad);
  const list = joined(text("LIST"), Uint8Array.of(0, 0, 1, 0), new Uint8Array(65_536));
  for (const bytes of [whole, joined(whole, list), wavOf(sound, odd)]) {
    for (const partBytes of [bytes.length, 1001, 1]) {
      const { failure, durationMs } = await takeAll(intake, bytes, { partBytes });
      expect(failure).toBeUndefined();
      expect(durationMs).toBe(1500);
    }
  }
  const two = await takeAll(intake, joined(whole, whole));
  expect(two.durationMs).toBe(3000);
});

test("MP3 with several large ID3 tags is read to its end", async () => {
  const id3 = new Uint8Array(300_000);
  id3.set(text("ID3"));
  id3.set([4, 0, 0, 0, 18, 39, 86], 3); // 299,990 bytes
  id3.fill(0xff, 10, 2000);
  const v1 = new Uint8Array(128);
  v1.set(text("TAG"));
  const frames = mp3.subarray(mp3.length - 40_000);
  const { failure, durationMs } = await takeAll(intake, joined(id3, frames, id3, frames, v1), {
    format: { kind: "mp3" },
  });
  expect(failure).toBeUndefined();
  expect(durationMs).toBeGreaterThan(4800);
});

test("if a source throws an error, the intake yields the earlier audio and throws the same error", async () => {
  const broken = new Error("The connection was lost.");
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield* inParts(pcm.subarray(0, 300_001), 10_000);
    throw broken;
  };
  const { failure, durationMs } = await takeAll(intake, source(), { format: s16le });
  expect(failure).toBe(broken);
  expect(durationMs).toBeWithin(1690, 1710);
});

test("if a source throws an error before its first bytes, the intake throws the same error", async () => {
  const broken = new Error("No connection.");
  // biome-ignore lint/correctness/useYield: the source fails first.
  const source = async function* (): AsyncGenerator<Uint8Array> {
    throw broken;
  };
  expect((await takeAll(intake, source())).failure).toBe(broken);
});

test("the intake does not change or detach the buffer that a source has passed to it", async () => {
  const shared = Buffer.from(wav.buffer.slice(0));
  const { failure } = await takeAll(intake, shared);
  expect(failure).toBeUndefined();
  expect(shared.length).toBe(wav.length);
  expect(Buffer.compare(shared, wav)).toBe(0);
});

test.each([
  ["at its start", wav.subarray(0, 12)],
  ["after its sound", wav],
])("WAV with thousands of parts %s is refused with a reason", async (_, start) => {
  const parts = new Uint8Array(8_008).map((_, at) => "junk\0\0\0\0".charCodeAt(at % 8));
  const { failure } = await takeAll(intake, joined(start, parts));
  expectFailure(failure, "more than 1,000 parts that are not sound");
});

describe.each(Object.entries(hostileFiles(4_000_000)))("%s", (_, bytes) => {
  test.each([
    ["declared as MP3", { kind: "mp3" }],
    ["declared as WAV", { kind: "wav" }],
    ["of an unknown format", undefined],
  ] as const)("%s is refused in a time that grows at most linearly with its size", async (_, format) => {
    const begun = performance.now();
    const { failure } = await takeAll(intake, bytes, format === undefined ? {} : { format });
    expect(isAppError(failure, "GENERATION_FAILED")).toBe(true);
    expect(performance.now() - begun).toBeLessThan(linearMsMax);
  });
});
