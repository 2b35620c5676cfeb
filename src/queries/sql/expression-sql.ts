// Turns expressions and conditions into SQL. The SQL depends on the dialect, and on which optional parameters the call
// contains.
import { sql } from "kysely";
import {
  type ComparisonName,
  type Condition,
  commonTypeOf,
  type Expression,
  type SelectPlan,
  type TableReference,
  type TypeOfValue,
  type WindowName,
} from "../plan.ts";
import { foldText } from "../../ports/database/fold-text.ts";
import { type Operand, type Sql, type SqlDialect, scaleOf } from "./dialect.ts";
import type { Slot } from "./slot.ts";

export interface Compiling {
  readonly dialect: SqlDialect;
  /** The optional parameters that were sent. */
  readonly given: ReadonlySet<string>;
  /** The alias of a table that is searched row by row, without its search index. */
  readonly readsTextsOf?: string | undefined;
  /** The text of the comment at the end of each SQL string. If this text is empty, there is no comment. */
  readonly tag: string;
  /** Counts the new ids that each item of a bulk insert needs. Undefined for every other statement. */
  readonly itemIds: { count: number } | undefined;
  /** Writes an entire select, for nested children, single values and "exists". */
  subselect(select: SelectPlan, compiling: Compiling): Sql;
}

const slotted = (compiling: Compiling, slot: Slot, type: TypeOfValue): Sql =>
  compiling.dialect.bound(sql.val(slot), type);

export const typeOf = ({ type, scale }: TypeOfValue): TypeOfValue =>
  scale === undefined ? { type } : { type, scale };

/**
 * Converts a number to the type `to`: the type of the column that gets the number, or of the larger expression that
 * contains it. Only "float" and "decimal" need a conversion. For any other type, returns the value unchanged.
 */
export function converted(value: Sql, from: TypeOfValue, to: TypeOfValue, dialect: SqlDialect): Sql {
  if (to.type === "float") return from.type === "float" ? value : dialect.float(value, from);
  return to.type === "decimal" ? dialect.decimal(value, from, scaleOf(to)) : value;
}

export function expressionSql(expression: Expression, compiling: Compiling): Sql {
  const { dialect } = compiling;
  const of = (inner: Expression) => expressionSql(inner, compiling);
  const type = typeOf(expression);
  switch (expression.kind) {
    case "column":
      return sql.ref(`${expression.alias}.${expression.column}`);
    case "parameter":
      return slotted(compiling, { slot: "parameter", name: expression.name, ...type, folded: false }, type);
    case "item":
      return dialect.itemField(expression.field, type);
    case "inserted":
      return sql.ref(`excluded.${expression.column}`);
    case "literal":
      return literalSql(expression, dialect);
    case "now":
      return slotted(compiling, { slot: "now" }, { type: "timestamp" });
    case "newId":
      return newIdSql(compiling);
    case "caller":
      return slotted(compiling, { slot: "caller" }, { type: "id" });
    case "step":
      return slotted(
        compiling,
        { slot: "step", step: expression.step, column: expression.column, ...type },
        type,
      );
    case "stepChanges":
      return slotted(compiling, { slot: "stepChanges", step: expression.step }, { type: "integer" });
    case "aggregate":
      return aggregateSql(expression, compiling);
    case "call":
      return callSql(expression, expression.of.map(of), dialect);
    case "window":
      return windowSql(expression, compiling);
    case "round":
      return expression.type === "decimal"
        ? dialect.decimal(of(expression.of), expression.of, expression.digits)
        : dialect.roundedFloat(of(expression.of), expression.digits);
    case "bucket":
      return dialect.bucket(of(expression.of), {
        type: expression.of,
        to: expression.to,
        zone: expression.zone,
      });
    case "moved": {
      const { unit, back } = expression;
      return dialect.moved(of(expression.of), expression.of, { amount: of(expression.amount), unit, back });
    }
    case "case":
      return caseSql(expression, compiling);
    case "test":
      return sql`(${conditionSql(expression.condition, compiling) ?? sql`true`})`;
    case "nested":
    case "scalar":
      return sql`(${compiling.subselect(expression.select, compiling)})`;
  }
}

type Kind<Name extends Expression["kind"]> = Extract<Expression, { kind: Name }>;

