// Reads from SQLite's query plan how a statement finds its rows: by index look-ups, by nested index look-ups, or by
// table scans. Nested look-ups can be very many: if one look-up finds 1,000 rows, the look-up inside it runs 1,000
// times.
import type { Database as Sqlite } from "bun:sqlite";
import type { StatementPlan } from "../database.ts";

interface PlanRow {
  readonly detail: string;
}

export function sqlitePlanOf(db: Sqlite, sql: string): StatementPlan {
  const statement = db.prepare<PlanRow, []>(`explain query plan ${sql}`);
  try {
    return planOfSteps(statement.all().map(({ detail }) => detail));
  } finally {
    statement.finalize();
  }
}

/** `steps` are the values of the column "detail" in the output of EXPLAIN QUERY PLAN. */
export function planOfSteps(steps: readonly string[]): StatementPlan {
  const scanned = scannedTables(steps);
  const recursive = steps.includes("RECURSIVE STEP");
  const wide = steps.filter((step) => step.startsWith("SEARCH") && !isUnique(step)).length;
  const reach = scanned.length > 0 || recursive ? "scan" : wide > 1 ? "fan-out" : "lookups";
  // The step "USE TEMP B-TREE FOR LAST TERM OF ORDER BY" does not count as a sort, because this step sorts only rows
  // that have equal values in the index.
  const sorts = steps.includes("USE TEMP B-TREE FOR ORDER BY");
  return { reach, scanned, sorts, text: steps.join("\n") };
}

/**
 * Returns whether the statement is an update or a delete that can affect many rows. Such a statement can affect many
 * rows if its plan contains a scan, or a search by something other than the id.
 */
export function mayMeetMany(db: Sqlite, sql: string): boolean {
  if (!/^\s*(?:update|delete)\s/i.test(sql)) return false;
  const { text, reach } = sqlitePlanOf(db, sql);
  return reach === "scan" || text.split("\n").some((step) => step.startsWith("SEARCH") && !isUnique(step));
}

/** Whether the step looks rows up by id. Such a step finds at most one row for each id. */
const isUnique = (step: string): boolean => /\((id|rowid)=\?\)( LEFT-JOIN)?$/.test(step);

/** Matches the step of a full-text search in an FTS5 table, which finds rows by their words. */
const isTextSearch = /^SCAN \S+ VIRTUAL TABLE INDEX \d+:M/;

/**
 * Returns the scanned tables. These scans are left out:
 * - scans of a subquery's result, because other steps of the plan show how the subquery finds its rows
 * - full-text searches
 * - scans of lists that are bound as JSON ("json_each" and "~item")
 */
function scannedTables(steps: readonly string[]): readonly string[] {
  const made = new Set(steps.map((step) => /^(?:CO-ROUTINE|MATERIALIZE) (\S+)/.exec(step)?.[1]));
  return steps
    .filter((step) => !isTextSearch.test(step))
    .map((step) => /^SCAN (?!CONSTANT ROW)(\S+)/.exec(step)?.[1])
    .filter((table) => table !== undefined)
    .filter((table) => !made.has(table) && table !== "json_each" && table !== "~item");
}
