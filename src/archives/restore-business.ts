// Restores the rows, streams and objects of an archived business as a new business, on any engine.
import { tablesOf } from "../apps/app-versions.ts";
import { createOwnTables } from "../apps/copy-own-tables.ts";
import type { OwnTable } from "../apps/tables/own-table.ts";
import type { Business } from "../businesses/business.ts";
import { credentialsContext, type OpenDatabases } from "../businesses/databases/open-databases.ts";
import { type DueWork, dueKinds } from "../businesses/due/due-work.ts";
import type { BusinessDatabase } from "../businesses/outbox/promising.ts";
import { createBusiness, type CreateBusinessDeps } from "../businesses/lifecycle/create-business.ts";
import { listErasedUsers } from "../businesses/lifecycle/erased-users.ts";
import { setBusinessState } from "../businesses/lifecycle/set-business-state.ts";
import { AppError } from "../errors.ts";
import type { BusinessCredentials } from "../ports/business-provisioner/business-provisioner.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { escapeField, nullField } from "../ports/database/copy-line.ts";
import type { CopyTable, Lines, TableCopy } from "../ports/database/table-copy.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { copyTable } from "../moves/business/copy/copy-table.ts";
import { matchTables } from "../moves/business/copy/match-tables.ts";
import { type Manifest, rowsName } from "./archive-format.ts";
import { pauseRestored } from "../webhooks/pause-restored.ts";
import { type Archive, openArchive } from "./open-archive.ts";
import { isOlder, type OlderDatabases } from "./older-archive.ts";
import { findErasedUsers, removeUsers } from "./remove-erased-users.ts";
import { restoreObjects, restoreStreams } from "./restore-audio.ts";

export interface RestoreDeps extends CreateBusinessDeps {
  readonly databases: OpenDatabases;
  readonly chunkStore: Pick<ChunkStore, "create" | "append">;
  /** If undefined, all audio stays in the chunk store, and an archive with objects is refused. */
  readonly objects: Pick<ObjectStore, "write"> | undefined;
  readonly due: Pick<DueWork, "mark">;
  readonly openCopy: (credentials: BusinessCredentials) => Promise<TableCopy>;
  readonly older: OlderDatabases;
}

export interface RestoreReport {
  readonly business: Business;
  readonly tables: number;
  readonly rows: number;
  readonly streams: number;
  readonly objects: number;
  /** The number of users in the archive who were erased after the export. These users are not restored. */
  readonly erasedUsers: number;
}

/**
 * The whole archive is checked before the new business is created. The new business is suspended until everything is
 * restored. If a step after its creation fails, the new business stays suspended, and `rondo business delete` can
 * delete it. The webhooks of the restored business are paused. Errors:
 * - NOT_FOUND: the file can't be read.
 * - INVALID_BODY: the archive is damaged.
 * - STORE_NEWER: a newer version of Rondo made the archive.
 * - CONFLICT, in four cases: the business was erased; the archive has objects, but Rondo has no object store; the
 *   archive has other tables than the new business; some rows of a table were not restored.
 * - the errors of `createBusiness`, such as CONFLICT for a taken slug.
 */
export async function restoreBusiness(
  deps: RestoreDeps,
  actor: string,
  { path, slug }: { readonly path: string; readonly slug: string },
): Promise<RestoreReport> {
  const archive = await openArchive(path);
  try {
    const { manifest } = archive;
    await refuseErased(deps, manifest);
    const isFromBefore = await isOlder(deps.older, manifest);
    if (manifest.objects > 0 && deps.objects === undefined) throw needsObjects();
    const { originId, name } = manifest.business;
    const business = await createBusiness(deps, actor, { slug, name, originId, state: "suspended" });
    const { tables, rows } = await restoreRows(deps, archive, business.id, isFromBefore);
    const erased = await listErasedUsers(deps.control, originId);
    const report = await deps.databases.use(business.id, async (database) => ({
      erasedUsers: await endWorkOfOriginal(database, business, erased),
      streams: await restoreStreams(deps, archive, database, business.id),
      objects: await restoreObjects(deps, archive, database, business.id),
    }));
    await deps.control.kysely
      .updateTable("businesses")
      .set({ limits: JSON.stringify(manifest.business.limits) })
      .where("id", "=", business.id)
      .execute();
    await deps.due.mark(business.id, dueKinds);
    await setBusinessState(deps, actor, { slug, state: "active" });
    return { business: { ...business, state: "active" }, tables, rows, ...report };
  } finally {
    await archive.close();
  }
}

/**
 * Changes the restored database: removes the jobs that came from the original business, pauses the webhooks, and
 * removes the users who were erased after the archive was made. Returns the number of removed users.
 */
async function endWorkOfOriginal(
  database: BusinessDatabase,
  business: Business,
  erased: ReadonlySet<string>,
): Promise<number> {
  // The waiting jobs contain the id of the original business. Sweeps (periodic jobs) later add new jobs for the
  // restored business.
  await database.kysely.deleteFrom("outbox").execute();
  await pauseRestored(database, business);
  const ids = await findErasedUsers(database, business.originId, erased);
  await removeUsers(database, ids);
  return ids.length;
}

