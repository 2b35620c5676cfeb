// Loads the named queries for a server. Before a query is served, its statements are checked on SQLite, and also on
// Postgres if new businesses are created there.
import { hash } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import { businessSchema, type BusinessTables } from "../businesses/tables/schema.ts";
import type { Log } from "../process/log.ts";
import type { BusinessProvisioner } from "../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../ports/database/database.ts";
import { goldenTextOf } from "../queries/publish/golden.ts";
import { loadSpecs, readSpecFiles, specsInvalid } from "../queries/spec/load-specs.ts";
import { proveOnDatabase } from "../queries/spec/prove.ts";
import type { QuerySet } from "../queries/run/query-set.ts";
import { type WatchedSpecs, watchSpecs } from "../queries/spec/watch-specs.ts";

export interface OpenSpecsOptions {
  readonly dir: string;
  /** Whether specs are read again when a file changes. */
  readonly watch: boolean;
  readonly control: Database<ControlTables>;
  readonly provisioner: BusinessProvisioner<BusinessTables>;
  readonly log: Log;
  /** Opens a new SQLite database, which has all tables and no rows. */
  openScratch(): Promise<Database<BusinessTables>>;
}

/**
 * Throws SPEC_INVALID if a file has a fault or an engine refuses a statement. If the folder is watched and the specs
 * have such a fault after a later change, the fault is logged and the last valid specs are served.
 */
export async function openSpecs(options: OpenSpecsOptions): Promise<WatchedSpecs> {
  const { dir, watch, log } = options;
  const load = () => loadProven(options);
  if (!watch) return { current: await load(), close() {} };
  const onFault = (fault: string) =>
    log.error({ fault }, "the specs have faults; the last valid specs are served");
  return watchSpecs({ dir, load, onFault });
}

async function loadProven(options: OpenSpecsOptions): Promise<QuerySet> {
  const set = await loadProvenOnScratch(options);
  // On Neon, the check would need a branch, which costs seconds and money. `rondo specs check --postgres` checks the
  // specs instead.
  if (options.provisioner.engine === "postgres") await proveOnServer(options, set);
  return set;
}

/** The last specs that this process checked on SQLite. Unchanged files need no second check. */
let lastProven: { readonly digest: string; readonly set: QuerySet } | undefined;

async function loadProvenOnScratch({ dir, openScratch }: OpenSpecsOptions): Promise<QuerySet> {
  const digest = hash("sha256", JSON.stringify(await readSpecFiles(dir)));
  if (lastProven?.digest === digest) return lastProven.set;
  const scratch = await openScratch();
  try {
    const set = await loadSpecs({ dir, schema: businessSchema, proveOn: scratch });
    lastProven = { digest, set };
    return set;
  } finally {
    await scratch.close();
  }
}

const settingName = "specsProvenOnPostgres";

/** Checks the statements on a temporary database. The same statements are not checked again at the next start. */
async function proveOnServer({ control, provisioner }: OpenSpecsOptions, set: QuerySet): Promise<void> {
  const queries = [...set.queries.values()];
  const proof = hash("sha256", queries.map((query) => goldenTextOf(query, "postgres")).join("\n"));
  const proven = await control.kysely
    .selectFrom("settings")
    .select("value")
    .where("name", "=", settingName)
    .executeTakeFirst();
  if (proven?.value === proof) return;

  const faults = await onBegunDatabase({ control, provisioner }, async (database) => {
    const proving = await proveOnDatabase({ queries, schema: businessSchema, database });
    return proving.faults;
  });
  if (faults.length > 0) throw specsInvalid(faults);
  await control.kysely
    .insertInto("settings")
    .values({ name: settingName, value: proof })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value: proof }))
    .execute();
}

/**
 * Runs `work` on a new database, and then drops the database, even if `work` fails. If the creation or the deletion of
 * the database fails, or if this process is killed, a sweep drops the database later. The sweep finds the database by
 * its row in `begunBusinesses`.
 */
async function onBegunDatabase<T>(
  { control, provisioner }: Pick<OpenSpecsOptions, "control" | "provisioner">,
  work: (database: Database<BusinessTables>) => Promise<T>,
): Promise<T> {
  const id = uuidv7();
  await control.kysely
    .insertInto("begunBusinesses")
    .values({ id, engine: provisioner.engine, state: "begun", begunAt: new Date().toISOString() })
    .execute();
  const credentials = await provisioner.provision(id);
  try {
    const database = await provisioner.open(credentials);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  } finally {
    await provisioner.drop(credentials);
    await control.kysely.deleteFrom("begunBusinesses").where("id", "=", id).execute();
  }
}
