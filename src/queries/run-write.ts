// Runs the steps of a write in one transaction. A call that is refused, before or after its statements ran, has changed nothing.
import { CompiledQuery, type Transaction } from "kysely";
import { AppError, notFound } from "../errors.ts";
import type { Database, SqlRow } from "../ports/database/database.ts";
import type { CallValues, StepOutcome } from "./bind.ts";
import type { Guards } from "./plan.ts";
import type { ReadyQuery, ReadyStatement } from "./query-set.ts";

export interface WriteCall {
  readonly query: ReadyQuery;
  /** One per step. */
  readonly statements: readonly ReadyStatement[];
  readonly values: CallValues;
  readonly guards: Guards;
}

export interface Outcome {
  readonly rows: SqlRow[];
  readonly statement: ReadyStatement;
}

/**
 * `answerOf` is called before the commit: when it throws, because the answer has too many rows or bytes or none
 * where one is needed, the transaction is rolled back. Past `guards.timeoutMs` it is, too: QUERY_TIMEOUT.
 */
export async function runWrite<Tables, Answer>(
  database: Database<Tables>,
  call: WriteCall,
  answerOf: (outcome: Outcome) => Answer,
): Promise<Answer> {
  const { query, statements, guards } = call;
  const { plan } = query;
  return database.transaction(async (trx) => {
    const checkTime = deadlineOf(guards.timeoutMs);
    if (database.dialect === "postgres") {
      await trx.executeQuery(CompiledQuery.raw(`set local statement_timeout = ${guards.timeoutMs}`));
    }
    const steps = new Map<string, StepOutcome>();
    const values: CallValues = { ...call.values, steps };
    for (const [index, statement] of statements.entries()) {
      const outcome = await runStep(trx, statement, values);
      checkTime();
      steps.set(statement.step, outcome);
      checkStep(query, index, outcome.changes, values);
    }
    const at = plan.steps.findIndex(({ name }) => name === plan.answer);
    const rows = steps.get(plan.answer)!.rows.map((row) => ({ ...row }));
    const answer = answerOf({ rows, statement: statements[at]! });
    checkTime();
    return answer;
  });
}

async function runStep<Tables>(
  trx: Transaction<Tables>,
  statement: ReadyStatement,
  values: CallValues,
): Promise<StepOutcome> {
  const { rows, numAffectedRows } = await trx.executeQuery<SqlRow>(
    CompiledQuery.raw(statement.sql, statement.bind(values)),
  );
  return {
    rows: statement.unordered ? inOneOrder(rows) : rows,
    changes: Number(numAffectedRows ?? rows.length),
  };
}

/** A later step uses the first row, which is to be the same on every engine. */
const inOneOrder = (rows: readonly SqlRow[]): readonly SqlRow[] =>
  rows.length < 2
    ? rows
    : rows
        .map((row) => ({ row, text: JSON.stringify(row) }))
        .sort((one, other) => (one.text < other.text ? -1 : 1))
        .map(({ row }) => row);

/** SQLite runs a write in place and can't stop it: there the transaction is rolled back afterwards. */
function deadlineOf(timeoutMs: number): () => void {
  const endsAt = performance.now() + timeoutMs;
  return () => {
    if (performance.now() > endsAt) throw writeTooSlow(timeoutMs);
  };
}

const writeTooSlow = (timeoutMs: number): AppError =>
  new AppError("QUERY_TIMEOUT", `The write took longer than ${timeoutMs} ms and was undone.`, {
    hint: "Write less at once, or add an index for what it looks for.",
  });

function checkStep(query: ReadyQuery, index: number, changes: number, call: CallValues): void {
  const { expect } = query.plan.steps[index]!;
  if (expect === "rows" && changes === 0) throw notFound("thing");
  if (expect === "none" && changes > 0) {
    throw new AppError("CONFLICT", "There is one already.", { hint: "Read it, or use another value." });
  }
  const expected = expectedRows(query, index, call);
  if (expected !== undefined && changes !== expected) throw notFound("thing");
}

/** An insert of many writes all of them or none: one that refers to something of someone else is left out by the SQL. */
function expectedRows({ plan }: ReadyQuery, index: number, { parameters }: CallValues): number | undefined {
  const { statement } = plan.steps[index]!;
  if (
    statement.kind !== "insert" ||
    statement.each === undefined ||
    statement.onConflict?.update.length === 0
  )
    return undefined;
  return (parameters[statement.each] as readonly unknown[]).length;
}
