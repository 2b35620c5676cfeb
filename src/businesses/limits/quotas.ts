// Defines quotas: how much a business, or one of its users, is allowed to use in a day and in a month (UTC).
import { z } from "zod";

export const metrics = ["generations", "seconds", "storedBytes", "servedBytes", "queries"] as const;
export type Metric = (typeof metrics)[number];
export type Period = "day" | "month";

/** null: no limit. */
const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().optional();
const limits = z.strictObject({ day: limit, month: limit });
const quota = z.strictObject(
  Object.fromEntries(metrics.map((metric) => [metric, limits.optional()])) as Record<
    Metric,
    z.ZodOptional<typeof limits>
  >,
);

/**
 * A change of quotas. Limits that are absent don't change.
 * - business: the limits of all users together.
 * - user: the limits of each user. If any limit of `guest` is set, the limits of `user` don't apply to guests.
 * - guest: the limits of each guest.
 */
export const quotaChangesSchema = z.strictObject({
  business: quota.optional(),
  user: quota.optional(),
  guest: quota.optional(),
});
/** The quotas that a business itself is allowed to change. */
export const ownQuotaChangesSchema = quotaChangesSchema.omit({ business: true });

export type Quotas = z.output<typeof quotaChangesSchema>;
export type QuotaOf = keyof Quotas;

export interface QuotaLimit {
  readonly metric: Metric;
  readonly per: Period;
  readonly limit: number;
}

/** Returns the limits that are set. */
export const limitsOf = (quotas: Quotas | undefined, of: QuotaOf): readonly QuotaLimit[] =>
  metrics.flatMap((metric) =>
    (["day", "month"] as const).flatMap((per) => {
      const most = quotas?.[of]?.[metric]?.[per];
      return most === undefined || most === null ? [] : [{ metric, per, limit: most }];
    }),
  );

/** Returns `stored` with the changes. A limit that is changed to null is removed. */
export function withQuotaChanges(stored: Quotas | undefined, changes: Quotas): Quotas {
  const changed: Record<string, Record<string, Record<string, number>>> = {};
  for (const whose of ["business", "user", "guest"] as const)
    for (const metric of metrics)
      for (const per of ["day", "month"] as const) {
        const change = changes[whose]?.[metric]?.[per];
        const most = change === undefined ? stored?.[whose]?.[metric]?.[per] : change;
        if (most === undefined || most === null) continue;
        changed[whose] ??= {};
        changed[whose][metric] = { ...changed[whose][metric], [per]: most };
      }
  return changed as Quotas;
}
