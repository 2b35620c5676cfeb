// Describes the differences between the SQL of SQLite and of Postgres, with one record per engine. So the compiler of
// queries needs no conditions on the engine.
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from "kysely";
import { decimalDigits } from "../../ports/database/column-types.ts";
import { decimalOf } from "../../ports/database/decimals.ts";
import {
  searchedText,
  searchFunction,
  searchIdsOf,
  searchTableOf,
} from "../../ports/database/search-index.ts";
import { postgresSpacedWordsSql } from "../../ports/database/search-words.ts";
import type {
  ArithmeticName,
  BucketName,
  SpanUnit,
  TableReference,
  TypeOfValue,
  ValueType,
} from "../plan.ts";

export type Sql = RawBuilder<unknown>;

/**
 * The functions only write SQL expressions. The results and errors that the comments describe, such as
 * NUMBER_OUT_OF_RANGE, are those of the written SQL when it runs.
 */
export interface SqlDialect {
  readonly name: "sqlite" | "postgres";
  /** A Kysely instance that compiles queries, but can't run them. */
  readonly kysely: Kysely<unknown>;
  /**
   * Writes a bound value, together with its type if the engine would otherwise have to guess the type. A decimal is
   * bound as a whole number: with two decimal places, 1.25 is bound as 125.
   */
  bound(value: Sql, type: TypeOfValue): Sql;
  /** Writes a decimal from the spec. */
  decimalLiteral(text: string, scale: number): Sql;
  /** Converts the number to a floating-point number. */
  float(value: Sql, from: TypeOfValue): Sql;
  /**
   * Converts the number to a decimal with this scale, rounded half away from zero. Throws NUMBER_OUT_OF_RANGE beyond
   * 18 digits.
   */
  decimal(value: Sql, from: TypeOfValue, scale: number): Sql;
  /**
   * Converts an integer or a decimal, so that it can be compared with decimals of `scale` decimal places. The number
   * must not have more decimal places than that. The conversion never throws.
   */
  comparable(value: Sql, from: TypeOfValue, scale: number): Sql;
  /**
   * Calculates with two numbers. The type of the result is "bigint", "decimal" or "float". Throws NUMBER_OUT_OF_RANGE
   * if the result is outside the range of this type.
   */
  arithmetic(name: ArithmeticName, of: readonly [Operand, Operand], type: TypeOfValue): Sql;
  /**
   * Calculates a sum. `type` is the type of the added values. The sum of integers is a "bigint". Throws
   * NUMBER_OUT_OF_RANGE if the sum is outside the range of its type. The dialect calls `call` with the name of
   * the SQL function and its argument. The function `call` belongs to the caller, and adds the filter or the window that
   * the spec gives to the sum.
   */
  sum(call: (fn: string, of: Sql) => Sql, of: Sql, type: TypeOfValue): Sql;
  /**
   * Writes a calculated whole number for a column of 32 bits. The written SQL refuses a number that needs more than 32
   * bits. On Postgres it needs no check, because the column itself refuses such a number.
   */
  integer(value: Sql): Sql;
  /** Converts a text to lower case in every script. The result is compared by code points. */
  lower(text: Sql): Sql;
  /** Folds a text for search, like `foldText`. */
  fold(text: Sql): Sql;
  /**
   * Returns the position of `part` in the text, counted from 1. Returns 0 if the text doesn't
   * contain `part`.
   */
  position(text: Sql, part: Sql): Sql;
  length(text: Sql): Sql;
  bucket(value: Sql, bucket: Bucket): Sql;
  /** Moves a date or an instant by a time span. The result is null outside the years 0001 to 9999. */
  moved(value: Sql, type: TypeOfValue, span: Span): Sql;
  /** Calculates the quotient as a float; null if the divisor is 0. */
  quotient(of: readonly [Operand, Operand]): Sql;
  /** Calculates the quotient of exact numbers as a decimal, rounded half away from zero; null if the divisor is 0. */
  decimalQuotient(of: readonly [Operand, Operand], scale: number): Sql;
  /** Rounds a float half away from zero, based on its shortest decimal form. */
  roundedFloat(value: Sql, digits: number): Sql;
  concat(texts: readonly Sql[]): Sql;
  /** Calculates the MD5 hash of a text, as lower-case hexadecimal digits. */
  hash(text: Sql): Sql;
  /**
   * Writes a text column as an expression with the same value, so that the engine can't use an
   * index of the column.
   */
  unindexed(column: Sql): Sql;
  /** Tests whether a row of the table contains the words that are bound at `search.slot`. Uses the search index. */
  search(search: Search): Sql;
  /** Tests the same as `search`, but reads the texts of the row instead of the search index. */
  hasWords(search: Search): Sql;
  /**
   * Calculates a percentile. `at` is the position in the sorted values, from 0 to 1. If the
   * position is between two values, the result is interpolated. `filter` is empty or a filter
   * clause.
   */
  percentile(of: Sql, at: number, filter: Sql): Sql;
  /**
   * Tests whether `left` is in a list that is bound as JSON. `convert` gives the items of the list
   * the type of `left`.
   */
  isIn(left: Sql, list: ListOfValues, negated: boolean): Sql;
  /** Turns a list of objects, which is bound as JSON, into the table "~item". */
  itemTable(list: Sql): Sql;
  itemField(field: string, type: TypeOfValue): Sql;
  /** Does the same as `itemTable`. In the result, `itemPlace` is the index of each item, from 0. */
  numberedItems(list: Sql): Sql;
  readonly itemPlace: Sql;
  /** Converts a value for nested JSON. Stored JSON becomes a string, so that its numbers keep their digits. */
  jsonValue(value: Sql, type: TypeOfValue): Sql;
  jsonObject(pairs: readonly { readonly name: string; readonly value: Sql }[]): Sql;
  jsonList(objects: Sql): Sql;
  /** The last clause of a select that locks the selected rows until the transaction ends. Empty on SQLite. */
  readonly locked: Sql;
  /**
   * Tells SQLite that a value from a sub-select is JSON. Otherwise SQLite would write the value as
   * a JSON string. On Postgres the value is unchanged.
   */
  stillJson(value: Sql): Sql;
  /**
   * The types whose values have to be converted, because the driver returns these values in a form
   * that differs from the form in the result.
   */
  readonly converted: ReadonlySet<ValueType>;
}

