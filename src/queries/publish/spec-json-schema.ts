// Describes the structure of a spec file as JSON Schema 2020-12, for editors and for language models that draft specs.
// The code that reads a spec checks the rest: tables, columns, types and the scope.
import type { JsonObject } from "../spec/json-reader.ts";

const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const object = (
  description: string,
  properties: JsonObject,
  required: readonly string[] = [],
): JsonObject => ({
  type: "object",
  description,
  properties,
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: false,
});
const map = (description: string, value: JsonObject): JsonObject => ({
  type: "object",
  description,
  additionalProperties: value,
});
const list = (items: JsonObject, description?: string): JsonObject => ({
  type: "array",
  items,
  ...(description === undefined ? {} : { description }),
});
const string = (description: string, examples?: readonly unknown[]): JsonObject => ({
  type: "string",
  description,
  ...(examples === undefined ? {} : { examples }),
});
const whole = (description: string, minimum = 0): JsonObject => ({ type: "integer", minimum, description });
const always = { const: true } as const;
const names = { type: "array", items: { type: "string" } } as const;

const expression = ref("expression");
const operand = ref("operand");
const condition = ref("condition");

const parameter = {
  description: "A parameter of the query. It is required, unless it is optional or has a default.",
  type: "object",
  required: ["type"],
  additionalProperties: false,
  properties: {
    type: { enum: ["string", "integer", "number", "boolean", "json", "array", "object"] },
    description: string("Shown to callers of the query."),
    optional: {
      type: "boolean",
      description: 'The parameter may be left out. Each condition that uses the parameter needs "ifGiven".',
    },
    nullable: {
      type: "boolean",
      description:
        "null is allowed, and is stored as null. A parameter that is null is never treated as left out.",
    },
    default: { description: "The value when the parameter is left out." },
    format: {
      enum: ["id", "uuid", "date-time", "date", "int64", "decimal", "base64"],
      description:
        "The format of the text. Instants are compared by time, and decimals as numbers. A text with the format base64 stands for bytes.",
    },
    scale: whole("The number of decimal places of a decimal, from 0 to 9; 2 when absent."),
    minLength: whole("The minimum number of characters."),
    maxLength: whole(
      "The maximum number of characters. When absent: 1,000 for a text without a format, 10,000 for base64, 128 for every other format.",
      1,
    ),
    pattern: string("A regular expression that the text has to match."),
    enum: { ...names, description: "The only allowed texts." },
    minimum: { type: "number" },
    maximum: { type: "number" },
    items: ref("parameter"),
    minItems: whole("The minimum number of items of a list; 1 when absent."),
    maxItems: whole("The maximum number of items of a list; 100 when absent.", 1),
    properties: map("The fields of an object in a list.", ref("parameter")),
    maxBytes: whole("The maximum size of JSON in bytes.", 1),
  },
  examples: [
    { type: "string", minLength: 1, maxLength: 200, optional: true },
    { type: "integer", minimum: 1, maximum: 50, default: 10 },
  ],
};

const columnName = string("table.column, or the column alone if only one table is visible", ["t.title"]);
const one = (key: string, value: JsonObject, description: string, more: JsonObject = {}): JsonObject =>
  object(description, { [key]: value, ...more }, [key]);
const aggregate = (name: string, description: string): JsonObject =>
  one(name, expression, description, {
    where: { ...condition, description: "Only the rows that meet this condition are used." },
    distinct: always,
  });

const spans = Object.fromEntries(
  ["minutes", "hours", "days", "weeks", "months", "years"].map((unit) => [
    unit,
    { ...expression, description: `The number of ${unit}; exactly one unit is given.` },
  ]),
);

