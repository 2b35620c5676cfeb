// Opens a Rondo with several businesses whose databases lack the newest migration. The tests migrate these databases.
// All databases together are called the fleet.
import { Database } from "bun:sqlite";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import type { Business } from "../../businesses/business.ts";
import { credentialsContext } from "../../businesses/databases/open-databases.ts";
import { createSchemaRecords } from "../../businesses/fleet/schema-records.ts";
import type { MigrateFleetDeps, MigrateFleetInput } from "../../businesses/fleet/migrate-fleet.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { migrationsOf, schemaOf } from "../../deps/migrations-of.ts";
import type { BusinessCredentials } from "../../ports/business-provisioner/business-provisioner.ts";
import { provisionerAt } from "../../ports/business-provisioner/open.ts";
import type { Config } from "../../config/config.ts";
import type { SharedDeps } from "../../deps/shared-deps.ts";
import type { StoreUrl } from "../../ports/store-url.ts";
import { createTestStores, silentLog } from "../test-stores.ts";

/**
 * This migration fails in a business that has a user with the id "broken". A test can set `rondoBetween` to a function
 * that the migration calls after the creation of its first table and before the creation of its second table.
 */
const laterMigration = `
export async function up(db) {
  await db.schema.createTable("laterOne").addColumn("id", "text", (c) => c.primaryKey()).execute();
  await globalThis.rondoBetween?.();
  const broken = await db.selectFrom("users").select("id").where("id", "=", "broken").execute();
  if (broken.length > 0) throw new Error("broken on purpose");
  await db.schema.createTable("laterTwo").addColumn("id", "text", (c) => c.primaryKey()).execute();
}`;
export const laterName = "209001010000_add_two_tables";

declare global {
  var rondoBetween: (() => Promise<void> | void) | undefined;
}

/** Writes the migrations of a later version into a folder: the present migrations, and `laterMigration`. */
async function writeLaterMigrations(folder: string): Promise<string> {
  const present = migrationsOf("business");
  for (const file of readdirSync(present))
    await Bun.write(join(folder, file), `export * from ${JSON.stringify(join(present, file))};`);
  await Bun.write(join(folder, `${laterName}.ts`), laterMigration);
  return folder;
}

/**
 * Creates the dependencies of a process whose migrations are in the folder `migrations`. While a process migrates a
 * database, it holds a lease, so that no other process migrates this database. Without a renewal, the lease expires
 * after `holdMs` milliseconds.
 */
export async function fleetDepsOf(
  deps: Pick<SharedDeps, "control" | "sealing" | "faults">,
  { businessUrl, dataDir, neon }: Config,
  migrations: string,
  holdMs?: number,
) {
  const folder = join(dataDir, "businesses");
  const options = { migrations, folder, access: neon };
  return {
    ...{ control: deps.control, sealing: deps.sealing, faults: deps.faults, log: silentLog },
    provisioner: provisionerAt(businessUrl).create<BusinessTables>(businessUrl.location, options),
    schemas: createSchemaRecords(deps.control, await schemaOf(migrations), { holdMs }),
  } satisfies MigrateFleetDeps;
}

export const usualInput: MigrateFleetInput = {
  canaries: [],
  parallel: 4,
  stopAfter: { share: 0.05 },
  retries: 0,
};

export async function createFleetHouse(environment: Record<string, string>, size: number) {
  const stores = await createTestStores(environment);
  const folder = await writeLaterMigrations(join(stores.config.dataDir, "later-migrations"));
  const businesses: Business[] = [];
  for (let at = 0; at < size; at += 1) businesses.push(await stores.createBusiness(`fleet-${at}`));
  const deps = await fleetDepsOf(stores.deps, stores.config, folder);
  const present = provisionerAt(stores.config.businessUrl).create<BusinessTables>(
    stores.config.businessUrl.location,
    {
      migrations: migrationsOf("business"),
      folder: join(stores.config.dataDir, "businesses"),
      access: stores.config.neon,
    },
  );

  async function credentialsOf({ id }: Business): Promise<BusinessCredentials> {
    const { credentials } = await deps.control.kysely
      .selectFrom("businesses")
      .select("credentials")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const plain = deps.sealing.open(credentials, credentialsContext(id));
    return JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials;
  }

  return {
    ...{ stores, businesses, deps, folder, credentialsOf },
    /** Returns which of the two tables of the later migration exist in the business's database. */
    async tablesOf(business: Business): Promise<readonly string[]> {
      const names =
        stores.config.businessUrl.scheme === "sqlite"
          ? "select name from sqlite_schema where type = 'table'"
          : "select table_name as name from information_schema.tables";
      const found = await askIn(stores.config.businessUrl, await credentialsOf(business), [names]);
      return found
        .map(({ name }) => name)
        .filter((name) => name.startsWith("later"))
        .toSorted();
    },
    /** Drops the tables of the later migration, and deletes the entries that say that this migration has run. */
    async undo(business: Business): Promise<void> {
      await askIn(stores.config.businessUrl, await credentialsOf(business), [
        ...[`drop table if exists "laterOne"`, `drop table if exists "laterTwo"`],
        `delete from kysely_migration where name = '${laterName}'`,
      ]);
      await stores.deps.control.kysely
        .updateTable("businessSchemas")
        .set({ version: null })
        .where("businessId", "=", business.id)
        .execute();
    },
    /** Makes the later migration fail in this business. `repair` undoes this. */
    async breakOne(business: Business): Promise<void> {
      await stores.createUser(business, "broken");
    },
    async repair(business: Business): Promise<void> {
      const database = await present.open(await credentialsOf(business));
      await database.run(`delete from "users" where "id" = 'broken'`, []);
      await database.close();
    },
    async [Symbol.asyncDispose]() {
      globalThis.rondoBetween = undefined;
      await deps.provisioner.close();
      await present.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

export type FleetHouse = Awaited<ReturnType<typeof createFleetHouse>>;

/**
 * Queries the database without Rondo's own client, because that client would migrate the database. On a database
 * server, the query runs as the administrator.
 */
async function askIn(
  { scheme, location }: StoreUrl,
  { file, url }: BusinessCredentials,
  statements: readonly string[],
): Promise<readonly { readonly name: string }[]> {
  if (scheme === "sqlite") {
    using database = new Database(file);
    return statements.map((text) => database.query<{ name: string }, []>(text).all()).at(-1)!;
  }
  const admin = Object.assign(new URL(location), { pathname: new URL(url!).pathname });
  const client = postgres(admin.href, { max: 1, onnotice: () => {} });
  try {
    let rows: readonly unknown[] = [];
    for (const text of statements) rows = await client.unsafe(text);
    return Array.from(rows as { name: string }[]);
  } finally {
    await client.end({ timeout: 1 });
  }
}
