// Reads an insert, an update or a delete. With the scope "user", the written rows always belong to the calling user.
import { counted } from "../../../counted.ts";
import { pointerTo, suggestionFor } from "../faults.ts";
import { describe, isObject, type JsonObject, readList, readObject } from "../json-reader.ts";
import {
  type Assignment,
  columnType,
  type Condition,
  type DeletePlan,
  type Expression,
  type InsertPlan,
  type OutputColumn,
  type ReferenceCheck,
  type TableReference,
  type TypeOfValue,
  type UpdatePlan,
} from "../../plan.ts";
import { alwaysNarrows } from "../narrowing.ts";
import { mentions, readsTable } from "../../plan-parts.ts";
import { readOperand } from "./expression.ts";
import { readColumns } from "./select.ts";
import { columnOf, findTable, nothingVisible, ownerOf, type Reading, type Visible } from "./parsing.ts";

export function readInsert(reading: Reading, at: string, raw: unknown): InsertPlan | undefined {
  const { faults } = reading;
  const read = readObject(faults, at, raw, {
    required: ["into", "values"],
    optional: ["each", "onConflict", "returning"],
  });
  const table = read === undefined ? undefined : readTarget(reading, at, read, "into");
  if (read === undefined || table === undefined) return undefined;
  const each = read.each === undefined ? undefined : readEach(reading, pointerTo(at, "each"), read.each);
  const visible: Visible = { ...nothingVisible, each };
  const given = readAssignments(reading, pointerTo(at, "values"), read.values, table, visible);
  const onConflict =
    read.onConflict === undefined
      ? undefined
      : readOnConflict(reading, pointerTo(at, "onConflict"), read.onConflict, table, {
          ...visibleIn(table),
          each,
          inserted: given,
        });
  const columns = readReturning(reading, at, read.returning, table);
  if (
    given === undefined ||
    columns === undefined ||
    (read.onConflict !== undefined && onConflict === undefined)
  )
    return undefined;
  checkRequired(reading, pointerTo(at, "values"), table, given);
  for (const { column, value } of each === undefined ? [] : (onConflict?.update ?? [])) {
    if (readsTable(value, table.table)) {
      faults.add(
        pointerTo(pointerTo(pointerTo(at, "onConflict"), "update"), column),
        `In a bulk insert, "${column}" can't depend on other rows of the table, because an earlier item may change these rows.`,
      );
    }
  }
  const checks = [
    ...referenceChecks(reading, table, given),
    ...conflictChecks(reading, pointerTo(at, "onConflict"), table, given, onConflict?.update ?? []),
  ];
  const assignments = withOwner(given, table);
  const defaults = Object.entries(reading.schema[table.table]!.columns).flatMap(([name, { hasDefault }]) =>
    hasDefault ? [name] : [],
  );
  return { kind: "insert", table, assignments, defaults, each, checks, onConflict, columns };
}

export function readUpdate(reading: Reading, at: string, raw: unknown): UpdatePlan | undefined {
  const { faults } = reading;
  const read = readObject(faults, at, raw, {
    required: ["table", "set"],
    optional: ["where", "everyRow", "returning"],
  });
  const table = read === undefined ? undefined : readTarget(reading, at, read, "table");
  if (read === undefined || table === undefined) return undefined;
  const visible = visibleIn(table);
  const assignments = readAssignments(reading, pointerTo(at, "set"), read.set, table, visible);
  const found = readWhere(reading, at, read, table);
  const columns = readReturning(reading, at, read.returning, table);
  if (assignments === undefined || columns === undefined || found === undefined) return undefined;
  if (assignments.every(({ ifGiven }) => ifGiven !== undefined)) {
    faults.add(
      pointerTo(at, "set"),
      "When no parameter is given, there is nothing to set.",
      'Always set one column, for example "updatedAt": {"now": true}.',
    );
  }
  return {
    kind: "update",
    table,
    assignments,
    checks: referenceChecks(reading, table, assignments),
    where: found.where,
    columns,
  };
}

export function readDelete(reading: Reading, at: string, raw: unknown): DeletePlan | undefined {
  const read = readObject(reading.faults, at, raw, {
    required: ["from"],
    optional: ["where", "everyRow", "returning"],
  });
  const table = read === undefined ? undefined : readTarget(reading, at, read, "from");
  if (read === undefined || table === undefined) return undefined;
  const found = readWhere(reading, at, read, table);
  const columns = readReturning(reading, at, read.returning, table);
  return columns === undefined || found === undefined
    ? undefined
    : { kind: "delete", table, where: found.where, columns };
}

/**
 * Reads the condition. Unless the spec has `"everyRow": true`, the condition must restrict the rows in every call. A
 * condition that applies only if an optional parameter is given is not enough: a caller could leave the parameter out,
 * and the write would change every row.
 */
