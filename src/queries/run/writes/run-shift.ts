// Runs an update that calculates the new values of unique columns, for example an update that adds
// one to each position. In the middle of such an update, a new value could be equal to the old value
// of another row. So the update has two rounds: the first sets temporary values, and the second sets
// the new values. Columns whose `aside` is "stays" get no temporary value. If there are only such
// columns, there is only the second round.
import { CompiledQuery, type Transaction } from "kysely";
import type { SqlRow } from "../../../ports/database/database.ts";
import { wholeOf } from "../../../ports/database/decimals.ts";
import { clashOf } from "../../../ports/database/refusals.ts";
import { binderOf, type CallValues, type StepOutcome } from "../../sql/bind.ts";
import { type ShiftedColumn, shiftedRows } from "../../sql/shift-sql.ts";
import type { Shift, SqlText } from "../../sql/write-extras.ts";

export async function runShift<Tables>(
  trx: Transaction<Tables>,
  { columns, find, bounds, putAside, settle }: Shift,
  call: CallValues,
): Promise<StepOutcome> {
  const { rows: found } = await runText(trx, find, call);
  const [limits = {}] = bounds === undefined ? [] : (await runText(trx, bounds, call)).rows;
  const rows = found.map((row, index) => ({
    ...row,
    ...newValues(columns, row),
    ...placesAside(columns, limits, { index, of: found.length }),
  }));
  const values: CallValues = { ...call, parameters: { ...call.parameters, [shiftedRows]: rows } };
  if (putAside !== undefined) await runText(trx, putAside, values);
  return runText(trx, settle, values);
}

export async function runText<Tables>(
  trx: Transaction<Tables>,
  { sql, slots }: SqlText,
  call: CallValues,
): Promise<StepOutcome> {
  const { rows, numAffectedRows } = await trx.executeQuery<SqlRow>(
    CompiledQuery.raw(sql, binderOf(slots)(call)),
  );
  return { rows, changes: Number(numAffectedRows ?? rows.length) };
}

/**
 * Returns the new values of the decimal columns as integers, because a list parameter represents a decimal as an
 * integer. The values of other columns need no conversion, so the result doesn't contain them.
 */
const newValues = (columns: readonly ShiftedColumn[], row: SqlRow): SqlRow =>
  Object.fromEntries(
    columns.flatMap(({ type }, at) => {
      const value = row[String(at)];
      return type === "decimal" && value !== null ? [[String(at), wholeOf(value)]] : [];
    }),
  );

/** The index of a row among the affected rows, and the number of these rows. */
interface Turn {
  readonly index: number;
  readonly of: number;
}

const placesAside = (columns: readonly ShiftedColumn[], limits: SqlRow, turn: Turn): SqlRow =>
  Object.fromEntries(
    columns.flatMap(({ type, aside }, at) => {
      if (aside === "stays") return [];
      const bounds = { least: limits[`least${at}`], most: limits[`most${at}`] };
      return [[`~${at}`, aside === "null" ? null : placeBeyond(type, bounds, turn)]];
    }),
  );

interface Bounds {
  readonly least: unknown;
  readonly most: unknown;
}

/**
 * Returns a temporary value that no row has in this column. For a text, the value is random. For any other type, it is
 * greater than all values of the column. If the type has no greater values left, it is less than all of them (the
 * second choice, because some columns don't allow negative numbers). Throws CONFLICT if the type has no such value
 * either.
 */
function placeBeyond(type: ShiftedColumn["type"], { least, most }: Bounds, { index, of }: Turn): unknown {
  if (type === "text") return `~${crypto.randomUUID()}`;
  if (type === "timestamp") {
    const above = Date.parse(String(most)) + of;
    const place = above < lastInstant ? above - index : Date.parse(String(least)) - 1 - index;
    if (place < firstInstant) throw noPlace();
    return new Date(place).toISOString();
  }
  if (type === "date") {
    const above = Date.parse(String(most)) + of * dayMs;
    const place =
      above < lastInstant ? above - index * dayMs : Date.parse(String(least)) - (1 + index) * dayMs;
    if (place < firstInstant) throw noPlace();
    return new Date(place).toISOString().slice(0, 10);
  }
  const highest = type === "integer" ? 2n ** 31n - 1n : type === "decimal" ? decimalMax : 2n ** 63n - 1n;
  const above = wholeOf(most) + BigInt(of);
  const place = above <= highest ? above - BigInt(index) : wholeOf(least) - 1n - BigInt(index);
  if (place < -highest) throw noPlace();
  return place;
}

const dayMs = 86_400_000;
const decimalMax = 10n ** 18n - 1n;
const firstInstant = Date.parse("0001-01-01T00:00:00Z");
const lastInstant = Date.UTC(9999, 0);

const noPlace = () => clashOf({ kind: "unique" }, undefined);