/**
 * Returns the SQL of a literal. The value is written into the SQL and is not a parameter, because the value is a part
 * of the spec and should be visible when the SQL is reviewed.
 */
function literalSql({ value, type, scale = 0 }: Kind<"literal">, dialect: SqlDialect): Sql {
  if (type === "decimal" && value !== null) return dialect.decimalLiteral(String(value), scale);
  const written = sql.lit(value);
  return typeof value === "string" || value === null ? dialect.bound(written, { type, scale }) : written;
}

function newIdSql(compiling: Compiling): Sql {
  if (compiling.itemIds === undefined) return slotted(compiling, { slot: "newId" }, { type: "id" });
  const field = `~${compiling.itemIds.count}`;
  compiling.itemIds.count += 1;
  return compiling.dialect.itemField(field, { type: "id" });
}

/**
 * Returns the SQL of a window function. Nulls are sorted last. For "rank" and "denseRank", rows can be equal in the
 * sort order. For all other functions, the plan has added columns to the order, so that no two rows are equal in it.
 */
function windowSql({ name, of, partitionBy, orderBy }: Kind<"window">, compiling: Compiling): Sql {
  const { dialect } = compiling;
  const sqlOf = (one: Expression) => expressionSql(one, compiling);
  const parts = partitionBy.length === 0 ? sql`` : sql`partition by ${sql.join(partitionBy.map(sqlOf))} `;
  const keys = orderBy.map(
    ({ by, direction }) =>
      sql`${sqlOf(by)} ${sql.raw(direction)}${sql.raw(by.nullable ? " nulls last" : "")}`,
  );
  const over = sql` over (${parts}order by ${sql.join(keys)})`;
  if (of === undefined) return sql`${sql.raw(windowFunctions[name])}()${over}`;
  return name === "sum"
    ? dialect.sum((fn, value) => sql`${sql.raw(fn)}(${value})${over}`, sqlOf(of), of)
    : sql`${sql.raw(windowFunctions[name])}(${sqlOf(of)})${over}`;
}

const windowFunctions: Readonly<Record<WindowName, string>> = {
  rowNumber: "row_number",
  rank: "rank",
  denseRank: "dense_rank",
  sum: "sum",
  lag: "lag",
  lead: "lead",
};

function aggregateSql({ name, of, distinct, where, at }: Kind<"aggregate">, compiling: Compiling): Sql {
  const { dialect } = compiling;
  const inner =
    of === undefined ? sql`*` : sql`${sql.raw(distinct ? "distinct " : "")}${expressionSql(of, compiling)}`;
  const condition = where === undefined ? undefined : conditionSql(where, compiling);
  const filter = condition === undefined ? sql`` : sql` filter (where ${condition})`;
  const call = (fn: string, what: Sql = inner) => sql`${sql.raw(fn)}(${what})${filter}`;
  switch (name) {
    case "sum":
      return dialect.sum(call, inner, of!);
    case "average":
      return sql`${dialect.float(dialect.sum(call, inner, of!), sumTypeOf(of!))} / ${call("count")}`;
    case "percentile":
      return dialect.percentile(of!.type === "float" ? inner : dialect.float(inner, of!), at!, filter);
    default:
      return call(name);
  }
}

const sumTypeOf = (of: TypeOfValue): TypeOfValue =>
  of.type === "integer" || of.type === "bigint" ? { type: "bigint" } : typeOf(of);

function callSql(expression: Kind<"call">, values: readonly Sql[], dialect: SqlDialect): Sql {
  const { name, of } = expression;
  const [first] = values as readonly [Sql];
  switch (name) {
    case "lower":
      return dialect.lower(first);
    case "length":
      return dialect.length(first);
    case "coalesce":
      return sql`coalesce(${sql.join(values.map((value, at) => converted(value, of[at]!, expression, dialect)))})`;
    case "concat":
      return dialect.concat(values);
    case "random":
      return dialect.hash(dialect.concat([values[1]!, sql.lit("/"), values[0]!]));
    case "divide": {
      const operands = values.map((value, at) => ({ ...typeOf(of[at]!), value })) as unknown as readonly [
        Operand,
        Operand,
      ];
      return expression.type === "decimal"
        ? dialect.decimalQuotient(operands, expression.scale ?? 0)
        : dialect.quotient(operands);
    }
    case "add":
    case "subtract":
    case "multiply":
      return dialect.arithmetic(name, operandsOf(expression, values, dialect), typeOf(expression));
  }
}

