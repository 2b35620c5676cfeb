// Cancels a generation: the finished part stays and can be played. The worker notices the closed
// stream.
import type { UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import { notFound } from "../errors.ts";
import { type ClosingDeps, closeStreamsSoon, promiseClosing } from "./close-streams-soon.ts";
import { activeStates } from "./generation-states.ts";

export interface CancelGenerationDeps extends ClosingDeps {
  readonly databases: OpenDatabases;
}

/** A generation that has ended stays unchanged. Missing or another user's: NOT_FOUND. */
export async function cancelGeneration(
  deps: CancelGenerationDeps,
  caller: UserCaller,
  requestId: string,
): Promise<void> {
  const { businessId, userId } = caller;
  await deps.databases.use(businessId, async (database) => {
    const ended = await database.promising(["generations"], async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable("generations")
        .set({ state: "cancelled", finishedAt: new Date().toISOString() })
        .where("id", "=", requestId)
        .where("userId", "=", userId)
        .where("state", "in", activeStates)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) await promiseClosing(trx, businessId, requestId);
      return trx
        .selectFrom("generations")
        .select(["id", "versionId", "state", "reasonCode", "reason", "generatedMs"])
        .where("id", "=", requestId)
        .where("userId", "=", userId)
        .executeTakeFirst();
    });
    if (!ended) throw notFound("generation");
    await closeStreamsSoon(deps, database, businessId, [ended]);
  });
}