const values: readonly JsonObject[] = [
  one("column", columnName, "The value of a column."),
  one("param", string("The parameter's name"), "The value of a parameter."),
  one("value", { type: ["string", "number", "boolean", "null"] }, "A constant value."),
  one("now", always, "The instant of the call."),
  one("newId", always, "A new id."),
  one("caller", always, "The id of the calling user."),
  one("item", string("The field's name"), 'A field of the current item, in an insert with "each".'),
  object("A value from an earlier step.", { step: { type: "string" }, column: { type: "string" } }, [
    "step",
    "column",
  ]),
  one("changesOf", string("The step's name"), "The number of rows that an earlier step read or wrote."),
  one("lower", expression, "The text in lower case."),
  one("length", expression, "The number of characters of a text."),
  one("coalesce", list(expression), "The first value that is not null."),
  one("add", list(expression), "The sum of two numbers."),
  one("subtract", list(expression), "The difference of two numbers."),
  one("multiply", list(expression), "The product of two numbers."),
  one(
    "divide",
    list(expression),
    'The quotient of two numbers: a float, or a decimal if "to" is given. The quotient is null if the second number is 0.',
    { to: whole("The number of decimal places of the quotient, up to 9.") },
  ),
  one("round", expression, "The number rounded half away from zero.", {
    to: whole("The number of decimal places, up to 9; 0 when absent."),
  }),
  one("concat", list(expression), "The texts one after the other; null if one of them is null."),
  one(
    "random",
    expression,
    "A text that looks random. It depends only on the given expression, such as the id of a row, and on the seed. Rows that are ordered by this text are in a random order.",
    { seed: { ...expression, description: "A text, such as a parameter." } },
  ),
  one(
    "truncate",
    expression,
    "The minute, hour, day, week (its Monday), month or year of an instant or a date, as text.",
    {
      to: { enum: ["minute", "hour", "day", "week", "month", "year"] },
      in: string("A time zone; UTC when absent.", ["Europe/Berlin"]),
    },
  ),
  one("before", expression, "An instant or a date minus a time span.", spans),
  one("after", expression, "An instant or a date plus a time span.", spans),
  one(
    "case",
    // biome-ignore lint/suspicious/noThenProperty: specs have the keys when and then; nothing awaits this object
    list(object("One branch of a case.", { when: condition, then: expression }, ["when", "then"])),
    "The value of the first branch whose condition holds.",
    { else: expression },
  ),
  one("test", condition, "Whether a condition holds: true or false."),
  one("scalar", ref("select"), "One value of another select, such as a count."),
];

const comparison: JsonObject = object("A comparison of a column or an expression.", {
  column: columnName,
  expression,
  ifGiven: {
    description: "The condition applies only when these optional parameters are given.",
    anyOf: [{ type: "string" }, names],
  },
  equals: operand,
  notEquals: operand,
  lessThan: operand,
  atMost: operand,
  moreThan: operand,
  atLeast: operand,
  between: { ...list(operand, "The minimum and the maximum, both included."), minItems: 2, maxItems: 2 },
  in: ref("members"),
  notIn: ref("members"),
  contains: {
    ...operand,
    description: "The text contains this value, regardless of letter case. No character is a wildcard.",
  },
  startsWith: operand,
  endsWith: operand,
  isNull: { type: "boolean" },
});

const order: JsonObject = {
  description:
    "A fixed order, or orders to choose from. Ties are broken by id, so that the order is always the same.",
  anyOf: [
    list(
      object(
        "An expression to order by, and its direction.",
        { by: expression, direction: { enum: ["asc", "desc"] } },
        ["by"],
      ),
    ),
    object(
      "The caller chooses the order with the parameter orderBy.",
      {
        choices: map("Maps the name of an order to its expression.", expression),
        default: string("The name and the direction of the default order.", ["createdAt.desc"]),
      },
      ["choices", "default"],
    ),
  ],
};

