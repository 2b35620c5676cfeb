// Checks the query specs of an app against the tables of the app and of Rondo. Then the queries are planned on an empty
// database. The plans show whether the database accepts each query, and whether the query would scan a whole table.
import { CompiledQuery } from "kysely";
import { businessSchema, type BusinessTables } from "../businesses/tables/schema.ts";
import type { Database } from "../ports/database/database.ts";
import { createQuerySet, type ReadyQuery } from "../queries/run/query-set.ts";
import type { SpecFault } from "../queries/spec/faults.ts";
import { proveSpecs } from "../queries/spec/load-specs.ts";
import { proveOnDatabase } from "../queries/spec/prove.ts";
import type { Schema } from "../queries/spec/parse/parsing.ts";
import { type App, specFile } from "./app.ts";
import { changesSql } from "./changes/changes-sql.ts";
import { type OwnTable, schemaOf } from "./tables/own-table.ts";
import { planChanges } from "./changes/plan-changes.ts";

export interface ProveAppDeps {
  /** Opens a new database in memory that contains Rondo's tables. */
  openScratch(): Promise<Database<BusinessTables>>;
  /** The names of Rondo's own queries. */
  rondoQueryNames(): Promise<readonly string[]>;
}

export interface ProvenApp {
  readonly schema: Schema;
  readonly queries: readonly ReadyQuery[];
  readonly faults: readonly SpecFault[];
}

export interface AppContext {
  /** The tables of the app in RONDO_APP, which all businesses share. Empty if `proveApp` checks this shared app. */
  readonly commonTables: readonly OwnTable[];
  readonly commonQueryNames: readonly string[];
}

/** Checks the specs of an app. The tables of the app must have no faults. */
export async function proveApp(
  deps: ProveAppDeps,
  { tables, specs }: App,
  { commonTables, commonQueryNames }: AppContext,
): Promise<ProvenApp> {
  const own = [...commonTables, ...tables];
  const schema = { ...businessSchema, ...schemaOf(own) };
  const { queries, faults } = proveSpecs(specs, schema);
  const taken: SpecFault[] = [];
  const rondo = new Set(await deps.rondoQueryNames());
  for (const { name } of queries) {
    const whose = rondo.has(name)
      ? "Rondo"
      : commonQueryNames.includes(name)
        ? "The app of all businesses"
        : undefined;
    if (whose !== undefined)
      taken.push({
        file: `${name}.json`,
        at: "/name",
        message: `${whose} has a query "${name}" already.`,
        hint: "Use another name.",
      });
  }
  const ready = [...createQuerySet(queries).queries.values()];
  const refused = await refusedOnScratch(deps, own, schema, ready);
  return { schema, queries: ready, faults: inFolder([...faults, ...taken, ...refused]) };
}

/** Returns the faults with each file name replaced by the file's path in the folder of an app. */
export const inFolder = (faults: readonly SpecFault[]): readonly SpecFault[] =>
  faults.map((fault) => ({ ...fault, file: specFile(fault.file.replace(/\.json$/, "")) }));

async function refusedOnScratch(
  { openScratch }: ProveAppDeps,
  tables: readonly OwnTable[],
  schema: Schema,
  queries: readonly ReadyQuery[],
): Promise<readonly SpecFault[]> {
  const scratch = await openScratch();
  try {
    await scratch.changeTables(async ({ trx }) => {
      for (const text of changesSql("sqlite", planChanges([], tables)))
        await trx.executeQuery(CompiledQuery.raw(text));
    });
    return (await proveOnDatabase({ queries, schema, database: scratch })).faults;
  } finally {
    await scratch.close();
  }
}
