// Erases a business: its jobs, its streams, its objects, its own database, and its rows in the control database. The
// result is a signed receipt.
import { setTimeout } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import { ownTablesOf } from "../../apps/app-versions.ts";
import type { BusinessCredentials } from "../../ports/business-provisioner/business-provisioner.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { AppError, isAppError } from "../../errors.ts";
import { unlessGone } from "../../streams/unless-gone.ts";
import { credentialsContext, moveContext, type OpenDatabases } from "../databases/open-databases.ts";
import { endPreviewsOf } from "../previews/sweep-previews.ts";
import { signReceipt } from "../secrets/receipt-key.ts";
import { type BusinessTables, businessSchema } from "../tables/schema.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import type { CreateBusinessDeps } from "./create-business.ts";

export interface EraseBusinessDeps extends CreateBusinessDeps {
  readonly databases: Pick<OpenDatabases, "use">;
  readonly chunkStore: Pick<ChunkStore, "list" | "deleteBusiness">;
  /** undefined: all audio is in the chunk store. */
  readonly objects: Pick<ObjectStore, "list" | "delete"> | undefined;
  readonly jobs: Pick<JobQueue, "list" | "settle">;
  /**
   * Removes streams with their cached chunks. Undefined in a process that has no cache. Such a process removes the
   * streams only from the chunk store. Chunks in the caches of other processes then stay until they expire.
   */
  readonly streams?: Pick<ChunkStore, "delete">;
}

