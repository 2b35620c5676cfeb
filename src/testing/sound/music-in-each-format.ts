// Provides test audio: the same music in every kind of format that Rondo accepts from a generator
// (WAV, PCM, FLAC and MP3), with usual sample rates, encodings and numbers of channels.

import { createMp3Encoder, loadLame } from "../../composer/mp3/encoder.ts";
import type { SourceFormat } from "../../ports/generator/audio-intake.ts";
import { musicAt, pcmOf, type Samples, wavOf } from "./sources.ts";

export interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly seconds: number;
  readonly format?: SourceFormat;
  /** The lowest allowed correlation of the converted left channel with the original music. */
  readonly likeness?: number;
  /** The number of bytes that a test sends one by one: the headers and a few frames. Defaults to 3,000. */
  readonly startBytes?: number;
}

/**
 * The length of the recordings and of the MP3 that is made here. The WAV and PCM sources are shorter (`madeSeconds`).
 * Most tests convert each source several times, and shorter sources make these tests faster.
 */
const recordedSeconds = 3;
const madeSeconds = 2;

export const recording = async (name: string): Promise<Uint8Array> =>
  Bun.file(new URL(`recordings/${name}`, import.meta.url)).bytes();

export const madeWav = (
  sampleRate: number,
  samples: Exclude<Samples, "s16be">,
  channels = 2,
  isExtensible = false,
  seconds = madeSeconds,
): Uint8Array =>
  wavOf(pcmOf(musicAt(sampleRate, seconds, channels), samples), {
    sampleRate,
    channels,
    samples,
    isExtensible,
  });

const wav = (name: string, bytes: Uint8Array, likeness?: number): Source => ({
  ...{ name, bytes, seconds: madeSeconds },
  ...(likeness === undefined ? {} : { likeness }),
});

const pcm = (encoding: "s16le" | "s16be" | "f32le", sampleRate: number, channels: number): Source => ({
  name: `${encoding} at ${sampleRate} Hz, ${channels} channels`,
  bytes: pcmOf(musicAt(sampleRate, madeSeconds, channels), encoding),
  seconds: madeSeconds,
  format: { kind: "pcm", encoding, sampleRate, channels },
});

const recorded = async (
  name: string,
  file: string,
  wishes: Pick<Source, "likeness" | "startBytes"> = {},
): Promise<Source> => ({ name, bytes: await recording(file), seconds: recordedSeconds, ...wishes });

/**
 * Makes an MP3 file with a constant bit rate in the composer's format, but without the Info frame.
 */
export async function plainMp3(): Promise<Uint8Array> {
  const encoder = await createMp3Encoder(await loadLame());
  const [left, right] = musicAt(44_100, recordedSeconds);
  return new Uint8Array(Buffer.concat([encoder.encode(left!, right!).bytes, encoder.finish().bytes]));
}

export const musicInEachFormat = async (): Promise<readonly Source[]> => [
  ...[8_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000].map((rate) =>
    wav(`WAV at ${rate} Hz`, madeWav(rate, "s16le")),
  ),
  wav("WAV of 8 bits", madeWav(44_100, "u8"), 0.999),
  wav("WAV of 24 bits with an extensible header", madeWav(44_100, "s24le", 2, true)),
  wav("WAV of 32 bits", madeWav(44_100, "s32le")),
  wav("WAV of floats", madeWav(44_100, "f32le")),
  wav("WAV of long floats with an extensible header", madeWav(48_000, "f64le", 2, true)),
  wav("WAV of one channel", madeWav(32_000, "s16le", 1)),
  pcm("s16be", 24_000, 1),
  pcm("s16be", 48_000, 2),
  pcm("s16le", 44_100, 2),
  pcm("f32le", 32_000, 1),
  // The headers of this file have 8,288 bytes.
  await recorded("FLAC at 24,000 Hz, one channel", "mono-24k.flac", { startBytes: 11_000 }),
  await recorded("MP3 of a variable bit rate", "variable.mp3", { likeness: 0.999 }),
  await recorded("MP3 at 24,000 Hz, one channel", "mono-24k.mp3", { likeness: 0.999 }),
  await recorded("MP3 at 48,000 Hz", "stereo-48k.mp3", { likeness: 0.999 }),
  await recorded("MP3 in Rondo's format with tags", "constant-tagged.mp3"),
  {
    name: "MP3 in Rondo's format without an Info frame",
    bytes: await plainMp3(),
    seconds: recordedSeconds,
  },
];

export const optionsOf = ({ format }: Source): { format?: SourceFormat } =>
  format === undefined ? {} : { format };
