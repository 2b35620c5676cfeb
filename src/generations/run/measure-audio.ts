// Measures the length of stored audio by its MP3 frames, because a generator can make less or more
// than it planned or reported.
import { nextTurn } from "../../process/next-turn.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { createFrameScanner } from "../../streams/audio/mp3-frames.ts";
import { readThrough } from "../../streams/read-through.ts";

/**
 * The number of samples that a decoder adds at the beginning. If the MP3 begins with an Info frame, the decoder skips
 * these samples and the samples that the encoder added.
 */
const decoderDelaySamples = 529;
/** The number of samples that the built-in encoder adds at the beginning, as its Info frame declares (LAME's tag). */
const encoderDelaySamples = 576;

export interface MeasuredAudio {
  /** The length in milliseconds. 0 if there is no complete frame. */
  readonly ms: number;
  /** The position of the end of the last complete frame. 0 if there is no complete frame. */
  readonly wholeBytes: number;
}

/**
 * Measures the first `bytes` bytes of a stream. If they end inside a chunk, this chunk is measured to
 * its end. Bytes outside of frames are skipped. A missing stream has the length 0.
 */
export async function measureAudio(
  streams: Pick<ChunkStore, "read">,
  key: StreamKey,
  bytes: number,
): Promise<MeasuredAudio> {
  const scanner = createFrameScanner();
  let seconds = 0;
  let skipped = 0;
  let wholeBytes = 0;
  for await (const chunks of readThrough(streams, key, { to: bytes })) {
    for (const frame of chunks.flatMap((chunk) => scanner.feed(chunk))) {
      wholeBytes = frame.position + frame.bytes;
      if (frame.isInfo && seconds === 0)
        skipped = (encoderDelaySamples + decoderDelaySamples) / frame.sampleRate;
      else seconds += frame.samples / frame.sampleRate;
    }
    await nextTurn();
  }
  return { ms: Math.round(Math.max(0, seconds - skipped) * 1000), wholeBytes };
}
