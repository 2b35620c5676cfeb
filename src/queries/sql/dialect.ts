// Describes the differences between the engines as data, one record per engine, so that the compiler
// needs no condition on the engine.
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
import type { ArithmeticName, BucketName, ValueType } from "../plan.ts";

export type Sql = RawBuilder<unknown>;

export interface SqlDialect {
  readonly name: "sqlite" | "postgres";
  /** A Kysely instance that compiles and runs nothing. */
  readonly kysely: Kysely<unknown>;
  /** A bound value, typed where the engine would have to guess. */
  bound(value: Sql, type: ValueType): Sql;
  number(value: Sql): Sql;
  /** Throws NUMBER_OUT_OF_RANGE where the result exceeds its type: "bigint", or "number". */
  arithmetic(name: ArithmeticName, of: readonly [Sql, Sql], type: ValueType): Sql;
  /** A sum with the same check; `call` applies an aggregate function to a value, with its filter. */
  sum(call: (fn: string, of: Sql) => Sql, of: Sql, type: ValueType): Sql;
  /** A calculated whole number for a column of 32 bits; it is refused where it is out of range. */
  integer(value: Sql): Sql;
  /** Lower case in every script, compared by code point. */
  lower(text: Sql): Sql;
  /** Folds a text for search, like `foldText`. */
  fold(text: Sql): Sql;
  /** The 1-based position, or 0 when the part does not occur. */
  position(text: Sql, part: Sql): Sql;
  length(text: Sql): Sql;
  bucket(instant: Sql, to: BucketName): Sql;
  /** `left` is in a list that is bound as JSON. */
  isIn(left: Sql, list: Sql, type: ValueType, negated: boolean): Sql;
  /** A list of objects, bound as JSON, as the table "~item". */
  itemTable(list: Sql): Sql;
  itemField(field: string, type: ValueType): Sql;
  /** The same list with the index of each item, from 0, as `itemPlace`. */
  numberedItems(list: Sql): Sql;
  readonly itemPlace: Sql;
  /** The form of a value inside nested JSON; stored JSON is a text there, so that its numbers keep their digits. */
  jsonValue(value: Sql, type: ValueType): Sql;
  jsonObject(pairs: readonly { readonly name: string; readonly value: Sql }[]): Sql;
  jsonList(objects: Sql): Sql;
  /** The end of a select that locks its rows until the transaction ends. */
  readonly locked: Sql;
  /** Marks JSON from a sub-select as JSON again, because SQLite forgets it there. */
  stillJson(value: Sql): Sql;
  /**
   * The types whose values differ between the driver and the answer, so that they are converted.
   */
  readonly converted: ReadonlySet<ValueType>;
}

const safe = sql.lit(Number.MAX_SAFE_INTEGER);
const objectArguments = (pairs: readonly { readonly name: string; readonly value: Sql }[]) =>
  sql.join(pairs.map(({ name, value }) => sql`${sql.lit(name)}, ${value}`));

const signs: Readonly<Record<ArithmeticName, Sql>> = {
  add: sql.raw("+"),
  subtract: sql.raw("-"),
  multiply: sql.raw("*"),
};

