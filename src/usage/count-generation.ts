// Counts a generation in the transaction that requests it, and in the transaction that ends it. Refuses a request
// that would exceed a quota.
import { limitsOf, type Metric, type QuotaLimit, type Quotas } from "../businesses/limits/quotas.ts";
import type { PromisingTransaction } from "../businesses/outbox/promising.ts";
import type { GenerationState } from "../businesses/tables/schema.ts";
import { dayOf, spanOf } from "./periods.ts";
import { promiseReached, quotaReached, type Reached } from "./quota-reached.ts";
import { addCounts, type Counts, everyoneId, sumCounts } from "./usage-counts.ts";

const activeStates: readonly GenerationState[] = ["queued", "running"];

export interface RequestedGeneration {
  readonly businessId: string;
  readonly userId: string;
  readonly isGuest: boolean;
  readonly durationSeconds: number;
  readonly quotas: Quotas | undefined;
}

/**
 * Counts a requested generation, and stores an event for each quota that the generation uses up.
 * Call this function before you insert the row of the generation. This function adds the seconds of
 * the generation to the seconds that all stored rows have reserved. If the row of the generation were
 * already stored, its seconds would count twice. If the request exceeds a quota, throws QUOTA_REACHED. The caller
 * must then roll the transaction back, so that nothing is counted.
 */
export async function countRequested(
  trx: PromisingTransaction,
  requested: RequestedGeneration,
  nowMs: number,
): Promise<void> {
  const { businessId, userId, quotas, isGuest } = requested;
  await addCounts(trx, { userId, day: dayOf(nowMs) }, { generations: 1 });
  await refuseAbove(trx, requested, { of: "business", userId: null }, limitsOf(quotas, "business"), nowMs);
  const ofUser = isGuest && quotas?.guest !== undefined ? "guest" : "user";
  await refuseAbove(trx, requested, { of: "user", userId }, limitsOf(quotas, ofUser), nowMs);

  async function refuseAbove(...[, , whose, limits]: Parameters<typeof refuse>): Promise<void> {
    const reached = await refuse(trx, requested, whose, limits, nowMs);
    for (const one of reached) await promiseReached(trx, businessId, one, nowMs);
  }
}

type Whose = Pick<Reached, "of" | "userId">;

/**
 * Throws QUOTA_REACHED if the generation would exceed a quota. Returns the quotas of the metric
 * "generations" that are used up after this generation. A quota of seconds or bytes is not returned, because
 * the generation uses seconds and bytes only when it ends.
 */
async function refuse(
  trx: PromisingTransaction,
  { durationSeconds }: RequestedGeneration,
  whose: Whose,
  limits: readonly QuotaLimit[],
  nowMs: number,
): Promise<readonly Reached[]> {
  const reached: Reached[] = [];
  for (const limit of limits) {
    if (limit.metric === "queries" || limit.metric === "servedBytes") continue;
    const counts = await sumCounts(trx, whose.userId ?? everyoneId, spanOf(limit.per, nowMs));
    const reserved = limit.metric === "seconds" ? await reservedSeconds(trx, whose.userId) : 0;
    const used = usedOf(counts, limit.metric) - (limit.metric === "generations" ? 1 : 0) + reserved;
    const asked = { generations: 1, seconds: durationSeconds, storedBytes: 1 }[limit.metric];
    if (used + asked > limit.limit) throw quotaReached({ ...limit, ...whose, used }, asked, nowMs);
    if (limit.metric === "generations" && used + asked === limit.limit)
      reached.push({ ...limit, ...whose, used: used + asked });
  }
  return reached;
}

export const usedOf = (counts: Counts, metric: Metric): number =>
  metric === "seconds" ? counts.soundMs / 1000 : counts[metric];

/**
 * Returns how many seconds of music the queued and running generations have requested in total. If `userId` is null,
 * the generations of all users are included; otherwise only the generations of this user.
 */
export async function reservedSeconds(
  trx: Pick<PromisingTransaction, "selectFrom">,
  userId: string | null,
): Promise<number> {
  let active = trx
    .selectFrom("generations")
    .select((eb) => eb.fn.sum<number | string | null>("durationSeconds").as("seconds"))
    .where("state", "in", activeStates);
  if (userId !== null) active = active.where("userId", "=", userId);
  return Number((await active.executeTakeFirstOrThrow()).seconds ?? 0);
}

/**
 * Adds what a generation produced to the counts of the day on which it was requested. Call this function once, in the
 * transaction that ends the generation. Sound is always counted, and bytes only if the generation is complete. If the
 * generation failed, 1 is subtracted from the number of generations, which `countRequested` increased.
 */
export function countEnded(
  trx: PromisingTransaction,
  ended: {
    readonly userId: string;
    readonly createdAt: string;
    readonly state: GenerationState;
    readonly soundMs: number;
    readonly bytes: number;
  },
): Promise<void> {
  const { userId, createdAt, state, soundMs, bytes } = ended;
  return addCounts(
    trx,
    { userId, day: dayOf(createdAt) },
    {
      generations: state === "failed" ? -1 : 0,
      soundMs,
      storedBytes: state === "complete" ? bytes : 0,
    },
  );
}
