// Reads SQLite's plan of a statement: only look-ups by index, or a walk through a whole table?
import type { Database as Sqlite } from "bun:sqlite";

interface PlanRow {
  readonly detail: string;
}

/** One line a step, as `EXPLAIN QUERY PLAN` says them. */
export function planOf(db: Sqlite, sql: string): readonly string[] {
  const statement = db.prepare<PlanRow, []>(`explain query plan ${sql}`);
  try {
    return statement.all().map(({ detail }) => detail);
  } finally {
    statement.finalize();
  }
}

/** The tables (by their alias) that the plan visits row by row. Rows of a sub-select were found by its own steps. */
export function scannedTables(plan: readonly string[]): readonly string[] {
  const made = new Set(plan.map((step) => /^(?:CO-ROUTINE|MATERIALIZE) (\S+)/.exec(step)?.[1]));
  return plan
    .map((step) => /^SCAN (?!CONSTANT ROW)(\S+)/.exec(step)?.[1])
    .filter((table) => table !== undefined && !made.has(table) && !table.startsWith("json_each"))
    .map((table) => table!);
}

export function mayScan(db: Sqlite, sql: string): boolean {
  const plan = planOf(db, sql);
  return scannedTables(plan).length > 0 || plan.includes("RECURSIVE STEP");
}
