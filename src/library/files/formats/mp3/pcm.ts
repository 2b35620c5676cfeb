// Decodes an MP3 to samples, in parts and in constant memory. The samples don't contain the silence
// that the encoder added at both ends.
import { MPEGDecoder } from "mpg123-decoder";
import { AppError } from "../../../../errors.ts";
import { nextTurn } from "../../../../process/next-turn.ts";
import type { ByteSource } from "../byte-source.ts";
import { factsBytesNeeded, type Mp3Facts, mp3FactsOf } from "./mp3-facts.ts";

export interface PcmFacts extends Mp3Facts {
  readonly samples: number;
}

const fedBytesMax = 16 * 1024; // This is about a second of sound, which takes some milliseconds to decode.

/**
 * Returns the facts, with the number of samples per channel. If the start of the MP3 doesn't declare
 * this number, the entire MP3 is decoded to count the samples. Throws CONTENT_DAMAGED if the content
 * doesn't begin with an MP3 frame, or if a decoded frame is damaged.
 */
export async function pcmFactsOf(mp3: ByteSource): Promise<PcmFacts> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of mp3.read(0)) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes >= factsBytesNeeded) break;
  }
  const facts = mp3FactsOf(Buffer.concat(parts));
  if (!facts) throw damaged("the audio does not begin with an MP3 frame");
  if (facts.samples !== undefined) return { ...facts, samples: facts.samples };
  let samples = 0;
  for await (const { length } of decode(mp3, facts.channels)) samples += length / (2 * facts.channels);
  return { ...facts, samples };
}

/**
 * Yields signed 16-bit little-endian samples with interleaved channels: at most `facts.samples` per
 * channel. Throws CONTENT_DAMAGED at a damaged frame. If the MP3 has fewer samples than
 * `facts.samples`, throws CONTENT_DAMAGED at the end.
 */
export async function* decodePcm(mp3: ByteSource, facts: PcmFacts): AsyncGenerator<Uint8Array> {
  const bytes = facts.samples * facts.channels * 2;
  let given = 0;
  for await (const chunk of decode(mp3, facts.channels)) {
    const kept = chunk.subarray(0, bytes - given);
    given += kept.length;
    if (kept.length > 0) yield kept;
  }
  if (given !== bytes) throw damaged(`decoded to ${given} bytes, not ${bytes}`);
}

async function* decode(mp3: ByteSource, channels: 1 | 2): AsyncGenerator<Uint8Array> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    for await (const chunk of mp3.read(0)) {
      for (let at = 0; at < chunk.length; at += fedBytesMax) {
        const { channelData, samplesDecoded, errors } = decoder.decode(chunk.subarray(at, at + fedBytesMax));
        if (errors.length > 0) throw damaged(errors[0]?.message ?? "the decoder failed");
        if (samplesDecoded > 0) yield interleaved(channelData, samplesDecoded, channels);
        await nextTurn();
      }
    }
  } finally {
    decoder.free();
  }
}

function interleaved(channelData: readonly Float32Array[], samples: number, channels: 1 | 2): Uint8Array {
  const pcm = new Int16Array(samples * channels);
  for (let channel = 0; channel < channels; channel++) {
    const data = channelData[channel]!;
    for (let at = 0; at < samples; at++) {
      pcm[at * channels + channel] = Math.max(-32_768, Math.min(32_767, Math.round(data[at]! * 32_768)));
    }
  }
  return new Uint8Array(pcm.buffer);
}

const damaged = (how: string): AppError =>
  new AppError("CONTENT_DAMAGED", "The stored audio can't be decoded.", { cause: new Error(how) });