interface ErasureCounts {
  /** The number of rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly streams: number;
  readonly streamBytes: number;
  readonly objects: number;
  readonly objectBytes: number;
}

const atOnce = 500;
const jobPatienceMs = 20_000;
const lookAgainMs = 100;

/**
 * The business must be in the state "erasing", and this function does not check the state. Returns the signed
 * receipt (JWS, compact form). After any failure or an abort, the call can be repeated: missing
 * data is skipped, and the receipt has the counts of the first run. If an erased business came back
 * with a restored backup and is erased again, the result is the receipt of the first erasure.
 * Throws UNAVAILABLE if a job of the business is still running after 20 seconds.
 */
export async function eraseBusiness(
  deps: EraseBusinessDeps,
  row: ControlTables["businesses"],
  signal: AbortSignal,
): Promise<string> {
  const { control } = deps;
  await control.kysely.deleteFrom("dueWork").where("businessId", "=", row.id).execute();
  const noted = await noteCounts(deps, row);
  await eraseJobs(deps, row.id);
  await eraseStores(deps, row.id, signal);
  // Previews are temporary copies of the database. On Neon, they are branches that were made from the branch of the
  // business. Neon can't delete a branch from which other branches were made, so the previews are deleted first.
  await endPreviewsOf(deps, row.id);
  const plain = deps.sealing.open(row.credentials, credentialsContext(row.id));
  await deps.provisioner.drop(JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials);
  await deps.provisioner.dropEvery({ engine: row.engine, businessId: row.id });
  await eraseOtherDatabase(deps, row.id);
  const completedAt = new Date().toISOString();
  const receipt =
    noted.receipt ??
    (await signReceipt(deps, {
      ...{ businessId: row.id, slug: row.slug, requestedAt: noted.requestedAt, completedAt },
      removed: JSON.parse(noted.counts) as ErasureCounts,
    }));
  await control.transaction(async (trx) => {
    for (const table of [
      "businessKeys",
      "generatorKeys",
      "businessHosts",
      "formerSlugs",
      "dueWork",
      "businessFaults",
      "businessMoves",
      "businessSchemas",
    ] as const)
      await trx.deleteFrom(table).where("businessId", "=", row.id).execute();
    await trx.deleteFrom("businesses").where("id", "=", row.id).execute();
    await trx
      .updateTable("erasures")
      .set({ completedAt, receipt })
      .where("businessId", "=", row.id)
      .where("receipt", "is", null)
      .execute();
    await trx
      .insertInto("audit")
      .values({ id: uuidv7(), at: completedAt, actor: "erasure", action: "business.erase", subject: row.id })
      .execute();
  });
  deps.registry.forget();
  return receipt;
}

/** Drops the second database that a business has while it is being moved to another engine. */
async function eraseOtherDatabase(
  { control, sealing, provisioner }: EraseBusinessDeps,
  businessId: string,
): Promise<void> {
  const move = await control.kysely
    .selectFrom("businessMoves")
    .select("credentials")
    .where("businessId", "=", businessId)
    .executeTakeFirst();
  if (!move?.credentials) return;
  const plain = sealing.open(move.credentials, moveContext(businessId));
  await provisioner.drop(JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials);
}

/**
 * Counts all rows, streams and objects before any of them is removed, and stores the counts. A later run returns the
 * stored counts.
 */
async function noteCounts(deps: EraseBusinessDeps, { id, originId }: ControlTables["businesses"]) {
  const { kysely } = deps.control;
  const find = () => kysely.selectFrom("erasures").selectAll().where("businessId", "=", id);
  const noted = await find().executeTakeFirst();
  if (noted !== undefined) return noted;
  const counts: ErasureCounts = { rows: await countRows(deps, id), ...(await countStores(deps, id)) };
  await kysely
    .insertInto("erasures")
    .values({
      ...{ businessId: id, originId: originId ?? id, counts: JSON.stringify(counts) },
      ...{ requestedAt: new Date().toISOString(), completedAt: null, receipt: null },
    })
    .onConflict((conflict) => conflict.column("businessId").doNothing())
    .execute();
  return find().executeTakeFirstOrThrow();
}

async function countRows({ databases }: EraseBusinessDeps, id: string): Promise<Record<string, number>> {
  try {
    return await databases.use(id, async ({ kysely }) => {
      const rows: Record<string, number> = {};
      const own = await ownTablesOf(kysely);
      const tables = [...Object.keys(businessSchema), ...own.map(({ name }) => name)];
      for (const table of tables as (keyof BusinessTables)[]) {
        const found = kysely.selectFrom(table).select((eb) => eb.fn.countAll<number | string>().as("count"));
        rows[table] = Number((await found.executeTakeFirstOrThrow()).count);
      }
      return rows;
    });
  } catch (err) {
    // The rows of a damaged, lost or unavailable database can't be counted. The database is erased nevertheless, and
    // the receipt contains no numbers of rows.
    if (isAppError(err, "UNAVAILABLE", "STORE_DAMAGED", "STORE_NEWER")) return {};
    throw err;
  }
}

async function countStores({ chunkStore, objects }: EraseBusinessDeps, businessId: string) {
  const counts = { streams: 0, streamBytes: 0, objects: 0, objectBytes: 0 };
  for (let after = ""; ;) {
    const page = await chunkStore.list({ businessId, after, limit: atOnce });
    for (const { state } of page) {
      counts.streams += 1;
      counts.streamBytes += state.tail;
    }
    if (page.length < atOnce) break;
    after = page.at(-1)!.path;
  }
  for (let after = ""; objects !== undefined;) {
    const { items, next } = await objects.list({ businessId, after });
    counts.objects += items.length;
    for (const { facts } of items) counts.objectBytes += facts.bytes;
    if (next === undefined) break;
    after = next;
  }
  return counts;
}

/**
 * A running job can still write, so the erasure waits until the job has ended, for at most
 * `jobPatienceMs`.
 */
async function eraseJobs({ jobs }: EraseBusinessDeps, businessId: string): Promise<void> {
  for (const giveUpAt = performance.now() + jobPatienceMs; ; await setTimeout(lookAgainMs)) {
    await jobs.settle("remove", { businessId });
    if ((await jobs.list({ businessId, limit: 1 })).length === 0) return;
    if (performance.now() > giveUpAt) throw jobRuns();
  }
}

async function eraseStores(
  { chunkStore, streams, objects }: EraseBusinessDeps,
  businessId: string,
  signal: AbortSignal,
): Promise<void> {
  while (streams !== undefined) {
    signal.throwIfAborted();
    const page = await chunkStore.list({ businessId, limit: atOnce });
    if (page.length === 0) break;
    for (const { path } of page) await unlessGone(streams.delete({ businessId, path }));
  }
  await chunkStore.deleteBusiness(businessId);
  while (objects !== undefined) {
    signal.throwIfAborted();
    const { items } = await objects.list({ businessId });
    if (items.length === 0) break;
    for (const { path } of items) await objects.delete({ businessId, path });
  }
}

const jobRuns = (): AppError =>
  new AppError("UNAVAILABLE", "A job of this business is still running.", {
    hint: "Each sweep tries the erasure again, until the job has ended.",
    retryAfterSeconds: 600,
  });
