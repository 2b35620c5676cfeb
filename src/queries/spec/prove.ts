// Checks queries on a migrated database: whether the database has the columns that the schema
// declares, and whether its engine accepts the statements of representative calls of each query.
// The statements are only planned, so they read and change no rows.
import { sql } from "kysely";
import { isAppError } from "../../errors.ts";
import type { Database, SqlValue, StatementPlan as DatabasePlan } from "../../ports/database/database.ts";
import type { SpecFault } from "./faults.ts";
import { mentions } from "../plan-parts.ts";
import { representativeShapes } from "../publish/golden.ts";
import type { StatementPlan as QueryStatement, ValueType } from "../plan.ts";
import type { ReadyQuery } from "../run/query-set.ts";
import type { Schema } from "./parse/parsing.ts";
import type { Slot } from "../sql/slot.ts";
import { extraTextsOf } from "../sql/write-extras.ts";

export interface ProveOptions<Tables> {
  readonly queries: Iterable<ReadyQuery>;
  readonly schema: Schema;
  /** A migrated database, or an open transaction that has already changed the tables of its database. */
  readonly database: Pick<Database<Tables>, "dialect" | "kysely" | "explain">;
}

export interface Proof {
  readonly faults: readonly SpecFault[];
  /** The reads that scan a table. They work, but get slower when the table grows. */
  readonly scans: readonly SpecFault[];
}

/**
 * The tables of the database by name, each with its columns by name. `filled` means that the database itself sets the
 * column if an insert omits it.
 */
type RealTables = ReadonlyMap<
  string,
  ReadonlyMap<string, { readonly nullable: boolean; readonly filled: boolean }>
>;

export async function proveOnDatabase<Tables>({
  queries,
  schema,
  database,
}: ProveOptions<Tables>): Promise<Proof> {
  const real = await realTablesOf(database);
  const faults: SpecFault[] = [];
  const scans: SpecFault[] = [];
  for (const query of queries) {
    const file = `${query.name}.json`;
    const note = (at: string, message: string, hint?: string) =>
      faults.push(hint === undefined ? { file, at, message } : { file, at, message, hint });
    for (const fault of tableFaults(query, schema, real)) note(fault.at, fault.message);
    for (const zone of await unknownZones(query, database))
      note("/query", `The database's server does not know the time zone "${zone}".`);
    for (const { given, order, page, title } of representativeShapes(query)) {
      const values = { ...Object.fromEntries(given.map((name) => [name, true])), orderBy: order };
      for (const [index, statement] of query.statements(database.dialect, values, page).entries()) {
        const { steps } = query.plan;
        const { kind } = steps[index]!.statement;
        const at = steps.length > 1 ? `/query/steps/${index}` : "/query";
        try {
          const { reach, scanned } = await database.explain(statement.sql, statement.slots.map(sampleOf));
          for (const { sql, slots } of extraTextsOf(statement.extras))
            await database.explain(sql, slots.map(sampleOf));
          const where = `${title}, ${database.dialect}`;
          if (kind !== "select") {
            if (database.dialect === "sqlite" && reachesFar(statement.sql, reach, scanned)) {
              note(
                at,
                `A write has to find its rows by an index, and this write does not (${where}).`,
                "Use an id in the condition, or add an index.",
              );
            }
          } else if (reach === "scan") {
            const message = `The query scans whole tables: ${scanned.join(", ")} (${where}).`;
            scans.push({
              file,
              at,
              message,
              hint: "An index on the searched columns would avoid the scan.",
            });
          }
        } catch (err) {
          if (!isAppError(err)) throw err;
          const reason = err.cause instanceof Error ? err.cause.message : err.publicMessage;
          note(at, `${database.dialect} refuses the statement (${title}): ${reason}`);
        }
      }
    }
  }
  return { faults: distinct(faults), scans: distinct(scans) };
}

/**
 * Returns whether a write scans a table, or joins tables in a way that can multiply the rows. Such a write can take
 * long, and on SQLite all other writes of the business wait until it ends. A scan of a table that the statement does
 * not name is ignored: SQLite adds such scans to the plan of an insert, to check foreign keys, but never runs them.
 */
