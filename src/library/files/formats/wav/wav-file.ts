// Makes the WAV of a download: the tags, the samples of the stored MP3, and a signature of the samples.
import { createHash } from "node:crypto";
import { type ByteSource, joinSources, lateSource, sourceOf } from "../byte-source.ts";
import { id3TagOf } from "../mp3/id3.ts";
import { id3FramesOf } from "../mp3/mp3-file.ts";
import { decodePcm, type PcmFacts, pcmFactsOf } from "../mp3/pcm.ts";
import type { SignHash } from "../signature/signature.ts";
import type { TrackTags } from "../track-tags.ts";
import { chunkHead, chunkOf, tagChunksOf } from "./wav-chunks.ts";

const bytesMax = 0xffff_ffff;

/**
 * Returns the file as a source, which decodes the MP3 anew for each read. `sign` signs the SHA-256 of the samples,
 * which is known only after decoding. The length of the file is needed earlier, so it is calculated with the signature
 * of a dummy hash. Therefore all signatures must have the same length. A WAV file can't declare more than 4 GiB: for a
 * larger file, this function throws RangeError.
 */
export async function wavFile(mp3: ByteSource, tags: TrackTags, sign?: SignHash): Promise<ByteSource> {
  const facts = await pcmFactsOf(mp3);
  const pcmBytes = facts.samples * facts.channels * 2;
  const pcm = createPcmSource(mp3, facts, pcmBytes);
  const trailerOf = async (sha256: Uint8Array): Promise<Uint8Array> =>
    chunkOf("id3 ", id3TagOf(id3FramesOf(tags, await sign?.(sha256))));
  const trailerBytes = (await trailerOf(new Uint8Array(32))).length;
  const before = Buffer.concat([
    chunkOf("fmt ", formatOf(facts)),
    ...tagChunksOf(tags),
    chunkHead("data", pcmBytes),
  ]);
  const riffBytes = 4 + before.length + pcmBytes + trailerBytes;
  if (riffBytes > bytesMax) throw new RangeError("The sound is too long for a WAV file.");
  return joinSources([
    sourceOf(Buffer.concat([chunkHead("RIFF", riffBytes), Buffer.from("WAVE"), before])),
    pcm,
    lateSource(trailerBytes, async () => trailerOf(await pcm.sha256())),
  ]);
}

/**
 * Decoding has to start at the beginning. So a read from the middle also decodes the samples before its start, and
 * discards these samples.
 */
function createPcmSource(
  mp3: ByteSource,
  facts: PcmFacts,
  bytes: number,
): ByteSource & { sha256(): Promise<Uint8Array> } {
  let known: Uint8Array | undefined;
  async function* read(start: number): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    let at = 0;
    for await (const chunk of decodePcm(mp3, facts)) {
      hash.update(chunk);
      const from = Math.max(start - at, 0);
      at += chunk.length;
      if (from < chunk.length) yield chunk.subarray(from);
    }
    known = hash.digest();
  }
  return {
    bytes,
    read,
    async sha256() {
      if (!known) for await (const _ of read(bytes));
      return known!;
    },
  };
}

function formatOf({ sampleRate, channels }: PcmFacts): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0); // PCM
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * channels * 2, 8);
  format.writeUInt16LE(channels * 2, 12);
  format.writeUInt16LE(16, 14);
  return format;
}
