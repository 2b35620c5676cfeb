// How long a new piece would wait for its generator, by what the generators on other machines say of themselves.
import type { Business } from "../businesses/business.ts";
import { AppError } from "../errors.ts";
import type { Generator, GeneratorHealth } from "../ports/generator/generator.ts";

export interface GeneratorWaits {
  /** Seconds until a new piece would begin; 0 where a generator is free; undefined where none of them says. */
  secondsFor(business: Pick<Business, "limits">, wanted: string | null): Promise<number | undefined>;
  /** Throws UNAVAILABLE with Retry-After where a new piece would wait longer than the limit. */
  refuseLong(business: Pick<Business, "limits">, wanted: string | null): Promise<void>;
}

export interface GeneratorWaitsOptions {
  /** By their names, in their order. */
  readonly generators: ReadonlyMap<string, Pick<Generator, "health">>;
  readonly limitSeconds: number;
}

/** An answer is asked for again after this time, in the background. */
const freshMs = 2_000;
/** An older answer is not used. */
const usableMs = 30_000;
/** A request waits this long for the first answer. */
const patienceMs = 500;
const timeoutMs = 2_000;

export function createGeneratorWaits({ generators, limitSeconds }: GeneratorWaitsOptions): GeneratorWaits {
  const asked = new Map([...generators].map(([name, generator]) => [name, createHealthCache(generator)]));
  const secondsFor: GeneratorWaits["secondsFor"] = async ({ limits }, wanted) => {
    const names = wanted === null ? (limits.generators ?? [...asked.keys()]) : [wanted];
    const waits = await Promise.all(names.flatMap((name) => asked.get(name)?.() ?? []));
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
          // By then the wait is short enough to be accepted.
          retryAfterSeconds: Math.max(1, about - limitSeconds),
          details: { etaSeconds: about },
        },
      );
    },
  };
}

/** The seconds that one generator says; undefined where it says nothing, or can't be asked. One call at a time. */
function createHealthCache(generator: Pick<Generator, "health">): () => Promise<number | undefined> {
  let known: { readonly seconds: number | undefined; readonly atMs: number } | undefined;
  let asking: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    const seconds = await generator.health!(AbortSignal.timeout(timeoutMs)).then(secondsOf, () => undefined);
    known = { seconds, atMs: performance.now() };
    asking = undefined;
  };
  return async () => {
    // In this process there is no queue of another one.
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
