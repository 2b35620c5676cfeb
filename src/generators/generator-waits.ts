// Estimates how long a new piece has to wait for its generator, based on the answers of generators on other machines.
import type { Business } from "../businesses/business.ts";
import { AppError } from "../errors.ts";
import type { Generator, GeneratorHealth } from "../ports/generator/generator.ts";

type WaitingBusiness = Pick<Business, "id" | "limits">;

export interface GeneratorWaits {
  /**
   * Returns the seconds until a new piece would begin: the shortest waiting time of the generators
   * that may make the piece. The waiting time of a generator is 0 if it is free or runs in Rondo itself.
   * Returns undefined if no generator reports a waiting time. `wanted` is the name of the requested
   * generator; null means any generator that the business is allowed to use.
   */
  secondsFor(business: WaitingBusiness, wanted: string | null): Promise<number | undefined>;
  /**
   * Throws UNAVAILABLE with Retry-After if a new piece would wait longer than `limitSeconds`. If
   * the waiting time is not known, does nothing.
   */
  refuseLong(business: WaitingBusiness, wanted: string | null): Promise<void>;
}

export interface GeneratorWaitsOptions {
  /** The generators by name. */
  readonly generators: ReadonlyMap<string, Pick<Generator, "health">>;
  readonly limitSeconds: number;
  /**
   * Returns the names of the generators for which a business has its own key or address. The estimate leaves these
   * generators out, because it is about the queue of the operator's key and address.
   */
  readonly ownOf?: (businessId: string) => Promise<{ has(name: string): boolean }>;
}

/** When the last answer is older than this, a new answer is requested in the background. */
const freshMs = 2_000;
/** If the last answer is older than this, a request waits for a new answer, but at most for `patienceMs`. */
const usableMs = 30_000;
/** How long a request waits for a new answer. Afterwards the old answer is used, if there is one. */
const patienceMs = 500;
const timeoutMs = 2_000;

export function createGeneratorWaits({
  generators,
  limitSeconds,
  ownOf,
}: GeneratorWaitsOptions): GeneratorWaits {
  const asked = new Map([...generators].map(([name, generator]) => [name, createHealthCache(generator)]));
  const secondsFor: GeneratorWaits["secondsFor"] = async ({ id, limits }, wanted) => {
    const names = wanted === null ? (limits.generators ?? [...asked.keys()]) : [wanted];
    const own = await ownOf?.(id);
    const waits = await Promise.all(
      names.flatMap((name) => (own?.has(name) ? [] : (asked.get(name)?.() ?? []))),
    );
    const known = waits.filter((seconds) => seconds !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  return {
    secondsFor,
    async refuseLong(business, wanted) {
      const seconds = await secondsFor(business, wanted);
      if (seconds === undefined || seconds <= limitSeconds) return;
      const about = Math.ceil(seconds);
      throw new AppError(
        "UNAVAILABLE",
        `The generator is backed up: a new piece would begin in about ${about} seconds.`,
        {
          hint: "Try again after the time in Retry-After, or name another generator.",
          // After this time, the estimated waiting time of a new piece is at most the limit.
          retryAfterSeconds: Math.max(1, about - limitSeconds),
          details: { etaSeconds: about },
        },
      );
    },
  };
}

/**
 * Returns a function that asks one generator for its waiting time and caches the answer. The function resolves with the
 * seconds, or with undefined if the generator reports no waiting time or does not answer. Only one call to the
 * generator runs at a time.
 */
function createHealthCache(generator: Pick<Generator, "health">): () => Promise<number | undefined> {
  let known: { readonly seconds: number | undefined; readonly atMs: number } | undefined;
  let asking: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    const seconds = await generator.health!(AbortSignal.timeout(timeoutMs)).then(secondsOf, () => undefined);
    known = { seconds, atMs: performance.now() };
    asking = undefined;
  };
  return async () => {
    // A generator without `health` runs in Rondo itself and has no queue of its own.
    if (generator.health === undefined) return 0;
    const ageMs = known === undefined ? Number.POSITIVE_INFINITY : performance.now() - known.atMs;
    if (ageMs > freshMs) asking ??= ask();
    if (ageMs > usableMs) await Promise.race([asking, pause(patienceMs)]);
    return known?.seconds;
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

const secondsOf = ({ status, free, etaSeconds }: GeneratorHealth): number | undefined => {
  if (status === "ready" && (free === undefined || free > 0)) return 0;
  return etaSeconds;
};
