// Makes a tone as MP3 in chunks, like a generator. The first chunk begins with an ID3v2 tag and an
// Info frame, which declares the length of the tone. Apart from the tag, each chunk consists of
// whole MP3 frames. Each chunk has about a second of sound; the last chunk can be shorter.
import { createMp3Encoder, loadLame } from "../../composer/mp3/encoder.ts";
import { createHead } from "../../composer/mp3/head.ts";

const sampleRate = 44_100;

const tones = new Map<string, Promise<readonly Uint8Array[]>>();

/**
 * Returns the chunks, which form an MP3 file when they are joined. Each tone is encoded once per
 * process, and each call returns new copies of the chunks.
 */
export async function createTone(seconds: number, hertz = 440): Promise<Uint8Array[]> {
  const key = `${seconds} ${hertz}`;
  const tone = tones.get(key) ?? encodeTone(seconds, hertz);
  tones.set(key, tone);
  return (await tone).map((chunk) => chunk.slice());
}

async function encodeTone(seconds: number, hertz: number): Promise<readonly Uint8Array[]> {
  const encoder = await createMp3Encoder(await loadLame());
  const samples = seconds * sampleRate;
  const chunks: Uint8Array[] = [createHead(samples)];
  for (let at = 0; at < samples; at += sampleRate) {
    const wave = new Float32Array(Math.min(sampleRate, samples - at));
    for (let i = 0; i < wave.length; i++)
      wave[i] = 0.4 * Math.sin((2 * Math.PI * hertz * (at + i)) / sampleRate);
    chunks.push(encoder.encode(wave, wave).bytes);
  }
  chunks.push(encoder.finish().bytes);
  const [info, first, ...rest] = chunks;
  return [Buffer.concat([info!, first!]), ...rest].filter((chunk) => chunk.byteLength > 0);
}

/** Returns the tone of `createTone` (440 Hz) as a complete MP3 file. */
export const toneMp3 = async (seconds: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(Buffer.concat(await createTone(seconds)));
