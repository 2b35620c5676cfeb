// Updates the row of a generation when a worker claims the generation, stores its plan, reports
// progress and completes the generation.
import type { Selectable } from "kysely";
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import type { PromisingTransaction } from "../businesses/outbox/promising.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { AppError } from "../errors.ts";
import type { GenerationPlan } from "../ports/generator/generator.ts";
import { isFinal } from "./generation-states.ts";

export type Claimed = Selectable<BusinessTables["generations"]> & {
  readonly spec: string | null;
  readonly instruction: string | null;
  readonly parentId: string | null;
  readonly parentSpec: string | null;
  readonly madeBy: string | null;
};

/**
 * Claims the generation under a new epoch, which prevents further writes of an earlier worker.
 * Returns the row with the new epoch, but with the state before the claim. An ended generation is
 * returned without a claim. Returns undefined for a missing generation.
 */
export function claimGeneration(database: BusinessDatabase, requestId: string): Promise<Claimed | undefined> {
  return database.transaction(async (trx) => {
    const row = await trx
      .selectFrom("generations as g")
      .innerJoin("versions as v", "v.id", "g.versionId")
      .leftJoin("versions as p", "p.id", "v.parentId")
      .selectAll("g")
      .select(["v.spec", "v.instruction", "v.parentId", "p.spec as parentSpec", "v.madeBy"])
      .where("g.id", "=", requestId)
      .executeTakeFirst();
    if (!row || isFinal(row.state)) return row;
    const epoch = row.epoch + 1;
    const startedAt = row.startedAt ?? new Date().toISOString();
    await trx
      .updateTable("generations")
      .set({ state: "running", epoch, startedAt })
      .where("id", "=", requestId)
      .execute();
    return { ...row, epoch, startedAt };
  });
}

/** Throws PRODUCER_FENCED if the generation is no longer running, or if another worker has claimed it. */
export async function savePlan(
  database: BusinessDatabase,
  claimed: Claimed,
  plan: GenerationPlan,
  madeBy: string,
): Promise<void> {
  const now = new Date().toISOString();
  const plannedMs = plan.isEndless === true ? null : plan.durationMs;
  await database.transaction(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("generations")
      .set({ plannedMs, plannedBytes: plan.plannedBytes ?? null })
      .where("id", "=", claimed.id)
      .where("epoch", "=", claimed.epoch)
      .where("state", "=", "running")
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw noLongerOurs();
    await trx
      .updateTable("versions")
      .set({
        spec: JSON.stringify(plan.spec),
        durationMs: plannedMs,
        audioBytes: plan.plannedBytes ?? null,
        madeBy,
        updatedAt: now,
      })
      .where("id", "=", claimed.versionId)
      .execute();
    // Only the first run sets the title: an earlier run that stored a planned length has set it already. The title is
    // not set if a user has changed the track since its creation.
    if (claimed.plannedMs === null) {
      await trx
        .updateTable("tracks")
        .set({ title: plan.title })
        .where("id", "=", claimed.trackId)
        .where("updatedAt", "=", claimed.createdAt)
        .execute();
    }
  });
}

/** Throws PRODUCER_FENCED if the generation is no longer running, or if another worker has claimed it. */
export async function saveProgress(
  database: BusinessDatabase,
  claimed: Claimed,
  generatedMs: number,
): Promise<void> {
  const saved = await database.kysely
    .updateTable("generations")
    .set({ generatedMs })
    .where("id", "=", claimed.id)
    .where("epoch", "=", claimed.epoch)
    .where("state", "=", "running")
    .executeTakeFirst();
  if (saved.numUpdatedRows === 0n) throw noLongerOurs();
}

/**
 * Completes the generation. `along` runs in the same transaction. If `along` throws an error, nothing
 * is stored, and `saveCompletion` throws the same error. Throws PRODUCER_FENCED if the generation is no
 * longer running, or if another worker has claimed it.
 */
export async function saveCompletion(
  database: BusinessDatabase,
  claimed: Claimed,
  made: { readonly generatedMs: number; readonly audioBytes: number; readonly peaks: string },
  along: (trx: PromisingTransaction) => Promise<void>,
): Promise<void> {
  const now = new Date().toISOString();
  await database.promising(["generations", "tiers"], async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("generations")
      .set({ state: "complete", generatedMs: made.generatedMs, finishedAt: now })
      .where("id", "=", claimed.id)
      .where("epoch", "=", claimed.epoch)
      .where("state", "=", "running")
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw noLongerOurs();
    await trx
      .updateTable("versions")
      .set({ audioBytes: made.audioBytes, durationMs: made.generatedMs, peaks: made.peaks, updatedAt: now })
      .where("id", "=", claimed.versionId)
      .execute();
    await along(trx);
  });
}

export const noLongerOurs = () =>
  new AppError("PRODUCER_FENCED", "The generation was stopped, or another worker has claimed it.");