function readWhere(
  reading: Reading,
  at: string,
  { where: raw, everyRow }: JsonObject,
  table: TableReference,
): { readonly where: Condition | undefined } | undefined {
  const { faults, parameters } = reading;
  if (everyRow !== undefined && everyRow !== true)
    faults.add(pointerTo(at, "everyRow"), "Write true, or leave it out.");
  if (raw === undefined && everyRow === true) return { where: undefined };
  const here = pointerTo(at, "where");
  const hint =
    'Add a condition that applies to every call, such as {"column": "id", "equals": {"param": "id"}}. If the write is meant for every row, write "everyRow": true beside "where".';
  if (raw === undefined) return faults.add(at, '"where" is missing.', hint);
  const where = reading.condition(here, raw, visibleIn(table));
  if (where === undefined) return undefined;
  if (everyRow !== true && !alwaysNarrows(where, table, parameters))
    faults.add(
      here,
      "This write may affect every row, because no condition restricts the rows in every call.",
      hint,
    );
  return { where };
}

const visibleIn = (reference: TableReference): Visible => ({
  ...nothingVisible,
  levels: [[{ reference, nullable: false }]],
});

function readTarget(reading: Reading, at: string, raw: JsonObject, key: string): TableReference | undefined {
  const name = raw[key];
  if (typeof name !== "string")
    return reading.faults.add(pointerTo(at, key), "The name of a table is needed here.");
  return findTable(reading, pointerTo(at, key), name, name);
}

function readEach(reading: Reading, at: string, raw: unknown): string | undefined {
  const parameter = typeof raw === "string" ? reading.parameters.get(raw) : undefined;
  if (parameter === undefined) {
    return reading.faults.add(
      at,
      `The parameter ${describe(raw)} is not declared.`,
      suggestionFor(String(raw), [...reading.parameters.keys()]),
    );
  }
  reading.usedParameters.add(parameter.name);
  if (parameter.shape.type === "array" && parameter.shape.items.type === "object" && !parameter.optional)
    return parameter.name;
  return reading.faults.add(at, `"${parameter.name}" is not a required list of objects.`);
}

/**
 * Reads the assignments. A column whose value has `"ifGiven": true` is not assigned if the parameter of this value is
 * absent.
 */
function readAssignments(
  reading: Reading,
  at: string,
  raw: unknown,
  table: TableReference,
  visible: Visible,
): readonly Assignment[] | undefined {
  const { faults, schema } = reading;
  if (!isObject(raw) || Object.keys(raw).length === 0) {
    return faults.add(at, `An object of columns and their values is needed here, not ${describe(raw)}.`);
  }
  const read = Object.entries(raw).map(([column, value]): Assignment | undefined => {
    const here = pointerTo(at, column);
    const declaration = columnOf(schema, table.table, column);
    if (declaration === undefined) {
      return faults.add(
        here,
        `The table ${table.table} has no column "${column}".`,
        suggestionFor(column, Object.keys(schema[table.table]?.columns ?? {})),
      );
    }
    if (column === table.owner) {
      return faults.add(here, `"${column}" always names the caller; a query can't set it.`, "Leave it out.");
    }
    const { ifGiven, ...bare } = isObject(value) ? value : { ifGiven: undefined };
    const conditional =
      ifGiven === true && isObject(value) && typeof value.param === "string" ? value.param : undefined;
    if (ifGiven !== undefined && conditional === undefined)
      faults.add(here, '"ifGiven": true is allowed only beside {"param": "…"} here.');
    if (conditional !== undefined && reading.parameters.get(conditional)?.optional === false) {
      faults.add(here, `"${conditional}" always has a value.`, 'Leave out "ifGiven".');
    }
    const inside =
      conditional === undefined ? visible : { ...visible, given: new Set([...visible.given, conditional]) };
    const expression = readOperand(
      reading,
      here,
      ifGiven === undefined ? value : bare,
      inside,
      declaration.type,
    );
    if (expression === undefined) return undefined;
    if (expression.nullable && !declaration.nullable && expression.kind !== "step") {
      return faults.add(
        here,
        `"${column}" can't be null, but this value may be null.`,
        'Wrap it: {"coalesce": […]}.',
      );
    }
    const misfit = misfitOf(column, columnType(declaration), expression);
    if (misfit !== undefined) return faults.add(here, misfit.message, misfit.hint);
    if (declaration.type === "integer" && expression.kind === "literal" && expression.type === "bigint")
      return faults.add(here, `"${column}" allows at most 2147483647.`);
    return { column, declared: declaration, value: expression, ifGiven: conditional };
  });
  return read.every((one) => one !== undefined) ? read : undefined;
}

/** Returns why a number can't be stored in a column without losing digits. */
function misfitOf(column: string, to: TypeOfValue, { type, scale = 0 }: Expression) {
  if (to.type === "float" || (type !== "float" && type !== "decimal")) return undefined;
  if (to.type !== "decimal") {
    return {
      message: `"${column}" is a column of whole numbers, but this value may be a fraction.`,
      hint: undefined,
    };
  }
  if (type === "decimal" && scale <= to.scale!) return undefined;
  return {
    message: `"${column}" has ${counted(to.scale!, "decimal")}, but this value may have more.`,
    hint: `Round it: {"round": …, "to": ${to.scale!}}.`,
  };
}

