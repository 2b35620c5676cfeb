// Counts the generations of a business in a period, and measures how long they waited.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { GenerationState } from "../../businesses/tables/schema.ts";
import { firstIdAt } from "./first-id-at.ts";
import { type Percentiles, percentilesOf } from "./percentiles.ts";

export interface GenerationSummary {
  readonly states: Readonly<Record<GenerationState, number>>;
  /** The number of different users. */
  readonly users: number;
  /** The total length of the pieces that are complete. */
  readonly seconds: number;
  /** The most frequent reasons for failures: at most five, the most frequent first. */
  readonly failures: readonly { readonly code: string; readonly count: number }[];
  /**
   * How long a generation waited between its request and the start of its first run, in milliseconds. Null if none of
   * the generations has started.
   */
  readonly waitMs: Percentiles | null;
}

/** The maximum number of generations whose waits are measured. The newest generations are used. */
const measuredMax = 2_000;
const reasonsMax = 5;

/** Summarizes the generations that were requested at the instant `from` or later, and before the instant `to`. */
export function summarizeGenerations(
  { databases }: { readonly databases: Pick<OpenDatabases, "use"> },
  businessId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<GenerationSummary> {
  return databases.use(businessId, async ({ kysely }) => {
    const within = kysely
      .selectFrom("generations")
      .where("id", ">=", firstIdAt(from))
      .where("id", "<", firstIdAt(to));
    const rows = await within
      .select(["state", "reasonCode"])
      .select((eb) => [eb.fn.countAll().as("count"), eb.fn.sum("generatedMs").as("ms")])
      .groupBy(["state", "reasonCode"])
      .execute();
    const { users } = await within
      .select((eb) => eb.fn.count("userId").distinct().as("users"))
      .executeTakeFirstOrThrow();
    const started = await within
      .select(["createdAt", "startedAt"])
      .where("startedAt", "is not", null)
      .orderBy("id", "desc")
      .limit(measuredMax)
      .execute();
    const states = { queued: 0, running: 0, complete: 0, failed: 0, cancelled: 0 };
    for (const { state, count } of rows) states[state] += Number(count);
    const complete = rows.filter(({ state }) => state === "complete");
    return {
      states,
      users: Number(users),
      seconds: Math.round(complete.reduce((sum, { ms }) => sum + Number(ms ?? 0), 0) / 1_000),
      failures: rows
        .filter(({ state }) => state === "failed")
        .map(({ reasonCode, count }) => ({ code: reasonCode ?? "UNKNOWN", count: Number(count) }))
        .toSorted((one, other) => other.count - one.count)
        .slice(0, reasonsMax),
      waitMs: percentilesOf(
        started.map(({ createdAt, startedAt }) => Date.parse(startedAt!) - Date.parse(createdAt)),
      ),
    };
  });
}
