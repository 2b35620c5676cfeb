// How long the audio of a generation is that ended early: by its frames, since what the plan said was never made.
import { nextTurn } from "../next-turn.ts";
import type { ChunkStore, StreamKey } from "../ports/chunk-store/chunk-store.ts";
import { createFrameScanner } from "../streams/mp3-frames.ts";

const pageBytes = 256 * 1024;

/**
 * What a decoder leaves out at the beginning where an Info frame stands there: the encoder's delay
 * and its own, which the Info frame declares for the built-in encoder as 576 samples (LAME's tag).
 */
export const decoderDelaySamples = 529;
const encoderDelaySamples = 576;

/** Of the first `bytes` of a stream. 0 where there is no whole frame. */
export async function measureAudioMs(
  streams: Pick<ChunkStore, "read">,
  key: StreamKey,
  bytes: number,
): Promise<number> {
  const scanner = createFrameScanner();
  let seconds = 0;
  let skipped = 0;
  for (let at = 0; at < bytes;) {
    const page = await streams.read(key, at, pageBytes);
    if (page === undefined || page.chunks.length === 0) break;
    for (const frame of page.chunks.flatMap((chunk) => scanner.feed(chunk))) {
      if (frame.isInfo && seconds === 0)
        skipped = (encoderDelaySamples + decoderDelaySamples) / frame.sampleRate;
      else seconds += frame.samples / frame.sampleRate;
    }
    at = page.next;
    await nextTurn();
  }
  return Math.round(Math.max(0, seconds - skipped) * 1000);
}
