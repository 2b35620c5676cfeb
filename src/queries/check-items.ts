// Holds an insert to all or nothing, and tells which item of its list is at fault.
import type { Transaction } from "kysely";
import { AppError, type Fault, notFound } from "../errors.ts";
import type { CallValues } from "./bind.ts";
import type { InsertPlan } from "./plan.ts";
import { badParameters } from "./read-call.ts";
import { runText } from "./run-shift.ts";
import type { SqlText, WriteExtras } from "./write-extras.ts";

/** An upsert meets each row once: INVALID_PARAMETER when two items have the same key. */
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
      message: `An item before it has the same ${key}.`,
      hint: "Send one item for each.",
    },
  ]);
}

interface Written {
  readonly changes: number;
  readonly values: CallValues;
}

/**
 * The SQL leaves out what refers to something of someone else, or is a row of someone else: NOT_FOUND, with the
 * item. Only where nothing is done on conflict may rows be left out, because they are there already.
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
    throw nothingThere({ at: `${plan.each}/${place}`, message: "It refers to something that isn't there." });
  }
  if (place !== undefined || plan.onConflict?.update.length !== 0) throw notFound("thing");
}

interface Clash {
  readonly err: AppError;
  readonly values: CallValues;
}

/** The same error with the item whose key is taken, by a row that is stored or by an item before it. */
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
  const fault = { at: `${plan.each}/${place}`, message: "Its key is taken." };
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
