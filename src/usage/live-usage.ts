// Counts queries and served bytes in memory. Adds the counts to the database of the business every
// few seconds, or less often (see `flushDue`). A crash loses the counts that were not yet stored.
import type { BusinessCaller, UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { limitsOf, type Quotas } from "../businesses/limits/quotas.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { Log } from "../process/log.ts";
import { dayOf, spanOf } from "./periods.ts";
import { promiseReached, quotaReached, type Reached } from "./quota-reached.ts";
import { addCounts, businessId as businessItself, everyoneId, sumCounts } from "./usage-counts.ts";

export interface LiveUsage {
  /** Counts a query. Throws QUOTA_REACHED if a quota of queries was reached when the counts were last stored. */
  countQuery(caller: UserCaller | BusinessCaller): void;
  /**
   * Throws QUOTA_REACHED if a quota of served bytes was reached when the counts were last stored. Without a user, only
   * the quotas of the business apply.
   */
  refuseServing(businessId: string, userId?: string): void;
  countServed(businessId: string, userId: string | undefined, bytes: number): void;
  /**
   * Stores all counts. Never rejects: an error is logged, and the counts wait for the next attempt,
   * unless there are too many of them (see `usersMax`).
   */
  flush(): Promise<void>;
  /**
   * Stores the counts that are due. Each commit to the database of a business invalidates the business's cached
   * responses. So if the database has not changed since the counts were last stored, the counts wait for up to a
   * minute. They don't wait if a quota limits the queries or the served bytes of the business, or if the database can't
   * tell whether it has changed (`changeMark()` returns undefined).
   */
  flushDue(): Promise<void>;
  /**
   * Stops the timer that stores counts, and stores all counts a last time. If this last attempt fails,
   * the counts are lost.
   */
  close(): Promise<void>;
}

export interface LiveUsageDeps {
  readonly databases: OpenDatabases;
  readonly registry: Pick<BusinessRegistry, "findById">;
  readonly log: Pick<Log, "warn">;
}

type LiveMetric = "queries" | "servedBytes";
interface Live {
  queries: number;
  servedBytes: number;
}
interface OfBusiness {
  readonly users: Map<string, Live>;
  /**
   * The quotas that are used up. The key is the metric, a space, and the user's id, which is empty for a quota of the
   * business.
   */
  readonly refusals: Map<string, { readonly untilMs: number; readonly reached: Reached }>;
  /** Whether a call was refused since the last flush. If so, the next flush checks whether the quota has changed. */
  wasRefused: boolean;
  /** The time at which the counts were last stored, as performance.now(). */
  storedAtMs: number;
  /** The database's `changeMark()` when the counts were last stored. The mark changes with every commit. */
  mark: number | undefined;
}

const usualEveryMs = 5_000;
const unchangedMs = 60_000;
/**
 * If the counts of a business can't be stored, they wait in memory for the next attempt. But if more than this number
 * of users of the business have waiting counts, the counts of the failed attempt are dropped.
 */
const usersMax = 100_000;

export function createLiveUsage(deps: LiveUsageDeps, everyMs = usualEveryMs): LiveUsage {
  const businesses = new Map<string, OfBusiness>();
  let flushing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => void flushDue(), everyMs);
  timer.unref();

  function find(id: string): OfBusiness {
    const known = businesses.get(id);
    if (known !== undefined) return known;
    const created: OfBusiness = {
      ...{ users: new Map(), refusals: new Map(), wasRefused: false },
      ...{ storedAtMs: Number.NEGATIVE_INFINITY, mark: undefined },
    };
    businesses.set(id, created);
    return created;
  }

  function countsOf({ users }: OfBusiness, userId: string): Live {
    const known = users.get(userId);
    if (known !== undefined) return known;
    const created = { queries: 0, servedBytes: 0 };
    users.set(userId, created);
    return created;
  }

  function refuse(business: OfBusiness, metric: LiveMetric, userId: string): void {
    const { refusals } = business;
    if (refusals.size === 0) return;
    for (const key of [`${metric} `, `${metric} ${userId}`]) {
      const refusal = refusals.get(key);
      if (refusal === undefined) continue;
      if (refusal.untilMs <= Date.now()) {
        refusals.delete(key);
        continue;
      }
      business.wasRefused = true;
      throw quotaReached(refusal.reached, 1, Date.now());
    }
  }

  const flush = (): Promise<void> => flushEach(async () => true);
  const flushDue = (): Promise<void> => flushEach(isDue);

  function flushEach(isWanted: typeof isDue): Promise<void> {
    flushing = flushing.then(async () => {
      for (const [id, counted] of businesses) {
        if (counted.users.size > 0 || counted.wasRefused) {
          if (await isWanted(id, counted)) await flushOne(id, counted);
        } else if (counted.refusals.size === 0 && !isRecent(counted)) businesses.delete(id);
      }
    });
    return flushing;
  }

  const isRecent = ({ storedAtMs }: OfBusiness): boolean => performance.now() - storedAtMs < unchangedMs;

  async function isDue(id: string, counted: OfBusiness): Promise<boolean> {
    if (counted.mark === undefined || !isRecent(counted)) return true;
    try {
      const business = await deps.registry.findById(id);
      if (hasLiveLimits(business?.limits.quotas)) return true;
      return (await deps.databases.use(id, (database) => database.changeMark())) !== counted.mark;
    } catch {
      // The error is ignored here, because storing the counts reports the same error.
      return true;
    }
  }

  async function flushOne(id: string, counted: OfBusiness): Promise<void> {
    const taken = new Map(counted.users);
    counted.users.clear();
    counted.wasRefused = false;
    // A refused call isn't counted, so a user whose calls were all refused is not in `taken`. `store` checks only the
    // quotas of users in `taken`. So such a user is added with zero counts, and `store` checks whether the quota still
    // applies.
    for (const { reached } of counted.refusals.values())
      if (reached.userId !== null && !taken.has(reached.userId))
        taken.set(reached.userId, { queries: 0, servedBytes: 0 });
    try {
      const business = await deps.registry.findById(id);
      if (business === undefined) return;
      const { reached, mark } = await store(deps.databases, id, taken, business.limits.quotas);
      Object.assign(counted, { mark, storedAtMs: performance.now() });
      counted.refusals.clear();
      for (const one of reached) {
        const untilMs = Date.parse(spanOf(one.per, Date.now()).resetsAt);
        counted.refusals.set(`${one.metric} ${one.userId ?? ""}`, { untilMs, reached: one });
      }
    } catch (err) {
      deps.log.warn({ err, businessId: id }, "usage could not be stored");
      if (counted.users.size + taken.size > usersMax) return;
      for (const [userId, { queries, servedBytes }] of taken) {
        const live = countsOf(counted, userId);
        live.queries += queries;
        live.servedBytes += servedBytes;
      }
    }
  }

  return {
    countQuery(caller) {
      const business = find(caller.businessId);
      const userId = caller.kind === "user" ? caller.userId : businessItself;
      refuse(business, "queries", userId);
      countsOf(business, userId).queries += 1;
    },
    refuseServing: (id, userId = businessItself) => refuse(find(id), "servedBytes", userId),
    countServed(id, userId = businessItself, bytes) {
      countsOf(find(id), userId).servedBytes += bytes;
    },
    flush,
    flushDue,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

/** Whether any quota limits queries or served bytes. */
const hasLiveLimits = (quotas: Quotas | undefined): boolean =>
  [...limitsOf(quotas, "business"), ...limitsOf(quotas, "user"), ...limitsOf(quotas, "guest")].some(
    ({ metric }) => metric === "queries" || metric === "servedBytes",
  );

interface Stored {
  /** The used-up quotas of the business, and of the users in `counts`, including users with zero counts. */
  readonly reached: readonly Reached[];
  /** The result of the database's `changeMark()` after the counts were stored. */
  readonly mark: number | undefined;
}

/** Adds the counts to the database of the business. Also stores an event for each used-up quota. */
function store(
  databases: OpenDatabases,
  businessId: string,
  counts: ReadonlyMap<string, Live>,
  quotas: Quotas | undefined,
): Promise<Stored> {
  const nowMs = Date.now();
  const hasLimits = hasLiveLimits(quotas);
  return databases.use(businessId, async (database) => {
    const work = async (trx: Parameters<typeof addCounts>[0]): Promise<readonly Reached[]> => {
      for (const [userId, more] of counts)
        if (more.queries + more.servedBytes > 0)
          await addCounts(trx, { userId, day: dayOf(nowMs) }, { ...more });
      return hasLimits ? reachedIn(trx, [...counts.keys()], quotas, nowMs) : [];
    };
    const reached = hasLimits
      ? await database.promising(["generations"], async (trx) => {
          const found = await work(trx);
          for (const one of found) await promiseReached(trx, businessId, one, nowMs);
          return found;
        })
      : await database.transaction(work);
    return { reached, mark: database.changeMark() };
  });
}

async function reachedIn(
  trx: Parameters<typeof addCounts>[0],
  userIds: readonly string[],
  quotas: Quotas | undefined,
  nowMs: number,
): Promise<readonly Reached[]> {
  const guests =
    quotas?.guest === undefined
      ? []
      : await trx
          .selectFrom("users")
          .select("id")
          .where("id", "in", userIds)
          .where("kind", "=", "guest")
          .execute();
  const isGuest = new Set(guests.map(({ id }) => id));
  const found: Reached[] = [];
  for (const userId of [null, ...userIds.filter((id) => id !== businessItself)]) {
    const of = userId === null ? "business" : isGuest.has(userId) ? "guest" : "user";
    for (const limit of limitsOf(quotas, of)) {
      if (limit.metric !== "queries" && limit.metric !== "servedBytes") continue;
      const used = (await sumCounts(trx, userId ?? everyoneId, spanOf(limit.per, nowMs)))[limit.metric];
      if (used >= limit.limit)
        found.push({ ...limit, of: userId === null ? "business" : "user", userId, used });
    }
  }
  return found;
}