const reachesFar = (sql: string, reach: DatabasePlan["reach"], scanned: readonly string[]): boolean =>
  scanned.some((table) => sql.includes(`"${table}"`)) || (reach === "fan-out" && sql.includes(" join "));

/**
 * Finds time zones that the database server doesn't know. Only Postgres is asked. With SQLite, the time zones of this
 * process are used, and the parser of the specs has already checked them.
 */
async function unknownZones<Tables>(
  { plan }: ReadyQuery,
  database: ProveOptions<Tables>["database"],
): Promise<readonly string[]> {
  if (database.dialect === "sqlite") return [];
  const zones = new Set<string>();
  mentions(plan.steps, ({ zone }) => {
    if (typeof zone === "string" && zone !== "UTC") zones.add(zone);
    return false;
  });
  const unknown: string[] = [];
  for (const zone of zones) {
    const asked = await sql`select 1 from pg_timezone_names where name = ${zone}`.execute(database.kysely);
    if (asked.rows.length === 0) unknown.push(zone);
  }
  return unknown;
}

async function realTablesOf<Tables>(database: Pick<Database<Tables>, "kysely">): Promise<RealTables> {
  const tables = await database.kysely.introspection.getTables();
  return new Map(
    tables.map(({ name, columns }) => [
      name,
      new Map(
        columns.map((column) => [
          column.name,
          { nullable: column.isNullable, filled: column.hasDefaultValue || column.isAutoIncrementing },
        ]),
      ),
    ]),
  );
}

function tableFaults(
  query: ReadyQuery,
  schema: Schema,
  real: RealTables,
): readonly { at: string; message: string }[] {
  const found: { at: string; message: string }[] = [];
  for (const [index, table] of query.tables.entries()) {
    const columns = real.get(table);
    const at = `/tables/${index}`;
    if (columns === undefined) found.push({ at, message: `The database has no table "${table}".` });
    for (const [name, declared] of Object.entries(schema[table]?.columns ?? {})) {
      const column = columns?.get(name);
      if (columns !== undefined && column === undefined)
        found.push({ at, message: `The database has no column ${table}.${name}.` });
      // SQLite reports a text primary key as nullable, but no query can store null in it.
      if (column?.nullable && !declared.nullable && name !== "id")
        found.push({
          at,
          message: `The schema says that ${table}.${name} is never null, but the database allows null.`,
        });
    }
  }
  for (const { statement } of query.plan.steps) found.push(...unfilledColumns(statement, real));
  return found;
}

function unfilledColumns(
  statement: QueryStatement,
  real: RealTables,
): readonly { at: string; message: string }[] {
  if (statement.kind !== "insert") return [];
  const { table, assignments } = statement;
  return [...(real.get(table.table) ?? [])]
    .filter(
      ([name, { nullable, filled }]) =>
        !nullable && !filled && !assignments.some(({ column }) => column === name),
    )
    .map(([name]) => ({
      at: "/query",
      message: `${table.table}.${name} needs a value: it can't be null and has no default.`,
    }));
}

const samples: Readonly<Record<ValueType, SqlValue>> = {
  id: "x",
  text: "x",
  integer: 1,
  bigint: 1,
  decimal: 1,
  float: 1,
  boolean: true,
  date: "2026-01-01",
  bytes: new Uint8Array(),
  timestamp: "2026-01-01T00:00:00.000Z",
  json: "{}",
  row: null,
  rows: null,
};

/** Returns any value of the right type, because plans don't depend on the value. */
function sampleOf(slot: Slot): SqlValue {
  switch (slot.slot) {
    case "parameter":
    case "step":
    case "cursor":
      return samples[slot.type];
    case "list":
    case "items":
      return "[]";
    case "search":
      return slot.form === "fts5" ? "words:x" : "'x'";
    case "now":
      return samples.timestamp;
    case "stepChanges":
    case "pageLimit":
      return 1;
    default:
      return "x";
  }
}

const distinct = (faults: readonly SpecFault[]): readonly SpecFault[] => [
  ...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values(),
];