export interface Operand extends TypeOfValue {
  readonly value: Sql;
}

interface Bucket {
  readonly type: TypeOfValue;
  readonly to: BucketName;
  readonly zone: string;
}

interface Search {
  readonly table: TableReference;
  /** The name of the table's column that contains the owner of a row. */
  readonly owner: string;
  readonly columns: readonly string[];
  /** Writes the placeholder to which the searched words are bound in this form (see `searchForms` in bind.ts). */
  slot(form: "fts5" | "tsquery" | "words" | "patterns"): Sql;
}

interface Span {
  readonly amount: Sql;
  readonly unit: SpanUnit;
  readonly back: boolean;
}

interface ListOfValues {
  readonly list: Sql;
  readonly item: TypeOfValue;
  convert(value: Sql): Sql;
}

const safe = sql.lit(Number.MAX_SAFE_INTEGER);
const objectArguments = (pairs: readonly { readonly name: string; readonly value: Sql }[]) =>
  sql.join(pairs.map(({ name, value }) => sql`${sql.lit(name)}, ${value}`));

const signs: Readonly<Record<ArithmeticName, Sql>> = {
  add: sql.raw("+"),
  subtract: sql.raw("-"),
  multiply: sql.raw("*"),
};

/** Returns the number of decimal places of a number. A whole number has none. */
export const scaleOf = ({ scale = 0 }: TypeOfValue): number => scale;

const sqliteBuckets: Readonly<Record<Exclude<BucketName, "week">, number>> = {
  ...{ year: 4, month: 7, day: 10, hour: 13, minute: 16 },
};

