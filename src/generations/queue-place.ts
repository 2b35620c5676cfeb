// The place of a queued generation and its estimated wait: users take turns, so generations with an earlier turn count.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";

export interface QueuePlace {
  /** The place in the queue of its business; 1 is the next one. */
  readonly place: number;
  /** The estimated seconds until its first sound, from the number of recent starts. */
  readonly seconds: number;
}

const lookBackMs = 30_000;

/** Undefined for a generation that is not queued. */
export async function findQueuePlace(
  { kysely }: BusinessDatabase,
  generationId: string,
): Promise<QueuePlace | undefined> {
  const rows = await kysely
    .selectFrom("generations as g")
    .leftJoin("generationOrigins as o", "o.generationId", "g.id")
    .select(["g.id", "g.userId", "g.createdAt", "o.address"])
    .where("g.state", "=", "queued")
    .orderBy("g.createdAt")
    .orderBy("g.id")
    .execute();
  const counts = new Map<string, number>();
  const waiting = rows.map(({ id, userId, address, createdAt }) => {
    const owner = address ?? userId;
    const turn = (counts.get(owner) ?? 0) + 1;
    counts.set(owner, turn);
    return { id, createdAt, turn };
  });
  const at = waiting.findIndex(({ id }) => id === generationId);
  const mine = waiting[at];
  if (!mine) return undefined;
  const place =
    waiting.filter(({ turn }, index) => turn < mine.turn || (turn === mine.turn && index < at)).length + 1;
  const windowMs = Math.min(
    lookBackMs,
    Math.max(1_000, Date.now() - Date.parse(waiting[0]?.createdAt ?? mine.createdAt)),
  );
  const { begun } = await kysely
    .selectFrom("generations")
    .select((eb) => eb.fn.countAll<number | string>().as("begun"))
    .where("state", "=", "running")
    .where("startedAt", ">", new Date(Date.now() - windowMs).toISOString())
    .executeTakeFirstOrThrow();
  return { place, seconds: Math.ceil((place * windowMs) / 1_000 / Math.max(1, Number(begun))) };
}
