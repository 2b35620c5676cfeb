// Defines the plan of a query. A plan is a spec that was read and checked against the schema. The compiler turns it
// into SQL for any engine.
import type { ColumnDeclaration, ColumnType } from "../businesses/tables/table-declaration.ts";

/** The type of the value of an expression. "row" is a nested object, and "rows" is a list of nested objects. */
export type ValueType = ColumnType | "row" | "rows";

export interface TableReference {
  readonly table: string;
  readonly alias: string;
  /**
   * The column with the id of the user who owns a row. The query uses only rows in which this is the caller's id.
   * Undefined if the scope of the query is "business". Such a query uses the rows of all users.
   */
  readonly owner: string | undefined;
}

export interface TypeOfValue {
  readonly type: ValueType;
  /** The number of decimal places. It is set only for a decimal. */
  readonly scale?: number | undefined;
}

interface Typed extends TypeOfValue {
  readonly nullable: boolean;
}

export type AggregateName = "count" | "sum" | "average" | "min" | "max" | "percentile";
export type ArithmeticName = "add" | "subtract" | "multiply";
type CallName = "lower" | "length" | "coalesce" | "concat" | "divide" | "random" | ArithmeticName;
export type BucketName = "minute" | "hour" | "day" | "week" | "month" | "year";
export type SpanUnit = "minutes" | "hours" | "days" | "weeks" | "months" | "years";
export type WindowName = "rowNumber" | "rank" | "denseRank" | "sum" | "lag" | "lead";
export type Literal = string | number | boolean | null;

export type Expression = Typed &
  (
    | { readonly kind: "column"; readonly alias: string; readonly column: string }
    | { readonly kind: "parameter"; readonly name: string }
    | { readonly kind: "item"; readonly field: string }
    /** In an update on conflict: the value that would have been inserted into the column. */
    | { readonly kind: "inserted"; readonly column: string }
    | { readonly kind: "literal"; readonly value: Literal }
    | { readonly kind: "now" }
    | { readonly kind: "newId" }
    | { readonly kind: "caller" }
    | { readonly kind: "step"; readonly step: string; readonly column: string }
    | { readonly kind: "stepChanges"; readonly step: string }
    | {
        readonly kind: "aggregate";
        readonly name: AggregateName;
        /** The aggregated expression; undefined means count(*). */
        readonly of: Expression | undefined;
        readonly distinct: boolean;
        readonly where: Condition | undefined;
        /** Only for a percentile: the share of the values below the result, from 0 to 1. */
        readonly at?: number;
      }
    | {
        readonly kind: "window";
        readonly name: WindowName;
        readonly of: Expression | undefined;
        readonly partitionBy: readonly Expression[];
        readonly orderBy: readonly OrderKey[];
      }
    | { readonly kind: "call"; readonly name: CallName; readonly of: readonly Expression[] }
    | { readonly kind: "round"; readonly of: Expression; readonly digits: number }
    /** `zone` is the name of a time zone in the IANA database. */
    | { readonly kind: "bucket"; readonly to: BucketName; readonly zone: string; readonly of: Expression }
    /** A date or an instant that is moved by a number of calendar units in UTC. */
    | {
        readonly kind: "moved";
        readonly of: Expression;
        readonly amount: Expression;
        readonly unit: SpanUnit;
        readonly back: boolean;
      }
    | {
        readonly kind: "case";
        readonly branches: readonly { readonly when: Condition; readonly then: Expression }[];
        readonly otherwise: Expression | undefined;
      }
    | { readonly kind: "test"; readonly condition: Condition }
    | { readonly kind: "nested"; readonly select: SelectPlan }
    | { readonly kind: "scalar"; readonly select: SelectPlan }
  );

const scaleDefault = 2;

/** Returns the type of the values of a column. */
export const columnType = ({ type, scale = scaleDefault }: ColumnDeclaration): TypeOfValue =>
  type === "decimal" ? { type, scale } : { type };

const widest: readonly ValueType[] = ["float", "decimal", "bigint", "integer"];

/**
 * Returns the type in which numbers are compared or combined. If one of the numbers is a
 * floating-point number, the type is "float". Otherwise, if one of them is a decimal, the type is a
 * decimal with the largest `scale` of all numbers. Otherwise the type is a whole number. If none of
 * the values is a number, the type of the first value is returned. `of` must not be empty.
 */
export function commonTypeOf(of: readonly TypeOfValue[]): TypeOfValue {
  const type = widest.find((wide) => of.some((one) => one.type === wide)) ?? of[0]!.type;
  return type === "decimal" ? { type, scale: Math.max(...of.map(({ scale = 0 }) => scale)) } : { type };
}

export type ComparisonName = "equals" | "notEquals" | "lessThan" | "atMost" | "moreThan" | "atLeast";
export type TextTestName = "contains" | "startsWith" | "endsWith";