const sqliteSql: SqlDialect = {
  name: "sqlite",
  kysely: new Kysely<unknown>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  bound: (value) => value,
  decimalLiteral: (text, scale) => sql.raw(String(decimalOf(text, scale))),
  float: (value, from) =>
    from.type === "decimal"
      ? sql`rondo_decimal_real(${value}, ${sql.lit(scaleOf(from))})`
      : sql`cast(${value} as real)`,
  decimal(value, from, scale) {
    const more = scale - scaleOf(from);
    if (more === 0) return from.type === "decimal" ? value : sql`rondo_decimal(${value})`;
    return sql`${sql.raw(more > 0 ? "rondo_scale_up" : "rondo_scale_down")}(${value}, ${sql.lit(Math.abs(more))})`;
  },
  comparable(value, from, scale) {
    const more = scale - scaleOf(from);
    return more === 0 && from.type === "decimal" ? value : sql`rondo_comparable(${value}, ${sql.lit(more)})`;
  },
  arithmetic(name, [one, other], type) {
    const [first, second] = [one.value, other.value];
    if (type.type === "decimal") {
      if (name !== "multiply") return sql`rondo_decimal(${first} ${signs[name]} ${second})`;
      return sql`rondo_times(${first}, ${second}, ${sql.lit(scaleOf(one) + scaleOf(other) - scaleOf(type))})`;
    }
    if (type.type !== "float") return sql`rondo_whole(${first} ${signs[name]} ${second})`;
    return name === "multiply"
      ? sql`rondo_product(${first}, ${second})`
      : sql`rondo_finite(cast(${first} as real) ${signs[name]} ${second})`;
  },
  sum(call, of, { type }) {
    if (type === "float") {
      const text = sql`case when ${of} is not null then printf('%!.17g', ${of}) end`;
      return sql`rondo_total(${call("group_concat", text)})`;
    }
    // A sum of 32-bit integers exceeds 64 bits only with more than four billion rows, so it needs no check.
    if (type === "integer") return call("sum", of);
    const sum = sql`rondo_sum(${call("sum", sql`${of} >> 32`)}, ${call("sum", sql`${of} & 4294967295`)})`;
    return type === "decimal" ? sql`rondo_decimal(${sum})` : sum;
  },
  integer: (value) => sql`rondo_integer(${value})`,
  lower: (text) => sql`rondo_lower(${text})`,
  fold: (text) => sql`rondo_fold(${text})`,
  position: (text, part) => sql`instr(${text}, ${part})`,
  length: (text) => sql`length(${text})`,
  bucket(value, { type, to, zone }) {
    const local =
      type.type === "date" || zone === "UTC" ? value : sql`rondo_local(${value}, ${sql.lit(zone)})`;
    return to === "week"
      ? sql`rondo_monday(${local})`
      : sql`substr(${local}, 1, ${sql.lit(sqliteBuckets[to])})`;
  },
  moved: (value, _type, { amount, unit, back }) =>
    sql`rondo_moved(${value}, ${back ? sql`-(${amount})` : amount}, ${sql.lit(unit)})`,
  quotient: ([one, other]) =>
    sql`rondo_quotient(${sqliteSql.float(one.value, one)}, ${sqliteSql.float(other.value, other)})`,
  decimalQuotient: ([one, other], scale) =>
    sql`rondo_ratio(${one.value}, ${other.value}, ${sql.lit(scale + scaleOf(other) - scaleOf(one))})`,
  roundedFloat: (value, digits) => sql`rondo_round(${value}, ${sql.lit(digits)})`,
  concat: (texts) => sql`(${sql.join(texts, sql` || `)})`,
  hash: (text) => sql`rondo_md5(${text})`,
  unindexed: (column) => sql`+${column}`,
  search({ table, slot }) {
    const index = sql.id(searchTableOf(table.table));
    const ids = sql.id(searchIdsOf(table.table));
    return sql`${sql.ref(`${table.alias}.id`)} in (select ${ids}."id" from ${index} cross join ${ids} on ${ids}."place" = ${index}.rowid where ${index} match ${slot("fts5")})`;
  },
  hasWords({ table: { alias }, columns, slot }) {
    const text = sql.raw(searchedText(columns, (name) => `"${alias}"."${name}"`));
    return sql`rondo_has_words(${text}, ${slot("words")})`;
  },
  percentile: (of, at, filter) => sql`rondo_percentile(${of}, ${sql.lit(at)})${filter}`,
  isIn: (left, { list, item, convert }, negated) =>
    sql`${left} ${sql.raw(negated ? "not in" : "in")} (select ${convert(item.type === "bytes" ? sql`rondo_bytes(value)` : sql`value`)} from json_each(${list}))`,
  itemTable: (list) => sql`json_each(${list}) as ${sql.id("~item")}`,
  numberedItems: (list) => sql`json_each(${list}) as ${sql.id("~item")}`,
  itemPlace: sql`${sql.id("~item")}.key`,
  itemField(field, { type }) {
    const value = sql`${sql.id("~item")}.value ->> ${sql.lit(field)}`;
    if (type === "float") return sql`cast(${value} as real)`;
    if (type === "bytes") return sql`rondo_bytes(${value})`;
    return ["bigint", "integer", "decimal"].includes(type) ? sql`cast(${value} as integer)` : value;
  },
  jsonValue(value, from) {
    switch (from.type) {
      case "decimal":
        return sql`rondo_decimal_text(${value}, ${sql.lit(scaleOf(from))})`;
      case "bytes":
        return sql`rondo_base64(${value})`;
      case "bigint":
        return sql`case when ${value} between -${safe} and ${safe} then ${value} else cast(${value} as text) end`;
      case "float":
        return sql`case when ${value} is not null then json(printf('%!.17g', ${value})) end`;
      case "boolean":
        return sql`json(case when ${value} then 'true' when not ${value} then 'false' end)`;
      case "row":
      case "rows":
        return sql`json(${value})`;
      default:
        return value;
    }
  },
  jsonObject: (pairs) => sql`json_object(${objectArguments(pairs)})`,
  jsonList: (objects) => sql`json_group_array(${objects})`,
  locked: sql``,
  stillJson: (value) => sql`json(${value})`,
  converted: new Set<ValueType>(["boolean", "bytes", "decimal", "json", "row", "rows"]),
};

