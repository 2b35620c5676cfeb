// Reads a window function: the number of a row, a rank, a running sum, or the value of the previous or next row.
import { pointerTo } from "../faults.ts";
import { readChoice, readList, readObject } from "../json-reader.ts";
import type { Direction, Expression, OrderKey, TypeOfValue, WindowName } from "../../plan.ts";
import type { Read } from "./calculation.ts";
import { fits, type Reading, type Visible } from "./parsing.ts";

const names: readonly WindowName[] = ["rowNumber", "rank", "denseRank", "sum", "lag", "lead"];
const withValue: ReadonlySet<WindowName> = new Set(["sum", "lag", "lead"]);

/** Reads `{"window": "sum", "of": "p.amount", "partitionBy": ["p.kind"], "orderBy": [{"by": "p.at"}]}`. */
export const readWindow: Read = (reading, at, raw, visible) => {
  const { faults } = reading;
  const read = readObject(faults, at, raw, {
    required: ["window", "orderBy"],
    optional: ["of", "partitionBy"],
  });
  if (read === undefined) return undefined;
  if (!visible.windows)
    return faults.add(
      at,
      'A window function is allowed only in "columns", and not in a query that returns a page.',
    );
  const name = readChoice(faults, pointerTo(at, "window"), raw.window, names);
  if (name === undefined) return undefined;
  if (withValue.has(name) !== (raw.of !== undefined))
    return faults.add(
      at,
      raw.of === undefined
        ? `"${name}" needs "of", the value to compute it from.`
        : `"${name}" is not computed from a value.`,
      raw.of === undefined ? undefined : 'Leave out "of".',
    );
  const isGrouped = visible.groups.length > 0;
  const inside: Visible = { ...visible, aggregates: isGrouped, windows: false };
  const of = raw.of === undefined ? undefined : reading.expression(pointerTo(at, "of"), raw.of, inside);
  const partitionBy = readPartition(reading, pointerTo(at, "partitionBy"), raw.partitionBy, inside);
  const orderBy = readWindowOrder(reading, pointerTo(at, "orderBy"), raw.orderBy, inside);
  if ((raw.of !== undefined && of === undefined) || partitionBy === undefined || orderBy === undefined)
    return undefined;
  // The keys of `tieBreakers` make the order of equal rows definite. A rank does not get these keys, because equal rows
  // must have the same rank.
  const ties =
    name === "rank" || name === "denseRank"
      ? []
      : tieBreakers(orderBy, isGrouped ? visible.groups : idsOf(reading, visible));
  const type = typeOf(reading, pointerTo(at, "of"), name, of);
  return type === undefined
    ? undefined
    : { kind: "window", name, of, partitionBy, orderBy: [...orderBy, ...ties], ...type };
};

function typeOf(
  { faults }: Reading,
  at: string,
  name: WindowName,
  of: Expression | undefined,
): (TypeOfValue & { readonly nullable: boolean }) | undefined {
  if (of === undefined) return { type: "integer", nullable: false };
  const { type, scale } = of;
  if (type === "row" || type === "rows") return faults.add(at, "Nested children can't be used in a window.");
  if (name !== "sum") return { type, scale, nullable: true };
  if (type === "float")
    return faults.add(at, "A running sum of floats depends on the engine.", "Use decimals or whole numbers.");
  if (!fits(type, "integer")) return faults.add(at, `"sum" needs numbers, not ${type}.`);
  return type === "integer" ? { type: "bigint", nullable: true } : { type, scale, nullable: true };
}

function readPartition(reading: Reading, at: string, raw: unknown, visible: Visible) {
  if (raw === undefined) return [];
  const list = readList(reading.faults, at, raw, "expressions");
  const read = list?.map((one, index) => readKey(reading, pointerTo(at, index), one, visible));
  return read?.every((one) => one !== undefined) ? read : undefined;
}

function readKey(reading: Reading, at: string, raw: unknown, visible: Visible): Expression | undefined {
  const key = reading.expression(at, raw, visible);
  return key !== undefined && ["json", "row", "rows"].includes(key.type)
    ? reading.faults.add(at, `A value of type ${key.type} can't be ordered or grouped.`)
    : key;
}

function readWindowOrder(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
): readonly OrderKey[] | undefined {
  const { faults } = reading;
  const list = readList(faults, at, raw, "order keys");
  const read = list?.map((one, index): OrderKey | undefined => {
    const here = pointerTo(at, index);
    const key = readObject(faults, here, one, { required: ["by"], optional: ["direction"] });
    if (key === undefined) return undefined;
    const direction = readChoice<Direction>(faults, pointerTo(here, "direction"), key.direction ?? "asc", [
      "asc",
      "desc",
    ]);
    const by = readKey(reading, pointerTo(here, "by"), key.by, visible);
    return by === undefined || direction === undefined ? undefined : { by, direction };
  });
  return read?.every((one) => one !== undefined) ? read : undefined;
}

/**
 * Returns the `keys` that the order of a window (`given`) does not contain. The caller adds them to `given`. Then no two
 * rows are equal in the order, because no two rows have the same values of all `keys` (for example, of the id). If rows
 * were equal, two engines could number them differently.
 */
const tieBreakers = (given: readonly OrderKey[], keys: readonly Expression[]): readonly OrderKey[] =>
  keys
    .filter((key) => !given.some(({ by }) => JSON.stringify(by) === JSON.stringify(key)))
    .map((by): OrderKey => ({ by, direction: given.at(-1)?.direction ?? "asc" }));

const idsOf = ({ schema }: Reading, { levels: [tables = []] }: Visible): readonly Expression[] =>
  tables
    .filter(({ reference }) => schema[reference.table]?.columns.id !== undefined)
    .map(({ reference: { alias }, nullable }): Expression => ({
      kind: "column",
      alias,
      column: "id",
      type: "id",
      nullable,
    }));
