// Makes the first part of a stereo WAV file, up to its samples. The samples are 32-bit floating-point numbers.
import type { TrackTags } from "../track-tags.ts";
import { chunkHead, chunkOf, tagChunksOf } from "./wav-chunks.ts";

const channels = 2;
const bytesPerSample = 4;

/**
 * `soundBytes` is the size of all samples, a multiple of 8 bytes. Throws a RangeError if the file would be larger than
 * WAV allows (4 GiB).
 */
export function floatWavHead(
  tags: TrackTags,
  { sampleRate, soundBytes }: { readonly sampleRate: number; readonly soundBytes: number },
): Buffer {
  const format = Buffer.alloc(18); // The last two bytes are the length of the extension, which is 0.
  format.writeUInt16LE(3, 0); // IEEE float
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * channels * bytesPerSample, 8);
  format.writeUInt16LE(channels * bytesPerSample, 12);
  format.writeUInt16LE(bytesPerSample * 8, 14);
  const frames = Buffer.alloc(4);
  frames.writeUInt32LE(soundBytes / (channels * bytesPerSample));
  const before = Buffer.concat([
    Buffer.from("WAVE"),
    chunkOf("fmt ", format),
    chunkOf("fact", frames),
    ...tagChunksOf(tags),
    chunkHead("data", soundBytes),
  ]);
  return Buffer.concat([chunkHead("RIFF", before.length + soundBytes), before]);
}