const postgresTypes: Readonly<Record<ValueType, string>> = {
  id: "text",
  text: "text",
  integer: "integer",
  bigint: "bigint",
  decimal: "numeric",
  float: "double precision",
  boolean: "boolean",
  date: "date",
  bytes: "bytea",
  timestamp: "timestamptz",
  json: "json",
  row: "json",
  rows: "json",
};
const postgresBuckets: Readonly<Record<BucketName, string>> = {
  year: "YYYY",
  month: "YYYY-MM",
  week: "YYYY-MM-DD",
  day: "YYYY-MM-DD",
  hour: 'YYYY-MM-DD"T"HH24',
  minute: 'YYYY-MM-DD"T"HH24:MI',
};
/** The argument of make_interval, and the number of units per year. */
const postgresSpans: Readonly<Record<SpanUnit, readonly [argument: string, perYear: number]>> = {
  minutes: ["mins", 525_949],
  hours: ["hours", 8_766],
  days: ["days", 365.2425],
  weeks: ["weeks", 52.1775],
  months: ["months", 12],
  years: ["years", 1],
};
const exactly = (value: Sql): Sql => cast(value, "decimal");
const cast = (value: Sql, type: ValueType): Sql => sql`cast(${value} as ${sql.raw(postgresTypes[type])})`;
const castDecimal = (value: Sql, scale: number): Sql =>
  sql`cast(${value} as numeric(${sql.lit(decimalDigits)}, ${sql.lit(scale)}))`;

/** Casts a bound value to the Postgres type of `from`. A bound decimal is a whole number (see `SqlDialect.bound`). */
function read(value: Sql, from: TypeOfValue): Sql {
  if (from.type !== "decimal") return cast(value, from.type);
  const scale = scaleOf(from);
  const whole = cast(value, "decimal");
  return castDecimal(scale === 0 ? whole : sql`${whole} * ${sql.raw((10 ** -scale).toFixed(scale))}`, scale);
}

/** Does the same as `read` for a value from JSON, in which bytes are base64. */
const readJson = (value: Sql, from: TypeOfValue): Sql =>
  from.type === "bytes" ? sql`decode(${value}, 'base64')` : read(value, from);

const lowerIcu = (text: Sql): Sql => sql`lower(${text} collate "und-x-icu") collate "C"`;