function readOnConflict(
  reading: Reading,
  at: string,
  raw: unknown,
  table: TableReference,
  visible: Visible,
): InsertPlan["onConflict"] {
  const { faults, schema } = reading;
  const read = readObject(faults, at, raw, { required: ["columns"], optional: ["update"] });
  const columns =
    read === undefined ? undefined : readList(faults, pointerTo(at, "columns"), read.columns, "columns");
  if (read === undefined || columns === undefined) return undefined;
  for (const [index, column] of columns.entries()) {
    if (typeof column !== "string" || columnOf(schema, table.table, column) === undefined) {
      faults.add(
        pointerTo(pointerTo(at, "columns"), index),
        `The table ${table.table} has no column ${describe(column)}.`,
      );
    }
  }
  if (read.update === undefined) return { columns: columns.map(String), update: [] };
  const update = readAssignments(reading, pointerTo(at, "update"), read.update, table, visible);
  if (update?.every(({ ifGiven }) => ifGiven !== undefined)) {
    faults.add(pointerTo(at, "update"), "When no parameter is given, there is nothing to set.");
  }
  return update === undefined ? undefined : { columns: columns.map(String), update };
}

function readReturning(
  reading: Reading,
  at: string,
  raw: unknown,
  table: TableReference,
): readonly OutputColumn[] | undefined {
  if (raw === undefined) return [];
  const here = pointerTo(at, "returning");
  const columns = readColumns(reading, here, raw, visibleIn(table));
  for (const { name, expression } of columns ?? []) {
    if (expression.kind === "nested" || expression.kind === "scalar" || expression.kind === "test") {
      reading.faults.add(
        pointerTo(here, name),
        '"returning" can give columns of the written rows, but no calculations.',
        "Read the rest in a later step.",
      );
    }
  }
  return columns;
}

function checkRequired(
  { faults, schema }: Reading,
  at: string,
  table: TableReference,
  given: readonly Assignment[],
): void {
  for (const [column, declaration] of Object.entries(schema[table.table]?.columns ?? {})) {
    const set = given.find((one) => one.column === column);
    if (
      set === undefined
        ? column === "id" && column !== table.owner
        : set.ifGiven !== undefined && !declaration.nullable
    ) {
      faults.add(
        at,
        `"${column}" needs a value.`,
        column === "id" ? '{"newId": true} makes a new id.' : undefined,
      );
    }
  }
}

const withOwner = (given: readonly Assignment[], { owner }: TableReference): readonly Assignment[] =>
  owner === undefined
    ? given
    : [
        ...given,
        {
          column: owner,
          declared: { type: "id" },
          value: { kind: "caller", type: "id", nullable: false },
          ifGiven: undefined,
        },
      ];

/**
 * Returns the checks of the foreign keys that `onConflict.update` sets. The checks run before the insert. At this time,
 * the values to insert are known, but the row that is updated has not been found yet. So a foreign key that depends on
 * the columns of this row is a fault.
 */
function conflictChecks(
  reading: Reading,
  at: string,
  table: TableReference,
  given: readonly Assignment[],
  update: readonly Assignment[],
): readonly ReferenceCheck[] {
  return referenceChecks(reading, table, update).flatMap((check): ReferenceCheck[] => {
    const { value } = check;
    if (value.kind === "inserted") {
      const inserted = given.find(({ column }) => column === value.column)!;
      return [{ ...check, value: inserted.value }];
    }
    if (!mentions(value, ({ kind }) => kind === "column" || kind === "inserted")) return [check];
    reading.faults.add(
      pointerTo(pointerTo(at, "update"), check.column),
      `"${check.column}" is a foreign key, so "update" can't calculate its value from columns.`,
      "Use a parameter, an item or an earlier step.",
    );
    return [];
  });
}

/**
 * Returns the checks of the foreign keys that the assignments set. Each check verifies that the caller owns the row to
 * which the foreign key refers. Without this check, a caller could attach rows to the rows of another user. The scope
 * "business" has no checks, because it includes the rows of all users.
 */
function referenceChecks(
  { schema, scope }: Reading,
  table: TableReference,
  assignments: readonly Assignment[],
): readonly ReferenceCheck[] {
  if (scope !== "user") return [];
  return assignments.flatMap(({ column, value, ifGiven }): ReferenceCheck[] => {
    const target = columnOf(schema, table.table, column)?.references;
    const owner = target === undefined ? undefined : ownerOf(schema, target);
    if (target === undefined || owner === undefined || value.kind === "newId") return [];
    return [{ column, value, ifGiven, table: target, owner }];
  });
}
