// Does the worker's part of a purge. The worker deletes all data on the purge's list from the stores, completes the
// receipt, and creates the event `deletion.complete`. The work can be repeated after a failure at any step.
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { promiseEvent } from "../../webhooks/promise-event.ts";
import { unlessGone } from "../../streams/unless-gone.ts";

export interface FinishPurgeDeps {
  readonly databases: OpenDatabases;
  readonly streams: Pick<ChunkStore, "head" | "delete">;
  /** Undefined if all audio is in the chunk store. */
  readonly objects: Pick<ObjectStore, "head" | "delete"> | undefined;
}

type Item = BusinessTables["purgeItems"];

const itemsAtOnce = 50;

/**
 * Does nothing if the receipt is missing or complete. After an abort, throws the reason of `signal` before the next 50
 * items. If a store fails, throws the store's error. In both cases a later call continues.
 */
export function finishPurge(
  deps: FinishPurgeDeps,
  input: { readonly businessId: string; readonly receiptId: string },
  signal: AbortSignal,
): Promise<void> {
  const { businessId, receiptId } = input;
  return deps.databases.use(businessId, async (database) => {
    for (;;) {
      signal.throwIfAborted();
      const items = await database.kysely
        .selectFrom("purgeItems")
        .selectAll()
        .where("receiptId", "=", receiptId)
        .orderBy("id")
        .limit(itemsAtOnce)
        .execute();
      if (items.length === 0) break;
      const measured = await measure(deps, database, businessId, items);
      for (const item of measured) await removeItem(deps, businessId, item);
      await settle(database, receiptId, measured);
    }
    await database.promising(["generations"], async (trx) => {
      const receipt = await trx
        .updateTable("receipts")
        .set({ state: "complete", completedAt: new Date().toISOString() })
        .where("id", "=", receiptId)
        .where("state", "=", "purging")
        .returning(["id as receiptId", "userId", "kind", "subjectId"])
        .executeTakeFirst();
      if (receipt) await promiseEvent(trx, businessId, { type: "deletion.complete", data: receipt });
    });
  });
}

/**
 * Records the sizes before the data is removed, so that a second run after a crash has the same
 * counts.
 */
async function measure(
  deps: FinishPurgeDeps,
  database: BusinessDatabase,
  businessId: string,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const measured = await Promise.all(
    items.map(async (item) => ({ ...item, bytes: item.bytes ?? (await sizeOf(deps, businessId, item)) })),
  );
  await database.transaction(async (trx) => {
    for (const { id, bytes } of measured) {
      await trx.updateTable("purgeItems").set({ bytes }).where("id", "=", id).execute();
    }
  });
  return measured;
}

/** The recorded size of an item that was not in its store. The receipt does not count this item. */
const absent = -1;

async function sizeOf(deps: FinishPurgeDeps, businessId: string, { store, path }: Item): Promise<number> {
  if (store === "objects") return (await deps.objects?.head({ businessId, path }))?.bytes ?? absent;
  const state = await unlessGone(deps.streams.head({ businessId, path }));
  return state?.tail ?? absent;
}

async function removeItem(deps: FinishPurgeDeps, businessId: string, { store, path }: Item): Promise<void> {
  if (store === "objects") await deps.objects?.delete({ businessId, path });
  else await unlessGone(deps.streams.delete({ businessId, path }));
}

/** Removes the items from the list and adds them to the counts of the receipt, in one transaction. */
async function settle(database: BusinessDatabase, receiptId: string, items: readonly Item[]): Promise<void> {
  await database.transaction(async (trx) => {
    const gone: Item[] = [];
    for (const item of items) {
      // If another run has removed the item meanwhile, the item is already counted in the receipt.
      const { numDeletedRows } = await trx
        .deleteFrom("purgeItems")
        .where("id", "=", item.id)
        .executeTakeFirst();
      if (numDeletedRows > 0n && Number(item.bytes) !== absent) gone.push(item);
    }
    const total = (store: Item["store"]) => {
      const ours = gone.filter((item) => item.store === store);
      return { count: ours.length, bytes: ours.reduce((sum, item) => sum + Number(item.bytes), 0) };
    };
    const [streams, objects] = [total("streams"), total("objects")];
    await trx
      .updateTable("receipts")
      .set((eb) => ({
        streamCount: eb("streamCount", "+", streams.count),
        streamBytes: eb("streamBytes", "+", streams.bytes),
        objectCount: eb("objectCount", "+", objects.count),
        objectBytes: eb("objectBytes", "+", objects.bytes),
      }))
      .where("id", "=", receiptId)
      .execute();
  });
}
