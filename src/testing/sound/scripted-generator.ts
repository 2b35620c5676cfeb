// Creates a generator for tests. The test controls the number of chunks, the waits and the
// failures.
import { AppError } from "../../errors.ts";
import type {
  FarEnd,
  GeneratedChunk,
  GenerationRequest,
  Generator,
} from "../../ports/generator/generator.ts";

export interface Script {
  readonly chunks?: number;
  readonly chunkBytes?: number;
  /** Awaited before each chunk, so that a test can pause the generator or make it fail. */
  readonly beforeChunk?: (
    index: number,
    request: GenerationRequest,
    signal: AbortSignal,
  ) => void | Promise<void>;
  /**
   * The size in bytes in the plan; by default the generated size. "unknown": the plan has no size.
   */
  readonly plannedBytes?: number | "unknown";
  /** The length in the plan, in milliseconds; by default the generated length. */
  readonly plannedMs?: number;
  readonly deterministic?: boolean;
  readonly canResume?: boolean;
  /**
   * Makes the generator appear to run on another machine. After an abort, `stopped` of the started
   * generation resolves with this value.
   */
  readonly farEnd?: FarEnd;
  /** Awaited before `start` resolves. */
  readonly beforeStart?: (request: GenerationRequest, signal: AbortSignal) => Promise<void>;
}

const scriptedChunk = (index: number, bytes: number): Uint8Array => {
  const chunk = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) chunk[i] = (index * 31 + i * 7) & 0xff;
  return chunk;
};

export const scriptedAudio = (chunks: number, chunkBytes: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    Buffer.concat(Array.from({ length: chunks }, (_, index) => scriptedChunk(index, chunkBytes))),
  );

/**
 * The first bytes of a piece that was made by the instruction "extend". These bytes replace the
 * same number of bytes at the beginning of the original piece.
 */
const extendedHead = new TextEncoder().encode("longer");

export const extendedAudio = (chunks: number, chunkBytes: number): Uint8Array<ArrayBuffer> => {
  const audio = scriptedAudio(chunks, chunkBytes);
  audio.set(extendedHead);
  return audio;
};

export function createScriptedGenerator(
  script: Script = {},
): Generator & { readonly started: GenerationRequest[] } {
  const { chunks = 5, chunkBytes = 1000, beforeChunk, deterministic = true, canResume = false } = script;
  const plannedBytes =
    script.plannedBytes === "unknown" ? undefined : (script.plannedBytes ?? chunks * chunkBytes);
  const { farEnd } = script;
  const started: GenerationRequest[] = [];
  return {
    name: "scripted",
    deterministic,
    canResume,
    durationOf: () => undefined,
    started,
    async start(request, signal) {
      started.push(request);
      await script.beforeStart?.(request, signal);
      const isExtended = (request.spec as { instruction?: string } | undefined)?.instruction === "extend";
      return {
        plan: {
          title: `Piece of ${request.seed}`,
          contentType: "audio/mpeg",
          durationMs: script.plannedMs ?? chunks * 1000,
          plannedBytes,
          spec: { seed: request.seed, ...(isExtended ? { instruction: "extend" } : {}) },
        },
        ...(farEnd === undefined ? {} : { stopped: stoppedBy(signal, farEnd) }),
        chunks: (async function* () {
          for (let index = 0; index < chunks; index++) {
            await beforeChunk?.(index, request, signal);
            signal.throwIfAborted();
            const chunk = chunkOf(index, chunkBytes);
            if (isExtended && index === 0) chunk.bytes.set(extendedHead);
            yield chunk;
          }
        })(),
      };
    },
    /**
     * Accepts any instruction except "qwertz". With the instruction "extend", the first two and a half chunks of the
     * new version are the same as in the original, except for the bytes of `extendedHead`.
     */
    async revise({ spec, instruction, durationSeconds = 30, seed = 1 }) {
      if (instruction === "qwertz") {
        throw new AppError("INVALID_PARAMETER", "The instruction was not understood.");
      }
      const changed = { before: spec, instruction, seed };
      return {
        by: "plan",
        spec: changed,
        understood: [instruction],
        notUnderstood: [],
        title: undefined,
        durationSeconds,
        seed,
        plannedBytes,
        shared:
          instruction === "extend" ? { head: extendedHead, bytes: Math.floor(2.5 * chunkBytes) } : undefined,
      };
    },
    ...(farEnd === undefined ? {} : { health: async () => readyNow }),
    async close() {},
  };
}

const readyNow = { status: "ready", slots: 1, free: 1, queued: 0, etaSeconds: 0 } as const;

const stoppedBy = (signal: AbortSignal, end: FarEnd): Promise<FarEnd> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(end), { once: true }));

const chunkOf = (index: number, bytes: number): GeneratedChunk => ({
  bytes: scriptedChunk(index, bytes),
  startMs: index * 1000,
  durationMs: 1000,
  peaks: new Int8Array(100).fill(index + 1),
  section: index === 0 ? "intro" : undefined,
  bar: index + 1,
});