export type Condition =
  | { readonly kind: "and" | "or"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | {
      readonly kind: "compare";
      readonly name: ComparisonName;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "in";
      readonly left: Expression;
      readonly negated: boolean;
      readonly list:
        | { readonly parameter: string; readonly item: TypeOfValue }
        | { readonly values: readonly Expression[] };
    }
  | {
      readonly kind: "text";
      readonly name: TextTestName;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** Each word of the text must be a word of the row, or the beginning of a word of the row. */
  | {
      readonly kind: "search";
      readonly table: TableReference;
      /** The column that contains the owner of a row. It is set in every scope, unlike `table.owner`. */
      readonly owner: string;
      readonly columns: readonly string[];
      readonly text: { readonly parameter: string } | { readonly value: string };
    }
  | { readonly kind: "null"; readonly left: Expression; readonly isNull: boolean }
  | { readonly kind: "exists"; readonly select: SelectPlan }
  /** The condition applies only if all these parameters were sent. */
  | { readonly kind: "ifGiven"; readonly parameters: readonly string[]; readonly of: Condition };

export interface Join {
  readonly kind: "inner" | "left";
  readonly table: TableReference;
  readonly on: Condition;
  /** True if the join finds its row by the row's id. Such a join finds at most one row. */
  readonly isLookup: boolean;
}

export interface OutputColumn {
  readonly name: string;
  readonly expression: Expression;
}

export type Direction = "asc" | "desc";

export interface OrderKey {
  readonly by: Expression;
  readonly direction: Direction;
}

export interface OrderChoice {
  /**
   * The value of the parameter `orderBy`, such as "title.asc"; empty if there is only one order.
   */
  readonly name: string;
  /** The keys form a total order: no two rows are equal in all keys. So every engine returns the same order. */
  readonly keys: readonly OrderKey[];
}

export interface SelectPlan {
  readonly kind: "select";
  readonly from: TableReference;
  readonly joins: readonly Join[];
  readonly columns: readonly OutputColumn[];
  readonly where: Condition | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Condition | undefined;
  readonly distinct: boolean;
  /** The orders. The first one is the default. */
  readonly orders: readonly OrderChoice[];
  readonly limit: Expression | undefined;
  /** The form of the result of a nested select: one object or a list. Undefined if the select is not nested. */
  readonly nestedAs: "row" | "rows" | undefined;
}

/**
 * A value that is written to a column. If the optional parameter `ifGiven` was not sent, the column
 * is left out: an update doesn't change the column, and an insert doesn't set the column.
 */
export interface Assignment {
  readonly column: string;
  readonly declared: ColumnDeclaration;
  readonly value: Expression;
  readonly ifGiven: string | undefined;
}

/**
 * A check of a value that is written to a foreign key. The rows of the referenced `table` belong to users; the column
 * `owner` contains the user's id. The check requires that the referenced row belongs to the caller.
 */
export interface ReferenceCheck {
  readonly column: string;
  readonly value: Expression;
  readonly ifGiven: string | undefined;
  readonly table: string;
  readonly owner: string;
}

export interface InsertPlan {
  readonly kind: "insert";
  readonly table: TableReference;
  readonly assignments: readonly Assignment[];
  /** The columns that have a default value. A row that is inserted without a value for the column gets the default. */
  readonly defaults: readonly string[];
  /** The parameter that contains a list. One row is inserted for each item. */
  readonly each: string | undefined;
  readonly checks: readonly ReferenceCheck[];
  readonly onConflict:
    { readonly columns: readonly string[]; readonly update: readonly Assignment[] } | undefined;
  readonly columns: readonly OutputColumn[];
}

export interface UpdatePlan {
  readonly kind: "update";
  readonly table: TableReference;
  readonly assignments: readonly Assignment[];
  readonly checks: readonly ReferenceCheck[];
  readonly where: Condition | undefined;
  readonly columns: readonly OutputColumn[];
}

export interface DeletePlan {
  readonly kind: "delete";
  readonly table: TableReference;
  readonly where: Condition | undefined;
  readonly columns: readonly OutputColumn[];
}

export type StatementPlan = SelectPlan | InsertPlan | UpdatePlan | DeletePlan;

export interface StepPlan {
  readonly name: string;
  readonly statement: StatementPlan;
  /**
   * "rows": if the step reads or changes no row, the error is NOT_FOUND. "none": if the step reads or changes a row,
   * the error is CONFLICT.
   */
  readonly expect: "rows" | "none" | undefined;
}

export type Returns = "one" | "maybe" | "many" | "page";

export interface Guards {
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/**
 * Returns whether the expression contains an aggregate outside of conditions, windows and nested
 * selects.
 */
export const isAggregated = (expression: Expression): boolean => {
  switch (expression.kind) {
    case "aggregate":
      return true;
    case "call":
      return expression.of.some(isAggregated);
    case "bucket":
    case "round":
      return isAggregated(expression.of);
    case "moved":
      return isAggregated(expression.of) || isAggregated(expression.amount);
    case "case":
      return (
        expression.branches.some(({ then }) => isAggregated(then)) ||
        (expression.otherwise !== undefined && isAggregated(expression.otherwise))
      );
    default:
      return false;
  }
};
