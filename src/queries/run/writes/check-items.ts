// Checks the items of an insert: no two items of an upsert may have the same key, and each item must have been
// stored, unless the spec allows that it is skipped. If an insert fails, finds the item that caused the error.
import type { Transaction } from "kysely";
import { AppError, type Fault, notFound } from "../../../errors.ts";
import type { CallValues } from "../../sql/bind.ts";
import type { InsertPlan } from "../../plan.ts";
import { badParameters } from "../check-call.ts";
import { runText } from "./run-shift.ts";
import type { SqlText, WriteExtras } from "../../sql/write-extras.ts";

/**
 * Throws INVALID_PARAMETER if two items of an upsert have the same key, because an upsert can
 * affect each row only once.
 */
export async function checkRepeated<Tables>(
  trx: Transaction<Tables>,
  plan: InsertPlan,
  { repeatedItem }: WriteExtras,
  values: CallValues,
): Promise<void> {
  if (rowsOf(plan, values) < 2) return;
  const place = await placeOf(trx, repeatedItem, values);
  if (place === undefined) return;
  const key = plan.onConflict!.columns.filter((column) => column !== plan.table.owner).join(", ");
  throw badParameters([
    {
      at: `${plan.each}/${place}`,
      message: `An earlier item has the same ${key}.`,
      hint: "Send one item for each key.",
    },
  ]);
}

interface Written {
  readonly changes: number;
  readonly values: CallValues;
}

/**
 * Throws NOT_FOUND if the SQL left out an item. The SQL leaves out an item in two cases:
 * 1. The item refers to a missing row or to another owner's row. If the insert has a list, the error contains the index
 *    of the item.
 * 2. The key of the item is already used by another owner's row. This is no error if the spec
 *    updates nothing on a conflict, because such a spec skips these items.
 */
export async function checkWritten<Tables>(
  trx: Transaction<Tables>,
  plan: InsertPlan,
  { unownedItem }: WriteExtras,
  { changes, values }: Written,
): Promise<void> {
  const expected = rowsOf(plan, values);
  if (changes === expected) return;
  const place = await placeOf(trx, unownedItem, values);
  if (place !== undefined && plan.each !== undefined) {
    throw nothingThere({
      at: `${plan.each}/${place}`,
      message: "It refers to something that does not exist.",
    });
  }
  if (place !== undefined || plan.onConflict?.update.length !== 0) throw notFound("thing");
}

interface Clash {
  readonly err: AppError;
  readonly values: CallValues;
}

/**
 * Call this function with the error of an insert whose key is already used, by a stored row or by an earlier item.
 * Returns a copy of the error with the index of the item that could not be inserted. If the insert has no list, or if
 * no such item is found, returns the error unchanged.
 */
export async function namingItem<Tables>(
  trx: Transaction<Tables>,
  plan: InsertPlan,
  { takenItem }: WriteExtras,
  { err, values }: Clash,
): Promise<AppError> {
  const { columns, table } = err.details ?? {};
  if (plan.each === undefined || !Array.isArray(columns) || table !== plan.table.table) return err;
  const place = await placeOf(trx, takenItem(columns), values);
  if (place === undefined) return err;
  const { code, publicMessage, hint = "", details = {}, cause } = err;
  const fault = { at: `${plan.each}/${place}`, message: "Its key is already taken." };
  return new AppError(code, publicMessage, { hint, details, faults: [fault], cause });
}

const rowsOf = ({ each }: InsertPlan, { parameters }: CallValues): number =>
  each === undefined ? 1 : (parameters[each] as readonly unknown[]).length;

async function placeOf<Tables>(
  trx: Transaction<Tables>,
  text: SqlText | undefined,
  values: CallValues,
): Promise<number | undefined> {
  const [row] = text === undefined ? [] : (await runText(trx, text, values)).rows;
  return row === undefined ? undefined : Number(row.place);
}

const nothingThere = (fault: Fault): AppError => {
  const { code, publicMessage, hint = "" } = notFound("thing");
  return new AppError(code, publicMessage, { hint, faults: [fault] });
};
