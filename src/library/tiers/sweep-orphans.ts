// Finds and removes data to which no row refers: objects, streams, and the remains of interrupted writes.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { sweepDue, type SweepDueDeps } from "../../businesses/due/sweep-due.ts";
import { AppError } from "../../errors.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import {
  eventsPrefix,
  generationOfEvents,
  versionOfAudio,
  versionsPrefix,
} from "../../streams/stream-keys.ts";
import { unlessGone } from "../../streams/unless-gone.ts";
import { audioObjectPrefix, versionOfObject } from "./object-keys.ts";

export interface SweepOrphansDeps extends SweepDueDeps {
  readonly databases: OpenDatabases;
  readonly chunkStore: Pick<ChunkStore, "list" | "delete">;
  readonly objects: ObjectStore | undefined;
}

/** How many streams, objects and remains of interrupted writes were removed. */
export interface OrphansSwept {
  readonly streams: number;
  readonly objects: number;
  readonly leftovers: number;
}

/**
 * Only data of at least this age is treated as orphaned. The row that refers to younger data is possibly not stored
 * yet.
 */
const graceMs = 3_600_000;

const thingsAtOnce = 500;
/** The usual time limit for one business. It is long, because listing a large bucket is slow. */
const usualLimitMs = 1_800_000;

/**
 * Sweeps the businesses that are marked as due for this sweep. If the sweep of one business fails, the failure is
 * recorded, and the other businesses are swept. At the end, removes the remains of interrupted writes from the object
 * store. After an abort, this last step is left out. Throws only if this last step or the control database fails.
 * `olderThanMs`: younger data is not removed. `limitMs`: the time limit for one business, in milliseconds.
 */
export async function sweepOrphans(
  deps: SweepOrphansDeps,
  signal: AbortSignal,
  olderThanMs = graceMs,
  limitMs = usualLimitMs,
): Promise<OrphansSwept> {
  const nowMs = Date.now();
  const swept = { streams: 0, objects: 0, leftovers: 0 };
  await sweepDue(
    deps,
    {
      kind: "orphans",
      furthestMs: 2 * graceMs,
      // The business stays marked as due for this time, so that data that is too young now is checked again.
      holdMs: 2 * graceMs,
      limitMs,
      async sweepOne(businessId, stop) {
        const removed = await sweepBusiness(deps, businessId, nowMs - olderThanMs, stop);
        swept.streams += removed.streams;
        swept.objects += removed.objects;
        if (!stop.aborted) return undefined;
        // The next sweep begins the listing again. If this sweep reached its time limit and removed nothing, the next
        // sweep would end at the same place. So a failure is recorded.
        if (!signal.aborted && removed.streams + removed.objects === 0) throw listingTooLong();
        return nowMs;
      },
    },
    signal,
    nowMs,
  );
  if (!signal.aborted) swept.leftovers = (await deps.objects?.sweep(olderThanMs)) ?? 0;
  return swept;
}

/** Returns the numbers of removed streams and objects. Stops early when the signal is aborted. */
async function sweepBusiness(
  deps: SweepOrphansDeps,
  businessId: string,
  beforeMs: number,
  signal: AbortSignal,
): Promise<Omit<OrphansSwept, "leftovers">> {
  const removed = { streams: 0, objects: 0 };
  const isOrphan = (found: readonly Found[]) => orphansAmong(deps.databases, businessId, found);
  for (const prefix of [versionsPrefix, eventsPrefix]) {
    for await (const page of streamPages(deps.chunkStore, { businessId, beforeMs, signal }, prefix)) {
      for (const { path } of await isOrphan(page)) {
        if (signal.aborted) return removed;
        const isDeleted = await unlessGone(deps.chunkStore.delete({ businessId, path }));
        removed.streams += Number(isDeleted ?? false);
      }
    }
  }
  if (!deps.objects) return removed;
  for await (const page of objectPages(deps.objects, { businessId, beforeMs, signal })) {
    for (const { path } of await isOrphan(page)) {
      if (signal.aborted) return removed;
      removed.objects += Number(await deps.objects.delete({ businessId, path }));
    }
  }
  return removed;
}

const listingTooLong = () =>
  new AppError("UNAVAILABLE", "Listing the data of this business takes longer than the time limit.", {
    hint: "Are its stores slow?",
  });

/** What to list. If the signal is aborted, the current page is the last one. */
interface Listing {
  readonly businessId: string;
  /** Younger data is left out. */
  readonly beforeMs: number;
  readonly signal: AbortSignal;
}

interface Found {
  readonly path: string;
  /** If the data is not orphaned, this table contains the row `rowId`, which refers to the data. */
  readonly table: "versions" | "generations";
  readonly rowId: string;
}

async function orphansAmong(
  databases: OpenDatabases,
  businessId: string,
  found: readonly Found[],
): Promise<readonly Found[]> {
  const table = found[0]?.table;
  if (table === undefined) return [];
  const ids = found.map(({ rowId }) => rowId);
  const rows = await databases.use(businessId, (database) =>
    database.kysely.selectFrom(table).select("id").where("id", "in", ids).execute(),
  );
  const known = new Set(rows.map(({ id }) => id));
  return found.filter(({ rowId }) => !known.has(rowId));
}

async function* streamPages(
  chunkStore: Pick<ChunkStore, "list">,
  { businessId, beforeMs, signal }: Listing,
  prefix: string,
): AsyncGenerator<readonly Found[]> {
  for (let after = ""; !signal.aborted;) {
    const page = await chunkStore.list({ businessId, prefix, after, limit: thingsAtOnce });
    if (page.length === 0) return;
    yield page
      .filter(({ state }) => state.createdAtMs <= beforeMs)
      .flatMap(({ path }): Found[] => {
        const key = { businessId, path };
        const versionId = versionOfAudio(key);
        const requestId = generationOfEvents(key);
        if (versionId !== undefined) return [{ path, table: "versions", rowId: versionId }];
        return requestId === undefined ? [] : [{ path, table: "generations", rowId: requestId }];
      });
    after = page.at(-1)?.path ?? "";
  }
}

async function* objectPages(
  objects: ObjectStore,
  { businessId, beforeMs, signal }: Listing,
): AsyncGenerator<readonly Found[]> {
  for (let after: string | undefined = ""; after !== undefined && !signal.aborted;) {
    const { items, next } = await objects.list({
      businessId,
      prefix: audioObjectPrefix,
      after,
      limit: thingsAtOnce,
    });
    yield items
      .filter(({ facts }) => facts.writtenAtMs <= beforeMs)
      .flatMap(({ path }): Found[] => {
        const versionId = versionOfObject(path);
        return versionId === undefined ? [] : [{ path, table: "versions", rowId: versionId }];
      });
    after = next;
  }
}
