// Moves the streams of all businesses from a former chunk store to the new one, while both are in use. The command can
// be killed at any time and run again.
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import type { StreamCopy, StreamRecord } from "../../ports/chunk-store/stream-copy.ts";
import type { Database } from "../../ports/database/database.ts";
import { eventsPrefix, versionsPrefix } from "../../streams/stream-keys.ts";
import { unlessGone } from "../../streams/unless-gone.ts";
import { listBusinessIds } from "./business-ids.ts";
import { type HeldMove, holdMove } from "./hold-move.ts";
import { countMoved, type OnStoreMoveEvent, type StoreMovePlan, type StoreMoveReport } from "./store-move.ts";

export interface ChunksEnd {
  readonly store: ChunkStore;
  readonly copy: StreamCopy;
}

export interface MoveChunksDeps {
  readonly control: Pick<Database<ControlTables>, "kysely">;
  readonly from: ChunksEnd;
  readonly to: ChunksEnd;
  readonly onEvent: OnStoreMoveEvent;
  /** The interval at which the command checks whether open streams have ended, in milliseconds. Default: 1,000. */
  readonly waitMs?: number;
}

/** A stream whose copy was begun. After a crash, the next command reads this record from `HeldMove.left`. */
interface Begun {
  readonly key: StreamKey;
  readonly streamId: string;
}

type Outcome = "moved" | "present" | "open" | { readonly reason: string };

const pageBytes = 1 << 20;
const streamsAtOnce = 500;
const triesMax = 3;
/**
 * How long the former store refuses appends to an open stream, in milliseconds. The API repeats a refused append for
 * some seconds. During a long copy, the command extends the time again and again. If the command is killed, the time
 * runs out, and the stream accepts appends again.
 */
const holdMs = 10_000;
const extendEveryMs = 2_000;

/** Counts the streams and bytes of the former store. `present` is undefined, because the new store is not read. */
export async function planChunks(deps: Pick<MoveChunksDeps, "control" | "from">): Promise<StoreMovePlan> {
  const plan = { items: 0, bytes: 0, present: undefined };
  for await (const { bytes } of streamsOf(deps)) {
    plan.items += 1;
    plan.bytes += bytes;
  }
  return plan;
}

/**
 * Copies each stream to the new store, reads the copy back and compares it, and then removes the stream from the former
 * store. If a piece is being made, its audio stream and its event stream are moved only after they have ended, and this
 * function waits for their end. A stream that can't be copied stays in the former store, and is listed in `troubles` of
 * the report. After an abort, throws the reason of the abort before the next stream is moved. Throws CONFLICT if
 * another command is still moving streams after a wait of ten seconds, or if another command has taken over this move.
 */
export async function moveChunks(deps: MoveChunksDeps, signal: AbortSignal): Promise<StoreMoveReport> {
  const startedAt = performance.now();
  const held = await holdMove<Begun>(deps.control, "chunks");
  try {
    for (const { key, streamId } of held.left) await removeDeleted(deps, key, streamId);
    const { items, bytes } = await planChunks(deps);
    const report = { moved: 0, bytes: 0, present: 0, troubles: [] as { item: string; reason: string }[] };
    const count = countMoved({ items, bytes }, deps.onEvent);
    const failed = new Set<string>();
    for (let open = -1; open !== 0;) {
      if (open > 0) {
        deps.onEvent({ event: "waiting", items: open });
        await setTimeout(deps.waitMs ?? 1_000);
      }
      open = 0;
      for await (const { key, bytes: size } of streamsOf(deps)) {
        signal.throwIfAborted();
        const item = `${key.businessId}/${key.path}`;
        if (failed.has(item)) continue;
        const outcome = await moveOne(deps, held, key);
        if (outcome === "open") open += 1;
        else if (typeof outcome === "object") {
          failed.add(item);
          report.troubles.push({ item, ...outcome });
          deps.onEvent({ event: "trouble", item, ...outcome });
        } else {
          report[outcome] += 1;
          report.bytes += outcome === "moved" ? size : 0;
          count(1, size);
        }
      }
    }
    await held.note([]);
    return { ...report, totalMs: performance.now() - startedAt };
  } finally {
    await held.release();
  }
}

