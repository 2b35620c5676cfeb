// Reads the default value of a column, and checks that the value fits the type of the column. Also lists the names of
// the types.
import { decimalOf, decimalText } from "../../ports/database/decimals.ts";
import type { ColumnType } from "../../businesses/tables/table-declaration.ts";
import { isStorableJson, isStorableText } from "../../exact-json.ts";
import type { FaultList } from "../../queries/spec/faults.ts";
import { describe } from "../../queries/spec/json-reader.ts";
import type { DefaultValue } from "./own-table.ts";

type ReadDefault = (value: unknown) => DefaultValue | undefined;

const whole =
  (least: number, most: number): ReadDefault =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined;

const textMax = 1_000;
const day = /^\d{4}-\d{2}-\d{2}$/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

/** The reader of default values for each type; undefined if columns of the type can't have a default. */
const readers: Readonly<
  Record<ColumnType, { readonly read: ReadDefault; readonly needs: string } | undefined>
> = {
  id: undefined,
  text: {
    read: (value) =>
      typeof value === "string" && value.length <= textMax && isStorableText(value) ? value : undefined,
    needs: `A text of at most ${textMax} characters`,
  },
  integer: { read: whole(-2_147_483_648, 2_147_483_647), needs: "A whole number of 32 bits" },
  bigint: { read: whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), needs: "A whole number" },
  // Decimals are read in `readDefault`, which knows the number of decimal places.
  decimal: { read: () => undefined, needs: 'A decimal as text, such as "12.50",' },
  float: {
    read: (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined),
    needs: "A number",
  },
  bytes: undefined,
  date: {
    read: (value) =>
      typeof value === "string" && day.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined,
    needs: 'A date such as "2026-01-31"',
  },
  boolean: { read: (value) => (typeof value === "boolean" ? value : undefined), needs: "true or false" },
  timestamp: {
    read: (value) =>
      typeof value === "string" && instant.test(value) && !Number.isNaN(Date.parse(value))
        ? new Date(value).toISOString()
        : undefined,
    needs: 'An instant such as "2026-01-31T12:00:00Z"',
  },
  json: {
    read(value) {
      const text = JSON.stringify(value);
      return text.length <= textMax && isStorableJson(text) ? text : undefined;
    },
    needs: `JSON of at most ${textMax} characters (without NUL, and without half of a surrogate pair)`,
  },
};

export const columnTypeNames = Object.keys(readers) as readonly ColumnType[];

/**
 * Returns the default in the stored form: JSON and decimals as text, instants with milliseconds.
 * Returns undefined if `raw` is undefined. If the value doesn't fit, adds a fault and returns
 * undefined. `scale` must be given for a decimal, and only for a decimal.
 */
export function readDefault(
  faults: FaultList,
  at: string,
  type: ColumnType,
  raw: unknown,
  scale?: number,
): DefaultValue | undefined {
  if (raw === undefined) return undefined;
  const reader = readers[type];
  if (scale !== undefined) {
    const whole = typeof raw === "string" ? decimalOf(raw, scale) : undefined;
    if (whole !== undefined) return decimalText(whole, scale);
  }
  if (reader === undefined)
    return faults.add(at, `A column of type ${type} can't have a default.`, "Leave it out.");
  return reader.read(raw) ?? faults.add(at, `${reader.needs} is needed here, not ${describe(raw)}.`);
}
