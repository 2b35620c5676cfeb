// Returns how much of each quota is used and when its next period starts, for a user or for the business.
import type { BusinessCaller, UserCaller } from "../accounts/caller.ts";
import type { Business } from "../businesses/business.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { limitsOf, type Metric, type Period } from "../businesses/limits/quotas.ts";
import { reservedSeconds, usedOf } from "./count-generation.ts";
import { spanOf } from "./periods.ts";
import { everyoneId, sumCounts } from "./usage-counts.ts";

export interface QuotaState {
  readonly of: "business" | "user";
  readonly metric: Metric;
  readonly per: Period;
  readonly limit: number;
  readonly used: number;
  readonly left: number;
  readonly resetsAt: string;
}

/**
 * Returns one state for each limit that is set. A user gets the quotas per user. A guest gets the
 * quotas for guests instead, if the business has set any. A business key gets the quotas of the
 * business. The used seconds include the requested durations of queued and running generations.
 */
export function readLimits(
  { databases }: { readonly databases: OpenDatabases },
  business: Business,
  caller: UserCaller | BusinessCaller,
  nowMs = Date.now(),
): Promise<readonly QuotaState[]> {
  const { quotas } = business.limits;
  return databases.use(business.id, (database) =>
    database.transaction(async (trx) => {
      const userId = caller.kind === "user" ? caller.userId : null;
      const user =
        userId === null
          ? undefined
          : await trx.selectFrom("users").select("kind").where("id", "=", userId).executeTakeFirst();
      const isGuest = user?.kind === "guest" && quotas?.guest !== undefined;
      const of = userId === null ? "business" : isGuest ? "guest" : "user";
      const states: QuotaState[] = [];
      for (const { metric, per, limit } of limitsOf(quotas, of)) {
        const span = spanOf(per, nowMs);
        const counts = await sumCounts(trx, userId ?? everyoneId, span);
        const reserved = metric === "seconds" ? await reservedSeconds(trx, userId) : 0;
        const used = Math.round(usedOf(counts, metric) + reserved);
        const left = Math.max(0, limit - used);
        const { resetsAt } = span;
        states.push({ of: userId === null ? "business" : "user", metric, per, limit, used, left, resetsAt });
      }
      return states;
    }),
  );
}