async function moveOne(deps: MoveChunksDeps, held: HeldMove<Begun>, key: StreamKey): Promise<Outcome> {
  const { from, to } = deps;
  const known = await from.copy.describe(key);
  // The stream was deleted after it had been listed.
  if (known === undefined) return "moved";
  const there = await unlessGone(to.store.head(key));
  if (there !== undefined && there.id !== known.id)
    return { reason: "The new store has another stream at this path." };
  if (there === undefined) {
    // The stream of a piece that is being made is copied only after the stream has ended, because the generator may
    // write to the former store directly. The stream ends by itself.
    const isPiece = key.path.startsWith(versionsPrefix) || key.path.startsWith(eventsPrefix);
    if (!known.closed && isPiece) return "open";
    await held.note([{ key, streamId: known.id }]);
    const outcome = await copyOne(deps, key);
    if (outcome !== "copied") return outcome;
    if (await removeDeleted(deps, key, known.id)) return "moved";
    // This removes the record of the begun copy. If a stream with such a record is missing in the former store,
    // `removeDeleted` assumes that a user deleted the stream, and deletes the copy. A missing stream without a record
    // counts as moved, and the copy stays.
    await held.note([]);
  }
  await unlessGone(from.store.delete(key));
  return there === undefined ? "moved" : "present";
}

async function copyOne(
  { from, to }: MoveChunksDeps,
  key: StreamKey,
): Promise<"copied" | Exclude<Outcome, "present">> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    let record = await from.copy.describe(key);
    if (record?.closed === false) record = await from.copy.hold(key, holdMs);
    if (record === undefined) return "moved";
    const copied = record;
    let heldAt = performance.now();
    const read = createHash("sha256");
    const content = async function* (): AsyncGenerator<readonly Uint8Array[]> {
      for (let position = 0; position < copied.tail;) {
        const page = await from.store.read(key, position, pageBytes);
        if (page === undefined || page.chunks.length === 0) return;
        for (const chunk of page.chunks) read.update(chunk);
        yield page.chunks;
        position = page.next;
        if (copied.closed || performance.now() - heldAt < extendEveryMs) continue;
        await from.copy.hold(key, holdMs);
        heldAt = performance.now();
      }
    };
    const isStored = await to.copy.put({
      ...{ key, record: copied, content: content() },
      async isGood(stored) {
        const found = createHash("sha256");
        for await (const bytes of stored) found.update(bytes);
        if (read.digest("hex") !== found.digest("hex")) return false;
        // The hold of an open stream can expire during a slow copy. Then the stream accepts appends that are missing in
        // the copy. A stream that was changed by an append is copied again.
        return copied.closed || isSame(await from.copy.hold(key, holdMs), copied);
      },
    });
    if (isStored) return "copied";
  }
  return { reason: "The stream could not be copied unchanged in three attempts." };
}

const isSame = (one: StreamRecord | undefined, other: StreamRecord): boolean =>
  one?.id === other.id && one.tail === other.tail && one.closed === other.closed;

/**
 * Removes the remains of an interrupted copy of the stream. Returns whether a user deleted the stream from the former
 * store while it was being copied. In this case, also deletes a complete copy from the new store.
 */
async function removeDeleted(
  { from, to }: MoveChunksDeps,
  key: StreamKey,
  streamId: string,
): Promise<boolean> {
  await to.copy.discard(key, streamId);
  if ((await from.copy.describe(key))?.id === streamId) return false;
  if ((await unlessGone(to.store.head(key)))?.id === streamId) await unlessGone(to.store.delete(key));
  return true;
}

async function* streamsOf({ control, from }: Pick<MoveChunksDeps, "control" | "from">): AsyncGenerator<{
  readonly key: StreamKey;
  readonly bytes: number;
}> {
  for (const businessId of await listBusinessIds(control)) {
    for (let after = ""; ;) {
      const page = await from.store.list({ businessId, after, limit: streamsAtOnce });
      for (const { path, state } of page) yield { key: { businessId, path }, bytes: state.tail };
      if (page.length < streamsAtOnce) break;
      after = page.at(-1)!.path;
    }
  }
}