/**
 * Returns the two operands of a calculation. They are converted in two cases:
 * - The result is a decimal sum or difference: both operands get the scale of the result.
 * - The result is a float, and one operand is a decimal: both operands become floats.
 */
function operandsOf(
  { name, of, type, scale }: Kind<"call">,
  values: readonly Sql[],
  dialect: SqlDialect,
): readonly [Operand, Operand] {
  const to = type === "decimal" && name !== "multiply" ? { type, scale } : undefined;
  const toFloat = type === "float" && of.some((one) => one.type === "decimal") ? { type } : to;
  return of.map((one, at) => ({
    ...(toFloat ?? typeOf(one)),
    value: toFloat === undefined ? values[at]! : converted(values[at]!, one, toFloat, dialect),
  })) as unknown as readonly [Operand, Operand];
}

function caseSql(expression: Kind<"case">, compiling: Compiling): Sql {
  const { branches, otherwise } = expression;
  const value = (then: Expression) =>
    converted(expressionSql(then, compiling), then, expression, compiling.dialect);
  const parts = branches.map(
    ({ when, then }) => sql`when ${conditionSql(when, compiling) ?? sql`true`} then ${value(then)}`,
  );
  const rest = otherwise === undefined ? sql`` : sql` else ${value(otherwise)}`;
  return sql`case ${sql.join(parts, sql` `)}${rest} end`;
}

const operators: Readonly<Record<ComparisonName, string>> = {
  equals: "=",
  notEquals: "<>",
  lessThan: "<",
  atMost: "<=",
  moreThan: ">",
  atLeast: ">=",
};

/**
 * Returns the SQL of a condition. If a part of the condition has `ifGiven`, and one of the parameters in `ifGiven` was not
 * sent, the part is left out. If no part is left, returns undefined; then the condition restricts nothing.
 */
export function conditionSql(condition: Condition, compiling: Compiling): Sql | undefined {
  const of = (expression: Expression) => expressionSql(expression, compiling);
  switch (condition.kind) {
    case "and":
    case "or": {
      const parts = condition.of
        .map((one) => conditionSql(one, compiling))
        .filter((one) => one !== undefined);
      if (parts.length < 2) return parts[0];
      return condition.kind === "and" ? sql.join(parts, sql` and `) : sql`(${sql.join(parts, sql` or `)})`;
    }
    case "not": {
      const inner = conditionSql(condition.of, compiling);
      return inner === undefined ? undefined : sql`not (${inner})`;
    }
    case "compare":
      return comparisonSql(condition, compiling);
    case "in":
      return inSql(condition, compiling);
    case "text":
      return textSql(condition, compiling);
    case "search": {
      const { table, owner, columns, text } = condition;
      const owned = table.owner !== undefined;
      const search = {
        ...{ table, owner, columns },
        slot: (form: Extract<Slot, { slot: "search" }>["form"]) =>
          sql.val({ slot: "search", form, owned, text } satisfies Slot),
      };
      return compiling.readsTextsOf === table.alias
        ? compiling.dialect.hasWords(search)
        : compiling.dialect.search(search);
    }
    case "null":
      return sql`${of(condition.left)} ${sql.raw(condition.isNull ? "is null" : "is not null")}`;
    case "exists":
      return sql`exists (${compiling.subselect(condition.select, compiling)})`;
    case "ifGiven":
      return condition.parameters.every((name) => compiling.given.has(name))
        ? conditionSql(condition.of, compiling)
        : undefined;
  }
}

/** Converts one side of a comparison to the common type of both sides (`common`), if the comparison needs this. */
function comparable(one: TypeOfValue, value: Sql, common: TypeOfValue, dialect: SqlDialect): Sql {
  if (common.type === "decimal") return dialect.comparable(value, one, scaleOf(common));
  return common.type === "float" && (one.type === "bigint" || one.type === "decimal")
    ? dialect.float(value, one)
    : value;
}

