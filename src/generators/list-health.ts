// Asks every generator for its state and lists the states for the operator.
import { isAppError } from "../errors.ts";
import type { Generator, GeneratorHealth } from "../ports/generator/generator.ts";

export interface ListedHealth {
  readonly name: string;
  /**
   * "local": the generator runs in the worker. "failed": the generator could not be reached, or did not answer as
   * expected.
   */
  readonly status: GeneratorHealth["status"] | "local" | "failed";
  readonly free: number | null;
  readonly slots: number | null;
  readonly queued: number | null;
  readonly etaSeconds: number | null;
  /** The reason for "failed". Null for any other status. */
  readonly reason: string | null;
}

const timeoutMs = 3_000;
const unknown = { free: null, slots: null, queued: null, etaSeconds: null, reason: null };

/**
 * Returns the states of all generators. All generators are asked at the same time. After three
 * seconds the requests are aborted. A generator that fails is listed as "failed", so the returned
 * promise never rejects.
 */
export const listHealth = (
  generators: ReadonlyMap<string, Pick<Generator, "health">>,
): Promise<readonly ListedHealth[]> =>
  Promise.all([...generators].map(([name, generator]) => healthOf(name, generator)));

async function healthOf(name: string, generator: Pick<Generator, "health">): Promise<ListedHealth> {
  if (generator.health === undefined) return { name, status: "local", ...unknown };
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const { status, ...rest } = await generator.health(late);
    const { free = null, slots = null, queued = null, etaSeconds = null } = rest;
    return { name, status, free, slots, queued, etaSeconds, reason: null };
  } catch (err) {
    const reason = isAppError(err, "UNAVAILABLE", "GENERATION_FAILED")
      ? err.publicMessage
      : `It did not answer ${late.aborted ? "in time" : "as expected"}.`;
    return { name, status: "failed", ...unknown, reason };
  }
}