const postgresSql: SqlDialect = {
  name: "postgres",
  kysely: new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
  bound: read,
  decimalLiteral: (text, scale) => castDecimal(sql.lit(text), scale),
  float: (value) => cast(value, "float"),
  decimal: (value, from, scale) =>
    from.type === "decimal" && scaleOf(from) === scale ? value : castDecimal(value, scale),
  comparable: (value) => value,
  arithmetic(name, [{ value: first }, { value: second }], type) {
    if (type.type === "decimal") return castDecimal(sql`${first} ${signs[name]} ${second}`, scaleOf(type));
    return sql`(${cast(first, type.type)} ${signs[name]} ${second})`;
  },
  // Floats are added in a fixed order, because each addition rounds the sum.
  sum(call, of, from) {
    if (from.type === "float") return call("sum", sql`${of} order by ${of}`);
    const sum = call("sum", of);
    return from.type === "decimal" ? castDecimal(sum, scaleOf(from)) : cast(sum, "bigint");
  },
  integer: (value) => value,
  lower: lowerIcu,
  // Most texts are ASCII. For such a text, `lower` with the collation "C" is sufficient and many times faster.
  fold: (text) =>
    sql`case when octet_length(${text}) = char_length(${text}) then lower(${text} collate "C") else normalize(replace(${lowerIcu(sql`upper(${lowerIcu(text)} collate "und-x-icu")`)}, 'ς', 'σ'), NFC) end collate "C"`,
  position: (text, part) => sql`strpos(${text}, ${part})`,
  length: (text) => sql`char_length(${text})`,
  bucket(value, { type, to, zone }) {
    const local =
      type.type === "date"
        ? sql`cast(${value} as timestamp)`
        : sql`${value} at time zone ${sql.lit(zone === "UTC" ? "utc" : zone)}`;
    const start = to === "week" ? sql`date_trunc('week', ${local})` : local;
    return sql`to_char(${start}, ${sql.lit(postgresBuckets[to])}) collate "C"`;
  },
  // Postgres can't calculate with instants far outside the years 0001 to 9999, so such instants are excluded first.
  moved(value, { type }, { amount, unit, back }) {
    const [argument, perYear] = postgresSpans[unit];
    const by = sql`(${sql.raw(back ? "-" : "")}cast(${amount} as bigint))`;
    const local = type === "date" ? value : sql`${value} at time zone 'utc'`;
    const later = sql`(${local} + make_interval(${sql.raw(argument)} => cast(${by} as integer)))`;
    const result = type === "date" ? sql`cast(${later} as date)` : sql`${later} at time zone 'utc'`;
    return sql`case when abs(${by}) < 2147483648 and extract(year from ${local}) + ${by} / ${sql.lit(perYear)} between -2 and 10002 and ${later} >= timestamp '0001-01-01' and ${later} < timestamp '10000-01-01' then ${result} end`;
  },
  quotient: ([one, other]) => sql`(${cast(one.value, "float")} / nullif(${cast(other.value, "float")}, 0))`,
  decimalQuotient([one, other], scale) {
    const [of, by] = [exactly(one.value), exactly(other.value)];
    const twice = sql`2 * abs(${of}) * ${sql.raw((10 ** scale).toFixed(0))}`;
    return castDecimal(
      sql`sign(${of}) * sign(${by}) * div(${twice} + abs(${by}), nullif(2 * abs(${by}), 0)) * ${sql.raw((10 ** -scale).toFixed(scale))}`,
      scale,
    );
  },
  roundedFloat: (value, digits) =>
    cast(sql`round(cast(cast(${value} as text) as numeric), ${sql.lit(digits)})`, "float"),
  concat: (texts) => sql`((${sql.join(texts, sql` || `)}) collate "C")`,
  hash: (text) => sql`(md5(${text}) collate "C")`,
  unindexed: (column) => sql`(${column} || '')`,
  search({ table: { alias }, owner, columns, slot }) {
    const column = (name: string) => `"${alias}"."${name}"`;
    const words = `${searchFunction}(${column(owner)}, ${searchedText(columns, column)})`;
    return sql`${sql.raw(words)} @@ cast(${slot("tsquery")} as tsquery)`;
  },
  hasWords({ table: { alias }, columns, slot }) {
    const text = searchedText(columns, (name) => `"${alias}"."${name}"`);
    // The "case" hides the condition from Postgres's estimates. Otherwise Postgres would expect few matching rows, find
    // all of them and sort them. With the "case", Postgres tests the rows in the order of the result, and stops when it
    // has enough rows for one page of the result.
    return sql`case when ${sql.raw(postgresSpacedWordsSql(`(${text})`))} like all (cast(${slot("patterns")} as text[])) then true else false end`;
  },
  percentile: (of, at, filter) => sql`percentile_cont(${sql.lit(at)}) within group (order by ${of})${filter}`,
  isIn: (left, { list, item, convert }, negated) =>
    sql`${left} ${sql.raw(negated ? "<> all" : "= any")} (array(select ${convert(readJson(sql`value`, item))} from json_array_elements_text(${cast(list, "json")}) as each(value)))`,
  itemTable: (list) => sql`json_array_elements(${cast(list, "json")}) as ${sql.id("~item")}(value)`,
  numberedItems: (list) =>
    sql`json_array_elements(${cast(list, "json")}) with ordinality as ${sql.id("~item")}(value, place)`,
  itemPlace: sql`(${sql.id("~item")}.place - 1)`,
  itemField: (field, type) => readJson(sql`${sql.id("~item")}.value ->> ${sql.lit(field)}`, type),
  jsonValue(value, { type }) {
    switch (type) {
      case "decimal":
        return cast(value, "text");
      case "date":
        return sql`to_char(${value}, 'YYYY-MM-DD')`;
      case "bytes":
        return sql`replace(encode(${value}, 'base64'), chr(10), '')`;
      case "bigint":
        return sql`case when ${value} between -${safe} and ${safe} then to_json(${value}) else to_json(cast(${value} as text)) end`;
      case "json":
        return cast(value, "text");
      case "timestamp":
        return sql`to_char(${value} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
      default:
        return value;
    }
  },
  jsonObject: (pairs) => sql`json_build_object(${objectArguments(pairs)})`,
  jsonList: (objects) => sql`coalesce(json_agg(${objects}), '[]')`,
  locked: sql` for update`,
  stillJson: (value) => value,
  converted: new Set<ValueType>(["bytes", "json", "row", "rows"]),
};

export const sqlDialects = { sqlite: sqliteSql, postgres: postgresSql } as const;
