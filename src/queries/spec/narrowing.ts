// Determines whether the condition of an update or a delete restricts the rows in every call, even in a call that
// leaves out the optional parameters or passes empty values.
import type { Parameter } from "./parameter.ts";
import { mentions } from "../plan-parts.ts";
import type { ComparisonName, Condition, Expression, SelectPlan, TableReference } from "../plan.ts";

/**
 * How strongly a condition restricts the rows:
 * - "value": the condition compares the rows with a value, such as a required parameter. The value may differ between
 *   calls, but no call can leave it out.
 * - "flag": the condition restricts the rows, but can be true for most rows ("deletedAt is null"). A "flag" is enough
 *   only if the whole condition of the update or delete uses no parameter. Then the author of the spec has chosen the
 *   rows, and no call can change the choice.
 * - "none": the condition doesn't count as a restriction.
 */
type Strength = "value" | "flag" | "none";
type Kind<Name extends Condition["kind"]> = Extract<Condition, { kind: Name }>;

interface Place {
  readonly table: TableReference;
  /**
   * The aliases of the tables whose columns can be used in this place. The first is the table that the update or delete
   * changes. Each "exists" around this place adds the table from which it selects. A column of these tables differs
   * from row to row, so it is not a fixed value for a comparison.
   */
  readonly varying: readonly string[];
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/**
 * Whether the condition restricts the rows in every call. In a table whose rows are the users themselves (the owner
 * column is `id`), a caller can change only one row. For such a table, the result is true for every condition.
 */
export function alwaysNarrows(
  where: Condition,
  table: TableReference,
  parameters: ReadonlyMap<string, Parameter>,
): boolean {
  if (table.owner === "id") return true;
  const strength = strengthOf(where, { table, varying: [table.alias], parameters });
  return strength === "value" || (strength === "flag" && !usesParameters(where));
}

const order: readonly Strength[] = ["none", "flag", "value"];
const ranked = (of: readonly Strength[]) =>
  [...of].sort((one, other) => order.indexOf(one) - order.indexOf(other));
const weakest = (of: readonly Strength[]): Strength => ranked(of)[0] ?? "none";
const strongest = (of: readonly Strength[]): Strength => ranked(of).at(-1) ?? "none";

function strengthOf(condition: Condition, place: Place): Strength {
  switch (condition.kind) {
    case "and":
      return strongest(condition.of.map((one) => strengthOf(one, place)));
    case "or":
      return weakest(condition.of.map((one) => strengthOf(one, place)));
    case "not":
      return strengthOfNot(condition.of, place);
    case "compare":
      return comparisonStrength(condition, place);
    case "in":
      return membershipStrength(condition, place);
    case "text":
      return isOfRow(condition.left, place) && isFilled(condition.right, place) ? "value" : "none";
    case "null":
      return isOfRow(condition.left, place) && condition.left.nullable ? "flag" : "none";
    case "exists":
      return existsStrength(condition.select, place);
    // A search for a text that the caller sends always restricts the rows, because a text without words finds no row.
    // A literal or a default text is the same in every call, so it counts as no restriction.
    case "search":
      return "parameter" in condition.text &&
        place.parameters.get(condition.text.parameter)?.default === undefined
        ? "value"
        : "none";
    case "ifGiven":
      return "none";
  }
}

const opposites: Readonly<Record<ComparisonName, ComparisonName>> = {
  equals: "notEquals",
  notEquals: "equals",
  lessThan: "atLeast",
  atLeast: "lessThan",
  moreThan: "atMost",
  atMost: "moreThan",
};

function strengthOfNot(condition: Condition, place: Place): Strength {
  switch (condition.kind) {
    case "and":
      return weakest(condition.of.map((one) => strengthOfNot(one, place)));
    case "or":
      return strongest(condition.of.map((one) => strengthOfNot(one, place)));
    case "not":
      return strengthOf(condition.of, place);
    case "compare":
      return comparisonStrength({ ...condition, name: opposites[condition.name] }, place);
    case "in":
      return membershipStrength({ ...condition, negated: !condition.negated }, place);
    case "null":
      return strengthOf(condition, place);
    case "exists":
      return existsStrength(condition.select, place) === "none" ? "none" : "flag";
    case "text":
    case "search":
    case "ifGiven":
      return "none";
  }
}

const mirrored: Readonly<Record<ComparisonName, ComparisonName>> = {
  equals: "equals",
  notEquals: "notEquals",
  lessThan: "moreThan",
  moreThan: "lessThan",
  atMost: "atLeast",
  atLeast: "atMost",
};

/**
 * Returns the strength of a comparison of the row with a value that doesn't depend on the row. The
 * strength of "notEquals" is "none", because nearly every row differs from a value.
 */
function comparisonStrength({ name, left, right }: Kind<"compare">, place: Place): Strength {
  const fromLeft = isOfRow(left, place) && isFree(right, place);
  if (!fromLeft && !(isOfRow(right, place) && isFree(left, place))) return "none";
  const [ofRow, value, way] = fromLeft ? [left, right, name] : [right, left, mirrored[name]];
  if (way === "notEquals") return "none";
  const fixed = isConstant(value) || hasDefault(value, place);
  if (way === "equals") {
    return value.kind !== "now" && fixed && (ofRow.kind !== "column" || ofRow.type === "boolean")
      ? "flag"
      : "value";
  }
  if (ofRow.kind !== "column") return "none";
  if (fixed) return value.kind === "literal" && value.value === "" ? "none" : "flag";
  const fromBelow = way === "atLeast" || way === "moreThan";
  return fromBelow && !isFilled(value, place) ? "none" : "value";
}

function membershipStrength({ left, list, negated }: Kind<"in">, place: Place): Strength {
  if (negated || left.type === "boolean" || !isOfRow(left, place)) return "none";
  return "parameter" in list || list.values.every((value) => isFree(value, place)) ? "value" : "none";
}

/**
 * Returns the strength of an "exists". The outer row is the row for which the "exists" is evaluated. The first of these
 * rules that applies gives the strength:
 * - "none", if no condition of the "exists" compares a column of a selected row with a column of the outer row
 *   (tracks.projectId = projects.id).
 * - "value", if the condition of the "exists" restricts the selected rows with the strength "value".
 * - "none", if the "exists" selects from the table of the outer row, because each row can match itself.
 * - "flag", if the "exists" selects from another table.
 */
function existsStrength(select: SelectPlan, place: Place): Strength {
  const { where, from } = select;
  if (where === undefined) return "none";
  const inner: Place = { ...place, table: from, varying: [...place.varying, from.alias] };
  const ties = conjunctsOf(where).filter((one) => one.kind === "compare" && one.name === "equals");
  const tied = ties.filter(
    (tie): tie is Kind<"compare"> => tie.kind === "compare" && isTie(tie, inner, place),
  );
  if (tied.length === 0) return "none";
  if (strengthOf(where, inner) === "value") return "value";
  return from.table === place.table.table ? "none" : "flag";
}

const isTie = ({ left, right }: Kind<"compare">, inner: Place, outer: Place): boolean =>
  (isColumnOf(left, inner) && isColumnOf(right, outer)) ||
  (isColumnOf(right, inner) && isColumnOf(left, outer));

const conjunctsOf = (condition: Condition): readonly Condition[] =>
  condition.kind === "and" ? condition.of.flatMap(conjunctsOf) : [condition];

/**
 * Whether the value is a column of the row. The owner column is excluded, because every row of the scope has the same
 * owner.
 */
const isColumnOf = (expression: Expression, { table }: Place): boolean =>
  expression.kind === "column" && expression.alias === table.alias && expression.column !== table.owner;

/** Whether the value is a column of the row, or is calculated from one such column and literals. */
function isOfRow(expression: Expression, place: Place): boolean {
  if (expression.kind === "bucket") return isColumnOf(expression.of, place);
  if (expression.kind !== "call") return isColumnOf(expression, place);
  const [first, ...rest] = expression.of;
  if (first === undefined || !isColumnOf(first, place)) return false;
  if (expression.name === "coalesce") return rest.every(({ kind }) => kind === "literal");
  return expression.name === "lower" || expression.name === "length";
}

/** Whether the value is the same for all rows of a call. */
const isFree = (expression: Expression, { varying }: Place): boolean =>
  !mentions(expression, ({ kind, alias }) => kind === "column" && varying.includes(String(alias)));

/** Whether the value is the same in every call, or depends only on the time of the call. */
const isConstant = (expression: Expression): boolean =>
  !mentions(expression, ({ kind }) => typeof kind === "string" && perCall.has(kind));

const perCall: ReadonlySet<string> = new Set([
  "parameter",
  "item",
  "inserted",
  "caller",
  "newId",
  "step",
  "stepChanges",
  "scalar",
]);

const hasDefault = (expression: Expression, { parameters }: Place): boolean =>
  expression.kind === "parameter" && parameters.get(expression.name)?.default !== undefined;

/**
 * Whether it is certain that the value is never empty. Every text contains the empty string, so an
 * empty value would match every row.
 */
function isFilled(expression: Expression, place: Place): boolean {
  if (!isFree(expression, place)) return false;
  if (expression.kind === "literal") return expression.value !== "";
  if (expression.kind !== "parameter" || hasDefault(expression, place)) return false;
  const shape = place.parameters.get(expression.name)?.shape;
  if (shape?.type !== "string") return true;
  if (shape.choices !== undefined) return !shape.choices.includes("");
  return shape.minLength > 0 || shape.format !== undefined || shape.pattern?.test("") === false;
}

const usesParameters = (condition: Condition): boolean =>
  mentions(
    condition,
    ({ kind, parameter }) => kind === "ifGiven" || kind === "parameter" || typeof parameter === "string",
  );
