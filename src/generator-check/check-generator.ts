// Checks case by case, over HTTP, whether a generator fulfils the contract in docs/generators.md.
import { isAppError } from "../errors.ts";
import { allCases } from "./cases/all-cases.ts";
import type { CheckCase } from "./check-case.ts";
import { type CheckContext, createContext } from "./context.ts";
import { createDocumentReceiver } from "./document-receiver.ts";
import { createFarSide } from "./far-side.ts";
import { Mismatch, SkipCase } from "./mismatch.ts";
import type { Outcome } from "./outcome.ts";
import { createStreamReceiver, type ListenOptions } from "./stream-receiver.ts";
import { deliveries, type Delivery } from "./wire.ts";

export interface CheckOptions {
  /** The address of the generator, such as "http://127.0.0.1:8008". */
  readonly url: string;
  /** The secret that signs the calls. Without it, the cases for signatures are skipped. */
  readonly secret?: string | undefined;
  /**
   * The ways of delivery to check. Defaults to all three: in the response body, by stream and by
   * MongoDB.
   */
  readonly deliveries?: readonly Delivery[];
  /**
   * The URL of a MongoDB that this process and the generator can both reach. Without it, the cases
   * for the delivery by MongoDB are skipped.
   */
  readonly mongodbUrl?: string | undefined;
  /**
   * The address at which the check receives the chunks that the generator sends. Defaults to a free
   * port of 127.0.0.1.
   */
  readonly listen?: ListenOptions;
  /** Checks only the cases whose ids begin with one of these strings. */
  readonly only?: readonly string[];
  /** The length in seconds of the requested pieces, except in cases that need a special length. Defaults to 10. */
  readonly seconds?: number;
  /**
   * The time limit of a case and of each call. Defaults to 60. A wait within a case ends after 80 %
   * of this time.
   */
  readonly timeoutSeconds?: number;
  /** Is called after each case with the outcome of the case. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

/**
 * Runs the cases one after another and returns their outcomes. A failed case is an outcome and not
 * an error. Throws UNAVAILABLE if no server answers at the address of the generator, or if the
 * MongoDB does not answer or refuses to create a database. If the check can't listen at the address
 * of `listen`, throws the system's error, such as EADDRINUSE.
 */
export async function checkGenerator(options: CheckOptions): Promise<readonly Outcome[]> {
  const timeoutMs = (options.timeoutSeconds ?? 60) * 1000;
  const far = createFarSide({ url: options.url, secret: options.secret, timeoutMs });
  // If the generator can't be reached, this call throws one error. Without the call, every case would fail.
  await far.call("GET", "/health");
  const wanted = options.deliveries ?? deliveries;
  await using streams = await createStreamReceiver(options.listen ?? { host: "127.0.0.1", port: 0 });
  const { mongodbUrl } = options;
  await using documents = mongodbUrl === undefined ? undefined : await createDocumentReceiver(mongodbUrl);
  const ctx = createContext({
    far,
    streams,
    documents,
    deliveries: wanted,
    seconds: options.seconds ?? 10,
    // A wait ends before the time limit of its case, so that the failure can say which event did not happen.
    timeoutMs: timeoutMs * 0.8,
  });
  const outcomes: Outcome[] = [];
  for (const check of casesOf(options.only)) {
    const outcome = await runCase(check, ctx, { wanted, timeoutMs });
    options.onOutcome?.(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

export const casesOf = (only: readonly string[] = []): readonly CheckCase[] =>
  only.length === 0 ? allCases : allCases.filter(({ id }) => only.some((start) => id.startsWith(start)));

interface RunOptions {
  readonly wanted: readonly Delivery[];
  readonly timeoutMs: number;
}

async function runCase(
  check: CheckCase,
  ctx: CheckContext,
  { wanted, timeoutMs }: RunOptions,
): Promise<Outcome> {
  const begun = performance.now();
  const secondsSince = () => (performance.now() - begun) / 1000;
  try {
    await skipOtherDeliveries(check, ctx, wanted);
    await withinTime(check.run(ctx), timeoutMs);
    return { check, state: "passed", seconds: secondsSince() };
  } catch (err) {
    const seconds = secondsSince();
    if (err instanceof SkipCase) return { check, state: "skipped", reason: err.message, seconds };
    if (err instanceof Mismatch)
      return { check, state: "failed", expected: err.expected, observed: err.observed, seconds };
    return { check, state: "failed", expected: check.title, observed: sentenceOf(err), seconds };
  } finally {
    await ctx.endCase();
  }
}

async function skipOtherDeliveries({ delivery }: CheckCase, ctx: CheckContext, wanted: readonly Delivery[]) {
  if (delivery === undefined) return;
  if (!wanted.includes(delivery)) throw new SkipCase("The option --delivery excludes this case.");
  if (!(await ctx.capabilities()).delivery.includes(delivery))
    throw new SkipCase(`The generator doesn't offer the delivery "${delivery}".`);
}

async function withinTime(running: Promise<void>, timeoutMs: number): Promise<void> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => limit.reject(new Mismatch(`the case ends within ${timeoutMs / 1000} s`, "it did not end")),
    timeoutMs,
  );
  try {
    await Promise.race([running, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const sentenceOf = (err: unknown): string =>
  isAppError(err) ? err.publicMessage : err instanceof Error ? `${err.name}: ${err.message}` : String(err);
