// Provides twelve seconds of sound in the formats that generators on other machines send, and the wrong content that a faulty one sends instead.
import type { Sound } from "../servers/generators/sound-replies.ts";
import { musicAt, pcmOf, wavOf } from "./sources.ts";
import { createTone } from "./tone.ts";

const seconds = 12;
const sampleRate = 48_000;

const mp3 = async (length: number, hertz = 440): Promise<Uint8Array> =>
  new Uint8Array(Buffer.concat(await createTone(length, hertz)));

const wav = (pcm: Uint8Array): Uint8Array => wavOf(pcm, { sampleRate, channels: 2, samples: "s16le" });
const music = (length: number): Uint8Array => wav(pcmOf(musicAt(sampleRate, length), "s16le"));

/** Makes a sound at the first call, and returns the same one at every later call in this process. */
const once = (make: () => Promise<Sound>): (() => Promise<Sound>) => {
  let sound: Promise<Sound> | undefined;
  return () => (sound ??= make());
};

/** Returns the sound as MP3 in the form that Rondo stores. */
export const mp3Sound = once(async () => ({
  contentType: "audio/mpeg",
  bytes: await mp3(seconds),
  short: await mp3(4),
  silence: await mp3(seconds, 0),
  other: music(seconds),
}));

/** Returns the sound as WAV at 48 kHz, which has to be decoded and converted. */
export const wavSound = once(async () => ({
  contentType: "audio/wav",
  bytes: music(seconds),
  short: music(4),
  silence: wav(new Uint8Array(seconds * sampleRate * 4)),
  other: await mp3(seconds),
}));
