// Runs the steps of a write in one transaction. A refused call has changed nothing, whether it is refused before or
// after its statements have run.
import { CompiledQuery, type Transaction } from "kysely";
import { AppError, isAppError, notFound } from "../../../errors.ts";
import type { Database, SqlRow } from "../../../ports/database/database.ts";
import { tooManyRows, writeTooSlow } from "../../../ports/database/refusals.ts";
import type { CallValues, StepOutcome } from "../../sql/bind.ts";
import { checkRepeated, checkWritten, namingItem } from "./check-items.ts";
import type { Guards, StepPlan } from "../../plan.ts";
import type { ReadyQuery, ReadyStatement } from "../query-set.ts";
import { runShift, runText } from "./run-shift.ts";

export interface WriteCall {
  readonly query: ReadyQuery;
  /** The statements, one per step. */
  readonly statements: readonly ReadyStatement[];
  readonly values: CallValues;
  readonly guards: Guards;
}

export interface Outcome {
  readonly rows: SqlRow[];
  readonly statement: ReadyStatement;
}

/**
 * Stores the result of a write, so that a repetition of the call gets the same result and writes
 * nothing. Both methods run in the transaction of the write.
 */
export interface RepeatedWrite<Tables, Answer> {
  find(trx: Transaction<Tables>): Promise<Answer | undefined>;
  add(trx: Transaction<Tables>, answer: Answer): Promise<void>;
}

/**
 * Runs the write. If `repeat.find` finds the result of an earlier call, returns that result and runs
 * no step.
 *
 * `answerOf` is called before the commit. If `answerOf` throws, for example because there are too many
 * rows, the transaction is rolled back. After `guards.timeoutMs`, the transaction is rolled back with
 * QUERY_TIMEOUT.
 *
 * An update that calculates new values from old values can end with CONFLICT although its final
 * values are unique. Then the write is attempted a second time, in the mode "shifting", with a new
 * time limit.
 */
export async function runWrite<Tables, Answer>(
  database: Database<Tables>,
  call: WriteCall,
  answerOf: (outcome: Outcome) => Answer,
  repeat?: RepeatedWrite<Tables, Answer>,
): Promise<Answer> {
  const shifts = call.statements.some(({ extras }) => extras.shift !== undefined);
  const plain: Attempt = { mode: "plain", index: 0, values: call.values };
  try {
    return await attempt(database, call, { answerOf, repeat }, plain);
  } catch (err) {
    if (!isAppError(err, "CONFLICT")) throw err;
    if (!shifts) throw await withItem(database, call, err, plain);
  }
  const shifting: Attempt = { ...plain, mode: "shifting" };
  return attempt(database, call, { answerOf, repeat }, shifting).catch(async (err: unknown) => {
    throw await withItem(database, call, err, shifting);
  });
}

interface Attempt {
  /**
   * In the mode "shifting", an update whose new values depend on the old values runs in two rounds (`runShift`). So no
   * new value collides with an old value.
   */
  readonly mode: "plain" | "shifting";
  /** The index of the current step, and the values with which that step runs. */
  index: number;
  values: CallValues;
}

interface Answering<Tables, Answer> {
  answerOf(outcome: Outcome): Answer;
  readonly repeat: RepeatedWrite<Tables, Answer> | undefined;
}

function attempt<Tables, Answer>(
  database: Database<Tables>,
  { query, statements, guards, values: given }: WriteCall,
  { answerOf, repeat }: Answering<Tables, Answer>,
  state: Attempt,
): Promise<Answer> {
  const { plan } = query;
  const work = async (trx: Transaction<Tables>): Promise<Answer> => {
    const checkTime = deadlineOf(guards.timeoutMs);
    if (database.dialect === "postgres") {
      await trx.executeQuery(CompiledQuery.raw(`set local statement_timeout = ${guards.timeoutMs}`));
    }
    const known = await repeat?.find(trx);
    if (known !== undefined) return known;
    const steps = new Map<string, StepOutcome>();
    state.values = { ...given, steps };
    for (const [index, statement] of statements.entries()) {
      const step = plan.steps[index]!;
      state.index = index;
      const outcome = await runStep(trx, { step, statement, mode: state.mode }, state.values);
      checkTime();
      // A select returns at most one row more than allowed, however many rows there are. So if there are too many rows,
      // their number is unknown, and a later step must not use it.
      if (outcome.changes > guards.maxRows && step.statement.kind === "select")
        throw tooManyRows(guards.maxRows);
      steps.set(statement.step, outcome);
      checkStep(step, outcome.changes);
    }
    const at = plan.steps.findIndex(({ name }) => name === plan.answer);
    const rows = steps.get(plan.answer)!.rows.map((row) => ({ ...row }));
    const answer = answerOf({ rows, statement: statements[at]! });
    await repeat?.add(trx, answer);
    checkTime();
    return answer;
  };
  const texts = statements.map(({ sql }) => sql);
  return database.transaction(work, { texts, timeoutMs: guards.timeoutMs });
}

/**
 * Returns the error that the caller throws in place of `err`. If `err` is a conflict of an insert of several items, looks
 * for the item that caused the conflict, in a new transaction, because the first one was rolled back.
 * If the item is found, the returned error names it. Otherwise returns `err` itself.
 */
async function withItem<Tables>(
  database: Database<Tables>,
  { query, statements }: WriteCall,
  err: unknown,
  { index, values }: Attempt,
): Promise<unknown> {
  const { statement } = query.plan.steps[index]!;
  if (!isAppError(err, "CONFLICT") || statement.kind !== "insert") return err;
  try {
    return await database.transaction((trx) =>
      namingItem(trx, statement, statements[index]!.extras, { err, values }),
    );
  } catch {
    return err;
  }
}

interface RunningStep {
  readonly step: StepPlan;
  readonly statement: ReadyStatement;
  readonly mode: Attempt["mode"];
}

async function runStep<Tables>(
  trx: Transaction<Tables>,
  { step, statement, mode }: RunningStep,
  values: CallValues,
): Promise<StepOutcome> {
  const { extras, unordered } = statement;
  if (step.statement.kind === "insert") await checkRepeated(trx, step.statement, extras, values);
  const { rows, changes } =
    extras.shift !== undefined && (mode === "shifting" || extras.shift.always)
      ? await runShift(trx, extras.shift, values)
      : await runText(trx, statement, values);
  if (step.statement.kind === "insert") await checkWritten(trx, step.statement, extras, { changes, values });
  return { rows: unordered ? inOneOrder(rows) : rows, changes };
}

/** Sorts the rows. A later step can use the first row, which must be the same on every engine. */
const inOneOrder = (rows: readonly SqlRow[]): readonly SqlRow[] =>
  rows.length < 2
    ? rows
    : rows
        .map((row) => ({ row, text: JSON.stringify(row) }))
        .sort((one, other) => (one.text < other.text ? -1 : 1))
        .map(({ row }) => row);

/**
 * Returns a check that throws QUERY_TIMEOUT after the time limit. On SQLite, a statement that runs
 * in this process can't be stopped, so the transaction is rolled back only after the statement.
 */
function deadlineOf(timeoutMs: number): () => void {
  const endsAt = performance.now() + timeoutMs;
  return () => {
    if (performance.now() > endsAt) throw writeTooSlow(timeoutMs);
  };
}

function checkStep({ expect }: StepPlan, changes: number): void {
  if (expect === "rows" && changes === 0) throw notFound("thing");
  if (expect === "none" && changes > 0) {
    throw new AppError("CONFLICT", "Such a row exists already.", { hint: "Read it, or use another value." });
  }
}