const selectProperties: JsonObject = {
  from: string("The table's name."),
  as: string("A short name for the table."),
  joins: list(
    object(
      "Another table to join.",
      { table: { type: "string" }, as: { type: "string" }, kind: { enum: ["inner", "left"] }, on: condition },
      ["table", "on"],
    ),
  ),
  columns: map("Maps the name of each column of the answer to its expression.", expression),
  where: condition,
  groupBy: list(expression),
  having: { ...condition, description: "A condition on groups; it may use aggregates." },
  distinct: { type: "boolean" },
  orderBy: order,
  limit: {
    anyOf: [
      whole("The maximum number of rows.", 1),
      one("param", { type: "string" }, "A parameter with minimum 1 and a maximum."),
    ],
  },
};
const narrowing: JsonObject = {
  ...condition,
  description:
    'The condition of the rows to write. It has to restrict the rows at every call, even if optional parameters are left out. A statement without such a condition needs "everyRow".',
};
const everyRow: JsonObject = {
  ...always,
  description:
    'Allows the statement to write every row of the scope. A statement that may write every row is refused if "everyRow" is absent.',
};
const statements: Readonly<Record<string, JsonObject>> = {
  select: ref("select"),
  insert: object(
    "Adds a row, or one row for each item of a list. The engine sets the owner of each row.",
    {
      into: { type: "string" },
      each: string("The parameter that holds the list."),
      values: map("Maps a column to its value.", ref("assignment")),
      onConflict: object(
        "What to do when a row with the same key exists.",
        {
          columns: names,
          update: map(
            'Maps a column of the existing row to its new value. When absent, the row is not changed. In an expression, "column" gives the value of the existing row, and "item" the value that would have been inserted.',
            ref("assignment"),
          ),
        },
        ["columns"],
      ),
      returning: map("The columns of the answer.", expression),
    },
    ["into", "values"],
  ),
  update: object(
    "Updates the caller's rows that match a condition.",
    {
      table: { type: "string" },
      set: map("Maps a column to its value.", ref("assignment")),
      where: narrowing,
      everyRow,
      returning: map("The columns of the answer.", expression),
    },
    ["table", "set"],
  ),
  delete: object(
    "Deletes the caller's rows that match a condition.",
    {
      from: { type: "string" },
      where: narrowing,
      everyRow,
      returning: map("The columns of the answer.", expression),
    },
    ["from"],
  ),
};

