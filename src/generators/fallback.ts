// Combines several generators into one. When a generator is unavailable or fails before its first chunk, the next
// generator that can make the piece is used.
import { AppError, isAppError } from "../errors.ts";
import type { Generation, GenerationRequest, Generator } from "../ports/generator/generator.ts";

export interface Candidate {
  readonly name: string;
  readonly generator: Generator;
}

/** Called when a generator has failed and the next one is used instead. */
export type OnFallback = (facts: {
  readonly requestId: string;
  readonly from: string;
  readonly to: string;
  readonly err: unknown;
}) => void;

/**
 * `candidates` must contain at least one generator, in the order of use. A single candidate is returned unchanged. The
 * properties of a combined generator:
 * - `deterministic`: whether all candidates are deterministic.
 * - `canResume`: whether each candidate can resume or is deterministic.
 * - `health`: the method of the first candidate that has this method.
 * - `start`: tries one candidate after the other, and sets `madeBy` to the name of the candidate that makes the piece.
 *   The health of the last candidate is not checked, and its first chunk is not awaited, because no other candidate could
 *   be tried after it. Throws GENERATION_FAILED if no candidate can make the piece.
 * - All others, such as `revise`: those of the first candidate.
 */
export function inTurn(candidates: readonly Candidate[], onFallback?: OnFallback): Generator {
  const [{ generator: first }] = candidates as readonly [Candidate];
  if (candidates.length === 1) return first;
  const far = candidates.find(({ generator }) => generator.health !== undefined)?.generator;
  const { health: _, ...rest } = first;
  const usableFor = ({ spec, options }: GenerationRequest): readonly Candidate[] => {
    // Only the generator that made a plan can use the plan.
    if (spec !== undefined) return candidates.slice(0, 1);
    return options?.endless === true
      ? candidates.filter(({ generator }) => generator.makesEndless === true)
      : candidates;
  };
  return {
    ...rest,
    ...(far?.health === undefined ? {} : { health: (signal: AbortSignal) => far.health!(signal) }),
    deterministic: candidates.every(({ generator }) => generator.deterministic),
    canResume: candidates.every(({ generator }) => generator.canResume || generator.deterministic),
    async start(request, signal) {
      const usable = usableFor(request);
      for (const [at, candidate] of usable.entries()) {
        const next = usable[at + 1];
        try {
          const generation = await (next
            ? begun(candidate, request, signal)
            : startLast(candidate, request, signal));
          return { ...generation, madeBy: candidate.name };
        } catch (err) {
          if (next === undefined || signal.aborted || !mayFallBack(err)) throw err;
          onFallback?.({ requestId: request.requestId, from: candidate.name, to: next.name, err });
        }
      }
      throw new AppError("GENERATION_FAILED", "There is no generator for this piece.");
    },
  };
}

const startLast = ({ generator }: Candidate, request: GenerationRequest, signal: AbortSignal) =>
  generator.start(request, signal);

/**
 * Returns whether another generator can succeed. If the prompt is unusable or the disk is full, no generator can
 * succeed.
 */
const mayFallBack = (err: unknown): boolean => isAppError(err, "GENERATION_FAILED", "UNAVAILABLE");

/**
 * Resolves with the generation when its first chunk has arrived. If the generator fails before its first chunk, aborts
 * the generation and throws the error.
 */
async function begun(
  { generator, name }: Candidate,
  request: GenerationRequest,
  signal: AbortSignal,
): Promise<Generation> {
  await refuseAway(generator, signal);
  const failed = new AbortController();
  try {
    const generation = await generator.start(request, AbortSignal.any([signal, failed.signal]));
    const iterator = generation.chunks[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done) throw new AppError("GENERATION_FAILED", `The generator "${name}" made no sound.`);
    const rest: AsyncIterable<typeof first.value> = { [Symbol.asyncIterator]: () => iterator };
    return {
      ...generation,
      chunks: (async function* () {
        try {
          yield first.value;
          yield* rest;
        } finally {
          await iterator.return?.();
        }
      })(),
    };
  } catch (err) {
    failed.abort(err);
    throw err;
  }
}

/** A generator that reports a longer wait is skipped, unless it is the last one. */
const waitSecondsMax = 60;
const healthMs = 2_000;

/**
 * Throws if the generator doesn't answer, or reports a longer wait than `waitSecondsMax`. A generator without `health`
 * is not checked. The check saves time: `start` itself would try to reach an unavailable generator until the time limit
 * for the first chunk.
 */
async function refuseAway(generator: Generator, signal: AbortSignal): Promise<void> {
  if (generator.health === undefined) return;
  const { etaSeconds } = await generator
    .health(AbortSignal.any([signal, AbortSignal.timeout(healthMs)]))
    .catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new AppError("GENERATION_FAILED", "The generator doesn't answer.", { cause });
    });
  if ((etaSeconds ?? 0) <= waitSecondsMax) return;
  const about = Math.ceil(etaSeconds ?? 0);
  throw new AppError(
    "GENERATION_FAILED",
    `The generator is backed up: it would begin in about ${about} seconds.`,
  );
}
