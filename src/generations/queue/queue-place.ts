// Calculates the queue positions of generations and their estimated waits. Users take turns: the first waiting
// generation of each user comes before the second waiting generation of any user. All guests at one
// network address count as one user.
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import type { GenerationState } from "../../businesses/tables/schema.ts";

export interface QueuePlace {
  /** The position in the queue of the business. The next generation to start has position 1. */
  readonly place: number;
  /**
   * The estimated seconds until the generation starts, rounded up. The estimate assumes that the generations of the
   * business continue to start as often as in the last 30 seconds.
   */
  readonly seconds: number;
}

const lookBackMs = 30_000;

/**
 * To find out how many generations have started recently, the generations that were requested last are examined: at most
 * this many in each state.
 */
const examinedMax = 500;

/** Returns undefined for a generation that is not queued. */
export async function findQueuePlace(
  database: BusinessDatabase,
  generationId: string,
): Promise<QueuePlace | undefined> {
  return (await findQueuePlaces(database)).get(generationId);
}

/** Returns the positions of all queued generations of the business by id, in the order of the queue. */
export async function findQueuePlaces({
  kysely,
}: BusinessDatabase): Promise<ReadonlyMap<string, QueuePlace>> {
  const rows = await kysely
    .selectFrom("generations as g")
    .leftJoin("generationOrigins as o", "o.generationId", "g.id")
    .select(["g.id", "g.userId", "g.createdAt", "o.address"])
    .where("g.state", "=", "queued")
    .orderBy("g.createdAt")
    .orderBy("g.id")
    .execute();
  const [oldest] = rows;
  if (!oldest) return new Map();
  const counts = new Map<string, number>();
  const waiting = rows.map(({ id, userId, address }) => {
    const owner = address ?? userId;
    const turn = (counts.get(owner) ?? 0) + 1;
    counts.set(owner, turn);
    return { id, turn };
  });
  // The sort is stable. So among the generations with the same turn, the oldest is first.
  waiting.sort((one, other) => one.turn - other.turn);
  const windowMs = Math.min(lookBackMs, Math.max(1_000, Date.now() - Date.parse(oldest.createdAt)));
  const begun = await countStarts(kysely, new Date(Date.now() - windowMs).toISOString());
  const secondsEach = windowMs / 1_000 / Math.max(1, begun);
  return new Map(
    waiting.map(({ id }, index) => [id, { place: index + 1, seconds: Math.ceil((index + 1) * secondsEach) }]),
  );
}

/** Counts the examined generations that have started since the given time, even if they have already ended. */
async function countStarts(kysely: BusinessDatabase["kysely"], since: string): Promise<number> {
  const counts = await Promise.all(
    (["running", "complete", "failed", "cancelled"] as const).map((state) =>
      kysely
        .selectFrom(latestOf(kysely, state).as("latest"))
        .select((eb) => eb.fn.countAll<number | string>().as("started"))
        .where("startedAt", ">", since)
        .executeTakeFirstOrThrow(),
    ),
  );
  return counts.reduce((sum, { started }) => sum + Number(started), 0);
}

/**
 * Selects the start times of the last requested generations in a state, at most `examinedMax`. The index by state and
 * `createdAt` has this order, so no other rows are read.
 */
export const latestOf = (kysely: BusinessDatabase["kysely"], state: GenerationState) =>
  kysely
    .selectFrom("generations")
    .select("startedAt")
    .where("state", "=", state)
    .orderBy("createdAt", "desc")
    .limit(examinedMax);