async function refuseErased({ control }: RestoreDeps, { business }: Manifest): Promise<void> {
  const erased = await control.kysely
    .selectFrom("erasures")
    .select("businessId")
    .where("businessId", "in", [business.id, business.originId])
    .executeTakeFirst();
  if (erased === undefined) return;
  throw new AppError("CONFLICT", "The business of this archive was erased.", {
    hint: "An erased business can't be restored here. `rondo business receipts` shows the receipt.",
  });
}

/** Creates the tables that the apps of the archived business have defined, in addition to Rondo's tables. */
async function restoreOwnTables(
  { provisioner }: RestoreDeps,
  tables: readonly OwnTable[],
  credentials: BusinessCredentials,
): Promise<void> {
  if (tables.length === 0) return;
  const owner = await provisioner.openAsOwner(credentials);
  await createOwnTables(owner, tables).finally(() => owner.close());
}

async function archivedTables(archive: Archive): Promise<readonly OwnTable[]> {
  const at = archive.manifest.tables.findIndex(({ name }) => name === "appVersions");
  const names = archive.manifest.tables[at]?.columns.map(({ name }) => name) ?? [];
  const latest = new Map<string, { readonly number: number; readonly bundle: string }>();
  for await (const rows of fieldsIn(archive, at)) {
    for (const row of rows) {
      const of = (name: string): string => row[names.indexOf(name)] ?? "";
      const [source, number] = [of("source"), Number(of("number"))];
      if (number > (latest.get(source)?.number ?? 0)) latest.set(source, { number, bundle: of("bundle") });
    }
  }
  return [...latest.values()].flatMap(({ bundle }) => tablesOf(JSON.parse(bundle)));
}

interface RestoredRows {
  readonly tables: number;
  readonly rows: number;
}

async function restoreRows(
  deps: RestoreDeps,
  archive: Archive,
  businessId: string,
  isFromBefore: boolean,
): Promise<RestoredRows> {
  const { credentials } = await deps.control.kysely
    .selectFrom("businesses")
    .select("credentials")
    .where("id", "=", businessId)
    .executeTakeFirstOrThrow();
  const opened = Buffer.from(deps.sealing.open(credentials, credentialsContext(businessId))).toString();
  const own = JSON.parse(opened) as BusinessCredentials;
  const ownTables = await archivedTables(archive);
  await restoreOwnTables(deps, ownTables, own);
  const to = await deps.openCopy(own);
  try {
    return await (isFromBefore ? loadMigrated(deps, archive, ownTables, to) : loadRows(archive, to));
  } finally {
    await to.close();
  }
}

/**
 * Loads the rows of an older archive, and migrates them. First the rows are loaded into a temporary database with the
 * tables of the older version. Then the later migrations are applied to this database, and its rows are copied to `to`.
 */
async function loadMigrated(
  { older }: RestoreDeps,
  archive: Archive,
  ownTables: readonly OwnTable[],
  to: TableCopy,
): Promise<RestoredRows> {
  const scratch = await older.create(archive.manifest.migrations);
  try {
    if (ownTables.length > 0) await createOwnTables(scratch.database, ownTables);
    const first = await scratch.openCopy();
    await loadRows(archive, first).finally(() => first.close());
    await scratch.migrate();
    const from = await scratch.openCopy();
    try {
      const order = await matchTables(from, to);
      await to.writer.prepare();
      let rows = 0;
      for (const table of order) rows += (await copyTable({ from, to }, table)).rows;
      await finish(to, order);
      return { tables: order.length, rows };
    } finally {
      await from.close();
    }
  } finally {
    await scratch.close();
  }
}

async function loadRows(archive: Archive, to: TableCopy): Promise<RestoredRows> {
  const { manifest } = archive;
  const archived = manifest.tables as readonly (CopyTable & { readonly rows: number })[];
  const engine = manifest.business.engine === "sqlite" ? "sqlite" : "postgres";
  const describe = async () => ({ tables: archived, migrations: manifest.migrations });
  const order = await matchTables({ engine, reader: { describe } }, to);
  await to.writer.prepare();
  let rows = 0;
  for (const { name } of order) {
    const at = archived.findIndex((one) => one.name === name);
    const table = archived[at]!;
    await to.writer.load(table, linesOf(archive, at));
    const stored = await to.reader.count(table);
    if (stored !== table.rows)
      throw new AppError("CONFLICT", `${stored} of ${table.rows} rows of "${name}" were restored.`);
    rows += stored;
  }
  await finish(to, order);
  return { tables: order.length, rows };
}

async function finish({ writer }: TableCopy, order: readonly CopyTable[]): Promise<void> {
  for (const table of order) await writer.index(table);
  await writer.enforce(order);
  await writer.validate();
}

async function* linesOf(archive: Archive, tableAt: number): AsyncGenerator<Lines> {
  for await (const rows of fieldsIn(archive, tableAt))
    yield rows.map((fields) =>
      fields.map((field) => (field === null ? nullField : escapeField(field))).join("\t"),
    );
}

/** Yields the fields of each row, several rows at a time. */
async function* fieldsIn(
  archive: Archive,
  tableAt: number,
): AsyncGenerator<readonly (readonly (string | null)[])[]> {
  for (let part = 0; archive.has(rowsName(tableAt, part)); part += 1) {
    const text = await archive.text(rowsName(tableAt, part));
    yield text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as readonly (string | null)[]);
  }
}

const needsObjects = () =>
  new AppError("CONFLICT", "This archive has objects, and this Rondo has no object store.", {
    hint: "Set RONDO_OBJECTS_URL.",
  });
