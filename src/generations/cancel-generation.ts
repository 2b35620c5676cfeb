// Stops a generation: what was made stays and plays. The worker learns of it by the closed stream.
import type { UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import { notFound } from "../errors.ts";
import { type ClosingDeps, closeStreamsSoon, promiseClosing } from "./close-streams-soon.ts";
import { activeStates } from "./generation-states.ts";

export interface CancelGenerationDeps extends ClosingDeps {
  readonly databases: OpenDatabases;
}

/** One that has ended already stays as it is. Missing or someone else's: NOT_FOUND. */
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