const sqliteBuckets: Readonly<Record<BucketName, number>> = { year: 4, month: 7, day: 10, hour: 13 };

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
  number: (value) => sql`cast(${value} as real)`,
  arithmetic(name, [first, second], type) {
    if (type !== "number") return sql`rondo_whole(${first} ${signs[name]} ${second})`;
    return name === "multiply"
      ? sql`rondo_product(${first}, ${second})`
      : sql`rondo_finite(cast(${first} as real) ${signs[name]} ${second})`;
  },
  sum(call, of, type) {
    if (type === "number") {
      const text = sql`case when ${of} is not null then printf('%!.17g', ${of}) end`;
      return sql`rondo_total(${call("group_concat", text)})`;
    }
    // A sum of 32-bit integers exceeds 64 bits only with four billion rows.
    if (type === "integer") return call("sum", of);
    return sql`rondo_sum(${call("sum", sql`${of} >> 32`)}, ${call("sum", sql`${of} & 4294967295`)})`;
  },
  integer: (value) => sql`rondo_integer(${value})`,
  lower: (text) => sql`rondo_lower(${text})`,
  fold: (text) => sql`rondo_fold(${text})`,
  position: (text, part) => sql`instr(${text}, ${part})`,
  length: (text) => sql`length(${text})`,
  bucket: (instant, to) => sql`substr(${instant}, 1, ${sql.lit(sqliteBuckets[to])})`,
  isIn: (left, list, _type, negated) =>
    sql`${left} ${sql.raw(negated ? "not in" : "in")} (select value from json_each(${list}))`,
  itemTable: (list) => sql`json_each(${list}) as ${sql.id("~item")}`,
  numberedItems: (list) => sql`json_each(${list}) as ${sql.id("~item")}`,
  itemPlace: sql`${sql.id("~item")}.key`,
  itemField(field, type) {
    const value = sql`${sql.id("~item")}.value ->> ${sql.lit(field)}`;
    return type === "bigint" || type === "integer" ? sql`cast(${value} as integer)` : value;
  },
  jsonValue(value, type) {
    switch (type) {
      case "bigint":
        return sql`case when ${value} between -${safe} and ${safe} then ${value} else cast(${value} as text) end`;
      case "number":
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
  converted: new Set<ValueType>(["boolean", "json", "row", "rows"]),
};

const postgresTypes: Readonly<Record<ValueType, string>> = {
  id: "text",
  text: "text",
  integer: "integer",
  bigint: "bigint",
  number: "double precision",
  boolean: "boolean",
  timestamp: "timestamptz",
  json: "json",
  row: "json",
  rows: "json",
};
const postgresBuckets: Readonly<Record<BucketName, string>> = {
  year: "YYYY",
  month: "YYYY-MM",
  day: "YYYY-MM-DD",
  hour: 'YYYY-MM-DD"T"HH24',
};
const cast = (value: Sql, type: ValueType): Sql => sql`cast(${value} as ${sql.raw(postgresTypes[type])})`;

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
  bound: cast,
  number: (value) => cast(value, "number"),
  arithmetic: (name, [first, second], type) => sql`(${cast(first, type)} ${signs[name]} ${second})`,
  // Fractions are added in a fixed order, because each addition rounds.
  sum: (call, of, type) =>
    type === "number" ? call("sum", sql`${of} order by ${of}`) : cast(call("sum", of), "bigint"),
  integer: (value) => value,
  lower: lowerIcu,
  // Most texts are ASCII, which is folded many times faster.
  fold: (text) =>
    sql`case when octet_length(${text}) = char_length(${text}) then lower(${text} collate "C") else normalize(replace(${lowerIcu(sql`upper(${lowerIcu(text)} collate "und-x-icu")`)}, 'ς', 'σ'), NFC) end collate "C"`,
  position: (text, part) => sql`strpos(${text}, ${part})`,
  length: (text) => sql`char_length(${text})`,
  bucket: (instant, to) =>
    sql`to_char(${instant} at time zone 'utc', ${sql.lit(postgresBuckets[to])}) collate "C"`,
  isIn: (left, list, type, negated) =>
    sql`${left} ${sql.raw(negated ? "<> all" : "= any")} (array(select ${cast(sql`value`, type)} from json_array_elements_text(${cast(list, "json")}) as each(value)))`,
  itemTable: (list) => sql`json_array_elements(${cast(list, "json")}) as ${sql.id("~item")}(value)`,
  numberedItems: (list) =>
    sql`json_array_elements(${cast(list, "json")}) with ordinality as ${sql.id("~item")}(value, place)`,
  itemPlace: sql`(${sql.id("~item")}.place - 1)`,
  itemField: (field, type) => cast(sql`${sql.id("~item")}.value ->> ${sql.lit(field)}`, type),
  jsonValue(value, type) {
    switch (type) {
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
  converted: new Set<ValueType>(["json", "row", "rows"]),
};

export const sqlDialects = { sqlite: sqliteSql, postgres: postgresSql } as const;
