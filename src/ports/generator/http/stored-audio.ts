// Follows the chunks that a generator stores itself, and fails if the generator stores more audio
// than is allowed.
import type { AudioIntake } from "../audio-intake.ts";
import { AppError } from "../../../errors.ts";
import type { GeneratedChunk, GenerationRequest } from "../generator.ts";
import type { ChunkDeliveries } from "../technology.ts";

/** The bytes of one second of MP3 at 128 kbit/s. */
const bytesPerSecond = 16_000;
/** How much longer than requested the audio is allowed to be: encoders round up and add a little silence at the end. */
const secondsOver = 5;

/**
 * Yields the chunks that the generator has stored. These chunks only report the progress, and the
 * caller must not store them again. Throws GENERATION_FAILED if the stored audio is longer than the requested length
 * plus `secondsOver` seconds. (The intake cuts audio without an error at a limit of its own. That limit is higher, so
 * audio that is too long causes GENERATION_FAILED before the intake would cut it.) Also throws the errors of
 * `AudioIntake.take` and `ChunkDeliveries.follow`.
 */
export function storedAudio(
  intake: AudioIntake,
  deliveries: ChunkDeliveries,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncIterable<GeneratedChunk> {
  const limit = {
    format: { kind: "mp3" },
    durationMs: (request.durationSeconds + 2 * secondsOver) * 1000,
  } as const;
  return intake.take(followed(deliveries, request, signal), { ...limit, fade: false }, signal);
}

async function* followed(
  deliveries: ChunkDeliveries,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const bytesMax = (request.durationSeconds + secondsOver) * bytesPerSecond;
  let bytes = 0;
  for await (const part of deliveries.follow(request, signal)) {
    bytes += part.byteLength;
    if (bytes > bytesMax) {
      throw new AppError(
        "GENERATION_FAILED",
        `The generator made more than the ${request.durationSeconds} requested seconds.`,
      );
    }
    yield part;
  }
}
