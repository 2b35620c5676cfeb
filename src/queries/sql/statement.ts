// Compiles a plan for one engine and one shape. The shape is the part of a call that changes the SQL, such as the
// chosen order. The result has the SQL, the sources of the bound values, and the conversion of the rows.
import type { Query } from "../spec/parse/spec.ts";
import type {
  Direction,
  Expression,
  OutputColumn,
  SelectPlan,
  StatementPlan,
  StepPlan,
  TypeOfValue,
  ValueType,
} from "../plan.ts";
import { sqlDialects } from "./dialect.ts";
import { type Compiling, typeOf } from "./expression-sql.ts";
import { keyColumnName, type OrderedSearch, type PagePart, selectSql, subselectSql } from "./select-sql.ts";
import { deleteSql, insertSql, updateSql } from "./write-sql.ts";
import { compiled, type SqlText, type WriteExtras, writeExtrasOf } from "./write-extras.ts";

export type DialectName = keyof typeof sqlDialects;

/** The parts of a call that change the SQL. All other values are bound. */
export interface Shape {
  /** The optional parameters that were sent. */
  readonly given: ReadonlySet<string>;
  /** The index of the chosen order. */
  readonly order: number;
  readonly page: PagePart;
  readonly ordered?: OrderedSearch | undefined;
}

export interface Conversion extends TypeOfValue {
  readonly name: string;
  /**
   * For a column of nested children: the conversions inside the children, at any depth. Inside children, only stored
   * JSON is converted. For any other column, the list is empty.
   */
  readonly inside: readonly Conversion[];
}

export interface Statement extends SqlText {
  readonly step: string;
  readonly extras: WriteExtras;
  /** The columns whose values from the driver have to be converted for the result. */
  readonly conversions: readonly Conversion[];
  /** The columns that a cursor of the page contains. */
  readonly cursorColumns: readonly string[];
  readonly cursorTypes: readonly TypeOfValue[];
  readonly cursorDirections: readonly Direction[];
  readonly hiddenColumns: readonly string[];
  /** Whether the rows have no defined order. This is true for an update and a delete. */
  readonly unordered: boolean;
  /** The maximum number of rows. The SQL can return one more row, to detect that there are more. */
  readonly maxRows: number;
}

/**
 * `needsAllRows` is true in two cases: the rows of this step are the result of the query, or a later step uses the
 * number of these rows. If it is false, later steps use at most the first row. Therefore a select without its own limit
 * returns at most one row.
 * `tag` is appended to the SQL as a comment.
 */
export function compileStatement(
  step: StepPlan,
  {
    maxRows,
    needsAllRows,
    tag,
  }: { readonly maxRows: number; readonly needsAllRows: boolean; readonly tag: string },
  dialectName: DialectName,
  shape: Shape,
): Statement {
  const dialect = sqlDialects[dialectName];
  const compiling: Compiling = {
    dialect,
    given: shape.given,
    tag,
    itemIds: undefined,
    subselect: (select, inner) => subselectSql(select, maxRows, inner),
  };
  const { statement } = step;
  const orderKeys = statement.kind === "select" ? (statement.orders[shape.order]?.keys ?? []) : [];
  const limit = needsAllRows ? maxRows : 0;
  const written = writtenSql(
    statement,
    { orderKeys, page: shape.page, ordered: shape.ordered, maxRows: limit },
    compiling,
  );
  const paged = statement.kind === "select" && shape.page !== "whole";
  const keyName = (index: number) =>
    shape.ordered === "edge" ? `~${index}` : keyColumnName(statement as SelectPlan, orderKeys, index);
  const cursorColumns = paged ? orderKeys.map((_, index) => keyName(index)) : [];
  return {
    step: step.name,
    ...compiled(written, compiling),
    extras: writeExtrasOf(statement, compiling),
    conversions: conversionsOf(statement.columns, dialect.converted),
    cursorColumns,
    cursorTypes: paged ? orderKeys.map(({ by }) => typeOf(by)) : [],
    cursorDirections: paged ? orderKeys.map(({ direction }) => direction) : [],
    hiddenColumns: cursorColumns.filter((name) => name.startsWith("~")),
    unordered: statement.kind === "update" || statement.kind === "delete",
    maxRows,
  };
}

function writtenSql(
  statement: StatementPlan,
  shape: {
    readonly orderKeys: SelectPlan["orders"][number]["keys"];
    readonly page: PagePart;
    readonly ordered: OrderedSearch | undefined;
    readonly maxRows: number;
  },
  compiling: Compiling,
) {
  switch (statement.kind) {
    case "select":
      return selectSql(statement, shape, compiling);
    case "insert":
      return insertSql(statement, compiling);
    case "update":
      return updateSql(statement, compiling);
    case "delete":
      return deleteSql(statement, compiling);
  }
}

const conversionsOf = (
  columns: readonly OutputColumn[],
  converted: ReadonlySet<ValueType>,
): readonly Conversion[] =>
  columns
    .filter(({ expression }) => converted.has(expression.type))
    .map(({ name, expression }) => ({ name, ...typeOf(expression), inside: insideOf(expression) }));

/**
 * Returns the conversions inside nested children, which the engine returns as one JSON text. In this text, all values
 * except stored JSON already have the form that they have in the result.
 */
const insideOf = (expression: Expression): readonly Conversion[] =>
  expression.kind !== "nested"
    ? []
    : conversionsOf(expression.select.columns, convertedInNested).filter(
        ({ type, inside }) => type === "json" || inside.length > 0,
      );

const convertedInNested: ReadonlySet<ValueType> = new Set<ValueType>(["json", "row", "rows"]);

/**
 * Returns the names of the optional parameters that change the SQL when they are sent. If the
 * parameter of a condition or an assignment with `ifGiven` is not sent, the SQL does not contain
 * this condition or assignment.
 */
export const shapingParameters = ({
  parameters,
  plan,
}: Pick<Query, "parameters" | "plan">): readonly string[] => {
  const waitedFor = new Set<string>();
  collectWaitedFor(plan.steps, waitedFor);
  return parameters.map(({ name }) => name).filter((name) => waitedFor.has(name));
};

function collectWaitedFor(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  const { kind, parameters, ifGiven } = value as { kind?: unknown; parameters?: unknown; ifGiven?: unknown };
  if (typeof ifGiven === "string") names.add(ifGiven);
  if (kind === "ifGiven" && Array.isArray(parameters)) for (const name of parameters) names.add(String(name));
  for (const inner of Object.values(value)) collectWaitedFor(inner, names);
}