export const specJsonSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Rondo query spec",
  ...object(
    "A named query. The engine restricts every user-owned table to the calling user; a spec never names the user.",
    {
      $schema: { type: "string" },
      name: {
        ...string("The name in the form entity.verb. The file has the same name.", ["tracks.list"]),
        pattern: "^[a-z][A-Za-z0-9]{0,39}\\.[a-z][A-Za-z0-9]{0,39}$",
      },
      summary: string("One sentence that says what the query returns or does."),
      description: string("Details, where they help."),
      method: { enum: ["GET", "POST"], description: "GET reads, POST writes." },
      scope: {
        enum: ["user", "business"],
        description:
          '"user": the calling user\'s own rows. "business": all rows; the caller needs a business key.',
      },
      parameters: map("Maps a name to its parameter.", ref("parameter")),
      tables: { ...names, description: "All tables that the query uses." },
      query: {
        description: "One statement, or several steps in one transaction.",
        anyOf: [
          ...Object.entries(statements).map(([name, statement]) =>
            object(name, { [name]: statement }, [name]),
          ),
          object(
            "Steps in one transaction: all of them take effect, or none.",
            {
              steps: list(
                object(
                  "One statement of the transaction, with a name for later steps.",
                  {
                    name: { type: "string" },
                    expect: {
                      enum: ["rows", "none"],
                      description:
                        '"rows": if there is no row, the error is NOT_FOUND. "none": if there is a row, the error is CONFLICT.',
                    },
                    ...statements,
                  },
                  ["name"],
                ),
              ),
              answer: string("The step whose rows are the answer; the last when absent."),
            },
            ["steps"],
          ),
        ],
      },
      returns: {
        enum: ["one", "maybe", "many", "page"],
        description:
          '"one": a row, or 404. "maybe": a row or null. "many": a list. "page": a list with cursors.',
      },
      page: object("The number of rows on a page.", {
        default: whole("The default number of rows.", 1),
        max: whole("The maximum number of rows that a caller may ask for.", 1),
        total: { type: "boolean", description: "Adds the number of rows on all pages to the answer." },
      }),
      guards: object("The limits of the query.", {
        timeoutMs: whole("The time limit in milliseconds: 2,000 when absent; 30,000 at most.", 1),
        maxRows: whole("The maximum number of rows: 1,000 when absent; 10,000 at most.", 1),
        maxBytes: whole("The maximum size of the answer in bytes: 2,000,000 when absent.", 1),
      }),
    },
    ["name", "summary", "method", "scope", "tables", "query", "returns"],
  ),
  $defs: {
    parameter,
    expression: {
      description:
        'A column as "table.column", a number, true or false, or an object with one key that names its kind.',
      anyOf: [
        columnName,
        { type: ["number", "boolean"] },
        ...values,
        one("count", { anyOf: [{ const: "*" }, expression] }, "The number of rows or of values.", {
          where: condition,
          distinct: always,
        }),
        aggregate("sum", "The sum of the values."),
        aggregate("average", "The average of the values."),
        aggregate("min", "The minimum of the values."),
        aggregate("max", "The maximum of the values."),
        one("median", expression, "The median of the values, as a float.", { where: condition }),
        one(
          "percentile",
          expression,
          'A percentile of the values, as a float. "at" is the share of the values that lie below the result: 0.95 means 95 %.',
          {
            at: { type: "number", minimum: 0, maximum: 1 },
            where: condition,
          },
        ),
        object(
          "A window function over the rows of the answer, or over its groups: a number, a rank, a running sum, or the value of the row before (lag) or after (lead).",
          {
            window: { enum: ["rowNumber", "rank", "denseRank", "sum", "lag", "lead"] },
            of: { ...expression, description: "The value from which sum, lag and lead are calculated." },
            partitionBy: list(expression, "Rows with the same values of these expressions form one window."),
            orderBy: list(
              object(
                "An expression and its direction.",
                { by: expression, direction: { enum: ["asc", "desc"] } },
                ["by"],
              ),
            ),
          },
          ["window", "orderBy"],
        ),
        one("many", ref("select"), "Nested children: a list of objects, two levels at most."),
        one("one", ref("select"), "A nested child: an object or null."),
      ],
      examples: ["t.title", { count: "*" }, { lower: "t.title" }],
    },
    operand: {
      description:
        "A value to compare with or to store: a number, true, false, or an object. A bare text is not allowed.",
      anyOf: [{ type: ["number", "boolean"] }, ...values],
    },
    assignment: {
      description:
        'The value of a column. With {"param": "x", "ifGiven": true}, the column is not changed when x is not given.',
      anyOf: [
        object("An optional parameter.", { param: { type: "string" }, ifGiven: always }, [
          "param",
          "ifGiven",
        ]),
        operand,
      ],
    },
    members: {
      anyOf: [
        list({ type: ["string", "number", "boolean"] }),
        one("param", { type: "string" }, "A parameter that holds a list."),
      ],
    },
    condition: {
      description:
        'A comparison, a list of conditions that must all hold, or an object with "search", "and", "or", "not" or "exists".',
      anyOf: [
        comparison,
        list(condition),
        object(
          "Each word of the text is a word, or the beginning of a word, in the row's indexed texts, regardless of letter case and accents.",
          {
            search: operand,
            in: string("The name of the table; it may be left out if there is only one."),
            ifGiven: { anyOf: [{ type: "string" }, names] },
          },
          ["search"],
        ),
        object(
          "All of these conditions hold.",
          { and: list(condition), ifGiven: { anyOf: [{ type: "string" }, names] } },
          ["and"],
        ),
        object(
          "At least one of these conditions holds.",
          { or: list(condition), ifGiven: { anyOf: [{ type: "string" }, names] } },
          ["or"],
        ),
        object(
          "The condition does not hold.",
          { not: condition, ifGiven: { anyOf: [{ type: "string" }, names] } },
          ["not"],
        ),
        object(
          "The select finds at least one row.",
          { exists: ref("select"), ifGiven: { anyOf: [{ type: "string" }, names] } },
          ["exists"],
        ),
      ],
      examples: [
        { column: "t.projectId", equals: { param: "projectId" } },
        { ifGiven: "search", column: "t.title", contains: { param: "search" } },
      ],
    },
    select: object("A read of rows.", selectProperties, ["from"]),
  },
};

export const specJsonSchemaText = `${JSON.stringify(specJsonSchema, null, 2)}\n`;
