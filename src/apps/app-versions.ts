// Reads and writes the versions of an app, which are stored in the database of the business.
import type { Kysely } from "kysely";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { readApp } from "./read-app.ts";
import type { OwnTable } from "./tables/own-table.ts";
import type { Origins } from "./origins.ts";

/** "own" is the app of the business itself, and "common" is the app that all businesses share (RONDO_APP). */
export type AppSource = BusinessTables["appVersions"]["source"];

export interface AppVersion {
  readonly number: number;
  readonly hash: string;
  /** The document of the app, as it was sent. */
  readonly bundle: unknown;
  readonly origins: Origins;
  readonly appliedAt: string;
  readonly appliedBy: string;
}

type Db = Kysely<BusinessTables>;

const parsed = ({ bundle, origins, ...row }: Omit<BusinessTables["appVersions"], "source">): AppVersion => ({
  ...row,
  bundle: JSON.parse(bundle) as unknown,
  origins: JSON.parse(origins) as Origins,
});

/** Returns the stored versions of one source, newest first. At most 50 are stored. */
export async function listVersions(db: Db, source: AppSource): Promise<readonly AppVersion[]> {
  const rows = await db
    .selectFrom("appVersions")
    .select(["number", "hash", "bundle", "origins", "appliedAt", "appliedBy"])
    .where("source", "=", source)
    .orderBy("number", "desc")
    .execute();
  return rows.map(parsed);
}

export async function findLatest(db: Db, source: AppSource): Promise<AppVersion | undefined> {
  const row = await db
    .selectFrom("appVersions")
    .select(["number", "hash", "bundle", "origins", "appliedAt", "appliedBy"])
    .where("source", "=", source)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && parsed(row);
}

/** The maximum number of stored versions of each `AppSource`. A roll-back can return to any stored version. */
const keptVersions = 50;

/**
 * Stores a version, and deletes the versions that are too old. This takes two statements, so call this function in a
 * transaction.
 */
export async function addVersion(db: Db, source: AppSource, version: AppVersion): Promise<void> {
  const { bundle, origins, ...row } = version;
  await db
    .insertInto("appVersions")
    .values({ ...row, source, bundle: JSON.stringify(bundle), origins: JSON.stringify(origins) })
    .execute();
  await db
    .deleteFrom("appVersions")
    .where("source", "=", source)
    .where("number", "<=", version.number - keptVersions)
    .execute();
}

/**
 * Returns the tables of a stored document. The document was checked before it was stored, so faults
 * are ignored here.
 */
export const tablesOf = (bundle: unknown): readonly OwnTable[] => readApp(bundle, { schema: {} }).app.tables;

/**
 * Returns all tables of a business that are not tables of Rondo: first the tables of the common
 * app, then those of the business's own app.
 */
export async function ownTablesOf(db: Db): Promise<readonly OwnTable[]> {
  const [common, own] = [await findLatest(db, "common"), await findLatest(db, "own")];
  return [common, own].flatMap((version) => (version === undefined ? [] : tablesOf(version.bundle)));
}
