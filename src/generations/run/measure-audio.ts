// Measures stored audio by its frames, if the planned length was not reached or not known.
import { nextTurn } from "../../process/next-turn.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { createFrameScanner } from "../../streams/audio/mp3-frames.ts";
import { readThrough } from "../../streams/read-through.ts";

/**
 * The samples that a decoder skips after an Info frame: its own delay and the encoder's. The Info
 * frame declares 576 samples for the built-in encoder (LAME's tag).
 */
const decoderDelaySamples = 529;
const encoderDelaySamples = 576;

export interface MeasuredAudio {
  /** The length in milliseconds; 0 without a whole frame. */
  readonly ms: number;
  /** The end of the last whole frame, as a position in the stream. */
  readonly wholeBytes: number;
}

/** Measures the first `bytes` of a stream. */
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
