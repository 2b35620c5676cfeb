// Measures the audio of a generation that ended early by its frames, since the planned length was never made.
import { nextTurn } from "../process/next-turn.ts";
import type { ChunkStore, StreamKey } from "../ports/chunk-store/chunk-store.ts";
import { createFrameScanner } from "../streams/audio/mp3-frames.ts";
import { readThrough } from "../streams/read-through.ts";

/**
 * The samples that a decoder skips after an Info frame: its own delay and the encoder's. The Info
 * frame declares 576 samples for the built-in encoder (LAME's tag).
 */
export const decoderDelaySamples = 529;
const encoderDelaySamples = 576;

/** The length of the first `bytes` of a stream in milliseconds; 0 without a whole frame. */
export async function measureAudioMs(
  streams: Pick<ChunkStore, "read">,
  key: StreamKey,
  bytes: number,
): Promise<number> {
  const scanner = createFrameScanner();
  let seconds = 0;
  let skipped = 0;
  for await (const chunks of readThrough(streams, key, { to: bytes })) {
    for (const frame of chunks.flatMap((chunk) => scanner.feed(chunk))) {
      if (frame.isInfo && seconds === 0)
        skipped = (encoderDelaySamples + decoderDelaySamples) / frame.sampleRate;
      else seconds += frame.samples / frame.sampleRate;
    }
    await nextTurn();
  }
  return Math.round(Math.max(0, seconds - skipped) * 1000);
}
