// Copies all objects of all businesses from a former object store to the new store, while both
// stores are in use. `rondo move objects` can be killed at any time and run again.
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import { AppError, isAppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import type { ObjectFacts, ObjectKey, ObjectStore } from "../../ports/object-store/object-store.ts";
import { listBusinessIds } from "./business-ids.ts";
import { holdMove } from "./hold-move.ts";
import { countMoved, type OnStoreMoveEvent, type StoreMovePlan, type StoreMoveReport } from "./store-move.ts";

export interface MoveObjectsDeps {
  readonly control: Pick<Database<ControlTables>, "kysely">;
  /** The former store. Its objects are not deleted, because listeners can still be reading them. */
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly onEvent: OnStoreMoveEvent;
}

interface Found {
  readonly key: ObjectKey;
  readonly facts: ObjectFacts;
}

const atOnce = 4;
const triesMax = 3;

/** Counts the objects that a move would copy, and changes nothing. */
export async function planObjects(deps: Omit<MoveObjectsDeps, "onEvent">): Promise<StoreMovePlan> {
  const plan = { items: 0, bytes: 0, present: 0 };
  for await (const { key, facts } of objectsOf(deps)) {
    const isPresent = isSame(await deps.to.head(key), facts);
    plan.items += isPresent ? 0 : 1;
    plan.bytes += isPresent ? 0 : facts.bytes;
    plan.present += isPresent ? 1 : 0;
  }
  return plan;
}

/**
 * A damaged object is listed in the report with its path, and the other objects are still copied. Any other error, such
 * as UNAVAILABLE or STORAGE_FULL, ends the move and is thrown. If `signal` is aborted, its reason is thrown. If
 * another command is moving objects, waits for it, and throws CONFLICT after ten seconds. Also throws CONFLICT if another
 * command takes over this move.
 */
export async function moveObjects(deps: MoveObjectsDeps, signal: AbortSignal): Promise<StoreMoveReport> {
  const startedAt = performance.now();
  const held = await holdMove<Found>(deps.control, "objects");
  try {
    await removeUnchecked(deps, held.left);
    const { items, bytes } = await planObjects(deps);
    const report = { moved: 0, bytes: 0, present: 0, troubles: [] as { item: string; reason: string }[] };
    const count = countMoved({ items, bytes }, deps.onEvent);
    for await (const batch of batchesOf(objectsOf(deps))) {
      signal.throwIfAborted();
      const news: Found[] = [];
      for (const found of batch) {
        const there = await deps.to.head(found.key);
        // An object that is in the new store already is not copied. Its content there is the same, as `moving-store.ts`
        // explains.
        if (there === undefined) news.push(found);
        else report.present += 1;
      }
      if (news.length === 0) continue;
      await held.note(news);
      const results = await Promise.all(news.map((found) => copyOne(deps, found, signal)));
      await removeDeleted(deps, news);
      for (const [at, reason] of results.entries()) {
        const { key, facts } = news[at]!;
        if (reason === undefined) {
          report.moved += 1;
          report.bytes += facts.bytes;
          count(1, facts.bytes);
          continue;
        }
        const trouble = { item: `${key.businessId}/${key.path}`, reason };
        report.troubles.push(trouble);
        deps.onEvent({ event: "trouble", ...trouble });
      }
    }
    await held.note([]);
    return { ...report, totalMs: performance.now() - startedAt };
  } finally {
    await held.release();
  }
}

/**
 * Copies one object, and then reads the copy to check it. If the object or the copy is damaged, tries again, up to
 * three times in total. Returns the reason if all attempts failed. Returns undefined after success, and also if the
 * object no longer exists. Throws any other error.
 */
async function copyOne(
  { from, to }: MoveObjectsDeps,
  { key, facts }: Found,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { bytes, crc32c, contentType } = facts;
  let reason = "";
  for (let tries = 0; tries < triesMax; tries += 1) {
    try {
      const read = await from.read(key);
      if (read === undefined) return undefined;
      // The metadata was stored when the object was written, so damage in the former store is detected here.
      await to.write(key, read.checked(), { contentType, expected: { bytes, crc32c }, signal });
      const stored = await to.read(key);
      if (stored === undefined) throw new AppError("CONTENT_DAMAGED", "The copy is missing.");
      for await (const _ of stored.checked()) signal.throwIfAborted();
      if (isSame(stored.facts, facts)) return undefined;
      reason = "The copy has another checksum than the object.";
    } catch (err) {
      if (!isAppError(err, "CONTENT_DAMAGED")) throw err;
      reason = err.publicMessage;
    }
    await to.delete(key);
  }
  return `${reason} The object has ${bytes} bytes with the CRC32C ${crc32c.toString(16).padStart(8, "0")}.`;
}

/**
 * Removes the last copies that an interrupted command made, because the command may not have checked them. If an
 * original still exists in the former store, this move copies it again.
 */
async function removeUnchecked({ to }: MoveObjectsDeps, copied: readonly Found[]): Promise<void> {
  for (const { key, facts } of copied) if (isSame(await to.head(key), facts)) await to.delete(key);
}

/** If an object was deleted in the former store while it was copied, deletes its copy. */
async function removeDeleted({ from, to }: MoveObjectsDeps, copied: readonly Found[]): Promise<void> {
  for (const { key, facts } of copied)
    if ((await from.head(key)) === undefined && isSame(await to.head(key), facts)) await to.delete(key);
}

const isSame = (one: ObjectFacts | undefined, other: ObjectFacts): boolean =>
  one !== undefined && one.bytes === other.bytes && one.crc32c === other.crc32c;

async function* objectsOf({
  control,
  from,
}: Pick<MoveObjectsDeps, "control" | "from">): AsyncGenerator<Found> {
  for (const businessId of await listBusinessIds(control)) {
    for (let after: string | undefined = ""; after !== undefined;) {
      const { items, next } = await from.list({ businessId, after });
      for (const { path, facts } of items) yield { key: { businessId, path }, facts };
      after = next;
    }
  }
}

async function* batchesOf(found: AsyncIterable<Found>): AsyncGenerator<readonly Found[]> {
  let batch: Found[] = [];
  for await (const one of found) {
    batch.push(one);
    if (batch.length < atOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
