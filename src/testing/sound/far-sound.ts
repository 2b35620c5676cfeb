// Provides twelve seconds of sound in the formats that generators on other machines send, and the wrong content that a
// faulty generator sends instead.
import type { Sound } from "../servers/generators/sound-replies.ts";
import { musicAt, pcmOf, wavOf } from "./sources.ts";
import { createTone } from "./tone.ts";

const seconds = 12;

const mp3 = async (length: number, hertz = 440): Promise<Uint8Array> =>
  new Uint8Array(Buffer.concat(await createTone(length, hertz)));

const wav = (channels: readonly Float32Array[], sampleRate: number): Uint8Array =>
  wavOf(pcmOf(channels, "s16le"), { sampleRate, channels: channels.length, samples: "s16le" });
const music = (length: number, sampleRate = 48_000, channels = 2): Uint8Array =>
  wav(musicAt(sampleRate, length, channels), sampleRate);

/**
 * Makes a sound at the first call, and returns the same sound at every later call in this process.
 */
function once(make: () => Promise<Sound>): () => Promise<Sound> {
  let sound: Promise<Sound> | undefined;
  return () => (sound ??= make());
}

/** Returns the sound as MP3 in the form that Rondo stores. */
export const mp3Sound = once(async () => ({
  contentType: "audio/mpeg",
  bytes: await mp3(seconds),
  short: await mp3(4),
  silence: await mp3(seconds, 0),
  other: music(seconds),
}));

/** Returns the sound as WAV at 48 kHz, which has to be decoded and converted. */
export const wavSound = wavSoundOf(48_000, 2);

/** Returns the sound as WAV at 24 kHz with one channel, which is converted in less time than `wavSound`. */
export const monoWavSound = wavSoundOf(24_000, 1);

function wavSoundOf(sampleRate: number, channels: number): () => Promise<Sound> {
  return once(async () => ({
    contentType: "audio/wav",
    bytes: music(seconds, sampleRate, channels),
    short: music(4, sampleRate, channels),
    silence: wav(new Array(channels).fill(new Float32Array(seconds * sampleRate)), sampleRate),
    other: await mp3(seconds),
  }));
}
