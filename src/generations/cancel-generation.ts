// Stops a generation: what was made stays and plays. The worker learns of it by the closed stream.
import type { UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import { notFound } from "../errors.ts";
import { type EndingStreams, endGeneration } from "./finish-generation.ts";

export interface CancelGenerationDeps extends EndingStreams {
  readonly databases: OpenDatabases;
}

/** One that has ended already stays as it is. Missing or someone else's: NOT_FOUND. */
export async function cancelGeneration(
  deps: CancelGenerationDeps,
  caller: UserCaller,
  requestId: string,
): Promise<void> {
  await deps.databases.use(caller.businessId, async (database) => {
    const row = await database.kysely
      .selectFrom("generations")
      .select("id")
      .where("id", "=", requestId)
      .where("userId", "=", caller.userId)
      .executeTakeFirst();
    if (!row) throw notFound("generation");
    await endGeneration(deps, database, caller.businessId, row.id, { state: "cancelled" });
  });
}