function comparisonSql(
  { name, left, right }: Extract<Condition, { kind: "compare" }>,
  compiling: Compiling,
): Sql {
  const common = commonTypeOf([left, right]);
  const side = (one: Expression) => comparable(one, expressionSql(one, compiling), common, compiling.dialect);
  return sql`${side(left)} ${sql.raw(operators[name])} ${side(right)}`;
}

function inSql({ left, list, negated }: Extract<Condition, { kind: "in" }>, compiling: Compiling): Sql {
  const { dialect } = compiling;
  const subject = expressionSql(left, compiling);
  if ("parameter" in list) {
    const { item } = list;
    const common = commonTypeOf([left, item]);
    const values = {
      list: sql.val({ slot: "list", name: list.parameter } satisfies Slot),
      item,
      convert: (value: Sql) => comparable(item, value, common, dialect),
    };
    return dialect.isIn(comparable(left, subject, common, dialect), values, negated);
  }
  const common = commonTypeOf([left, ...list.values]);
  const values = list.values.map((value) =>
    comparable(value, expressionSql(value, compiling), common, dialect),
  );
  return sql`${comparable(left, subject, common, dialect)} ${sql.raw(negated ? "not in" : "in")} (${sql.join(values)})`;
}

/**
 * Compares texts with the engine's string functions, because LIKE would treat some characters of the searched text as
 * wildcards. Both texts are folded as in `foldText`, so letter case makes no difference.
 */
function textSql({ name, left, right }: Extract<Condition, { kind: "text" }>, compiling: Compiling): Sql {
  const { dialect } = compiling;
  const text = dialect.fold(expressionSql(left, compiling));
  const part = foldedSql(right, compiling);
  switch (name) {
    case "contains":
      return sql`${dialect.position(text, part)} > 0`;
    case "startsWith":
      return sql`${dialect.position(text, part)} = 1`;
    case "endsWith":
      return sql`${dialect.length(text)} >= ${dialect.length(part)} and substr(${text}, ${dialect.length(text)} - ${dialect.length(part)} + 1) = ${part}`;
  }
}

/** Folds the value as `foldText` does. Parameters and literals are folded before the SQL runs, not for every row. */
function foldedSql(right: Expression, compiling: Compiling): Sql {
  if (right.kind === "parameter") {
    return slotted(
      compiling,
      { slot: "parameter", name: right.name, type: right.type, folded: true },
      { type: "text" },
    );
  }
  if (right.kind === "literal") {
    return literalSql({ ...right, value: foldText(String(right.value)) }, compiling.dialect);
  }
  return compiling.dialect.fold(expressionSql(right, compiling));
}

/**
 * Returns the condition that restricts an owned table to the caller's rows. In a search, the condition is written so
 * that the engine can't use an index of the owner column. Otherwise, an engine without statistics could choose this
 * index in place of the search index, and read all rows of the caller.
 */
export const ownedSql = (
  { alias, owner }: TableReference,
  compiling: Compiling,
  searched?: ReadonlySet<string>,
): Sql | undefined =>
  owner === undefined
    ? undefined
    : sql`${searched?.has(alias) === true ? compiling.dialect.unindexed(sql.ref(`${alias}.${owner}`)) : sql.ref(`${alias}.${owner}`)} = ${slotted(compiling, { slot: "caller" }, { type: "id" })}`;

/** Returns the aliases of the tables whose search index is used. A search inside of "or" or "not" does not count. */
export function searchedTables(
  condition: Condition | undefined,
  { given, readsTextsOf }: Pick<Compiling, "given"> & Pick<Partial<Compiling>, "readsTextsOf">,
): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (one: Condition): void => {
    if (one.kind === "search" && one.table.alias !== readsTextsOf) found.add(one.table.alias);
    else if (one.kind === "and") one.of.forEach(visit);
    else if (one.kind === "ifGiven" && one.parameters.every((name) => given.has(name))) visit(one.of);
  };
  if (condition !== undefined) visit(condition);
  return found;
}

export const allSql = (conditions: readonly (Sql | undefined)[]): Sql | undefined => {
  const parts = conditions.filter((one) => one !== undefined);
  return parts.length === 0 ? undefined : sql.join(parts, sql` and `);
};
