// Creates a generator that returns recorded audio, for tests that need a real MP3.
import { AppError } from "../../errors.ts";
import type { Generator } from "../../ports/generator/generator.ts";

/**
 * Splits `bytes` every 16,000 bytes, even within an MP3 frame. 16,000 bytes are a second at
 * 128 kbit/s. Every chunk, also a shorter last chunk, declares a length of one second. The
 * peaks are invented. `spec` is the plan that the generator reports.
 */
export const recordedGenerator = (bytes: Uint8Array, title: string, spec: unknown = {}): Generator => {
  const bytesPerSecond = 16_000;
  const chunks = Math.ceil(bytes.length / bytesPerSecond);
  return {
    name: "recorded",
    deterministic: true,
    canResume: false,
    durationOf: () => undefined,
    async start() {
      return {
        plan: {
          title,
          contentType: "audio/mpeg",
          durationMs: chunks * 1000,
          plannedBytes: bytes.length,
          spec,
        },
        chunks: (async function* () {
          for (let index = 0; index < chunks; index++) {
            yield {
              bytes: bytes.subarray(index * bytesPerSecond, (index + 1) * bytesPerSecond),
              startMs: index * 1000,
              durationMs: 1000,
              peaks: new Int8Array(100).fill(index + 1),
              section: undefined,
              bar: undefined,
            };
          }
        })(),
      };
    },
    revise: () => Promise.reject(new AppError("INVALID_PARAMETER", "A recording can't be changed.")),
    async close() {},
  };
};
