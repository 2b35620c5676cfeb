// Permanently removes a thing from the trash at the request of its owner, before the usual time in the trash is over.
import type { UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { flushOutboxSoon } from "../../businesses/outbox/outbox.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import { purgeThing } from "./purge-thing.ts";
import type { Receipt } from "./receipt.ts";
import type { ThingRef } from "./thing.ts";

export interface PurgeNowDeps {
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
  readonly log: { error(facts: object, message: string): void };
}

/**
 * Purges a thing in the trash. When the promise resolves, the rows are deleted. A job deletes the
 * streams and objects afterwards. Errors: CONFLICT if the thing is not in the trash; NOT_FOUND if
 * the thing is missing, was already purged, or belongs to another user.
 */
export function purgeNow(deps: PurgeNowDeps, caller: UserCaller, ref: ThingRef): Promise<Receipt> {
  return deps.databases.use(caller.businessId, async (database) => {
    const receipt = await purgeThing(database, { ...caller, ...ref });
    await flushOutboxSoon(deps, database, { receiptId: receipt.id });
    return receipt;
  });
}
