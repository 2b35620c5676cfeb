// Tests that a spec is refused when it is loaded if its condition is too wide. The condition of an update or a delete
// is too wide if it can be true for every row of the scope, for example because a parameter is absent, null or empty.
// biome-ignore-all lint/suspicious/noThenProperty: specs have the keys `when` and `then`, and no code awaits a spec
import { describe, expect, test } from "bun:test";
import { shelfSchema } from "../fixtures/shelf-data.ts";
import { proveSpecs } from "./load-specs.ts";

const id = { type: "string", format: "id" };
const text = { type: "string" };
const parameters = {
  id,
  name: text,
  filled: { type: "string", minLength: 1 },
  least: { type: "integer", minimum: 0, maximum: 9 },
  since: { type: "string", format: "date-time" },
  ids: { type: "array", items: id, minItems: 0 },
  lent: { type: "boolean" },
  optionalId: { ...id, optional: true },
  optionalIds: { type: "array", items: id, optional: true },
  optionalName: { ...text, optional: true },
  leastOrNothing: { type: "integer", minimum: 0, maximum: 9, default: 0 },
  nameOrNothing: { ...text, default: "" },
  lentOrNot: { type: "boolean", default: false },
};

/** Returns the parameters that the condition uses, because an unused parameter would be another fault. */
const used = (where: unknown) =>
  Object.fromEntries(
    Object.entries(parameters).filter(([name]) => JSON.stringify(where).includes(`"param":"${name}"`)),
  );
const faultsOf = (statement: object, where: unknown, more: object = {}) =>
  proveSpecs(
    [
      {
        file: "books.some.json",
        text: JSON.stringify({
          name: "books.some",
          summary: "Some.",
          method: "POST",
          scope: "user",
          parameters: used(where),
          tables: JSON.stringify(where).includes('"shelves"') ? ["books", "shelves"] : ["books"],
          query: statement,
          returns: "many",
          ...more,
        }),
      },
    ],
    shelfSchema,
  ).faults;
const remove = (where: unknown, more: object = {}) => ({
  delete: { from: "books", where, returning: { id: "id" }, ...more },
});
const change = (where: unknown) => ({
  update: { table: "books", set: { title: { value: "x" } }, where, returning: { id: "id" } },
});

const optional = { ifGiven: "optionalId", column: "id", equals: { param: "optionalId" } };
const param = (column: string, test: string, name: string) => ({ column, [test]: { param: name } });
const shelfOf = (where: unknown) => ({ exists: { from: "shelves", as: "s", where } });
const ofTheShelf = { column: "s.id", equals: { column: "books.shelfId" } };

const wide: readonly [string, unknown][] = [
  ["an empty list of conditions", []],
  ["an optional condition", optional],
  [
    "only optional conditions",
    [optional, { ifGiven: "optionalName", ...param("title", "equals", "optionalName") }],
  ],
  [
    "an optional condition within another",
    { ifGiven: "optionalName", and: [optional, param("title", "equals", "optionalName")] },
  ],
  ["an optional list", { ifGiven: "optionalIds", ...param("id", "in", "optionalIds") }],
  ["the double negation of an optional condition", { not: { not: optional } }],
  [
    "an optional condition within or",
    { or: [{ and: [optional, { column: "title", isNull: false }] }, param("id", "equals", "id")] },
  ],
  [
    "an or with one side that is always true",
    { or: [param("id", "equals", "id"), { column: "id", isNull: false }] },
  ],
  ["a column that is compared with itself", { column: "id", equals: { column: "books.id" } }],
  [
    "a column that is compared with a value calculated from it",
    { column: "title", equals: { coalesce: ["books.title", { value: "x" }] } },
  ],
  ["a list that contains the column itself", { column: "id", in: [{ column: "books.id" }] }],
  [
    "two columns of the same row that are compared with each other",
    { column: "title", atLeast: { column: "books.id" } },
  ],
  ["a constant that is compared with itself", { expression: { value: 1 }, equals: { value: 1 } }],
  ["a parameter that is compared with itself", { expression: { param: "id" }, equals: { param: "id" } }],
  [
    "a case expression whose result can be equal to the value on the other side",
    { expression: { case: [{ when: optional, then: { value: 1 } }], else: 1 }, equals: { value: 1 } },
  ],
  [
    "a calculation whose result can be null",
    { expression: { multiply: ["pages", 0] }, equals: { value: 0 } },
  ],
  [
    "the caller as the owner, which the scope requires anyway",
    { column: "readerId", equals: { caller: true } },
  ],
  ["a column that is never null", { column: "title", isNull: false }],
  ["every value except one", param("id", "notEquals", "id")],
  ["every value except those of a list", param("id", "notIn", "ids")],
  ["a negated comparison with a list", { not: param("id", "in", "ids") }],
  ["a negated comparison with a value", { not: param("title", "equals", "name") }],
  ["a contained text that can be empty", param("title", "contains", "name")],
  ["a beginning that can be empty", param("title", "startsWith", "name")],
  ["an ending that is empty when its parameter is left out", param("title", "endsWith", "nameOrNothing")],
  ["a lower bound that can be an empty text", param("title", "atLeast", "name")],
  [
    "a lower bound that is the minimum when its parameter is left out",
    param("pages", "atLeast", "leastOrNothing"),
  ],
  ["a column that is null, and an optional condition", [{ column: "pages", isNull: true }, optional]],
  ["a flag and an optional condition", [{ column: "lent", equals: true }, optional]],
  ["a flag that has a default", param("lent", "equals", "lentOrNot")],
  ["a flag that is true or false", { column: "lent", in: [true, false] }],
  ["a row of another table that is not related to the affected row", shelfOf(param("s.id", "equals", "id"))],
  [
    "another table with an optional condition",
    shelfOf([ofTheShelf, { ifGiven: "optionalName", ...param("s.name", "equals", "optionalName") }]),
  ],
  [
    "the existence of the affected row itself",
    { exists: { from: "books", as: "b", where: { column: "b.id", equals: { column: "books.id" } } } },
  ],
];

const narrow: readonly [string, unknown][] = [
  ["an id", param("id", "equals", "id")],
  [
    "an id on the left side and its column on the right side",
    { expression: { param: "id" }, equals: { column: "id" } },
  ],
  ["an id and an optional condition", [optional, param("shelfId", "equals", "id")]],
  ["a list", param("id", "in", "ids")],
  ["a list of constants", { column: "title", in: ["one", "two"] }],
  ["a text", param("title", "equals", "name")],
  [
    "a text, regardless of letter case",
    { expression: { lower: "title" }, equals: { lower: { param: "name" } } },
  ],
  ["a contained text that is never empty", param("title", "contains", "filled")],
  ["a period of time", [{ column: "boughtAt", between: [{ param: "since" }, { now: true }] }]],
  ["a lower bound", param("pages", "atLeast", "least")],
  ["a constant and an optional condition", [{ column: "title", equals: { value: "old" } }, optional]],
  ["a flag that is given", param("lent", "equals", "lent")],
  ["two conditions joined by or", { or: [param("id", "equals", "id"), param("title", "equals", "name")] }],
  ["the opposite of a comparison that excludes an id", { not: param("id", "notEquals", "id") }],
  ["a column that is null, without any parameter", { column: "pages", isNull: true }],
  ["a row of another table", shelfOf([ofTheShelf, param("s.name", "equals", "name")])],
  ["the absence of a related row in another table, without any parameter", { not: shelfOf(ofTheShelf) }],
];

describe("a delete or an update that can affect every row", () => {
  test.each(wide)("is refused: %s", (_title, where) => {
    const statements = [
      [remove(where), "/query/delete/where"],
      [change(where), "/query/update/where"],
      [{ steps: [{ name: "first", ...remove(where) }] }, "/query/steps/0/delete/where"],
    ] as const;
    for (const [statement, at] of statements) {
      const [fault, ...rest] = faultsOf(statement, where);
      expect({ ...fault, rest }).toMatchObject({ file: "books.some.json", at, rest: [] });
      expect(fault?.message).toContain("may affect every row");
      expect(fault?.hint).toContain('"everyRow": true');
    }
  });
  test.each(wide)("is accepted as a delete with everyRow: %s", (_title, where) => {
    expect(faultsOf(remove(where, { everyRow: true }), where)).toEqual([]);
  });
  test("is refused as a delete with neither a condition nor everyRow", () => {
    expect(faultsOf(remove(undefined), [])[0]).toMatchObject({ at: "/query/delete" });
    expect(faultsOf(remove(undefined, { everyRow: true }), [])).toEqual([]);
    expect(faultsOf(remove(undefined, { everyRow: false }), [])[0]).toMatchObject({
      at: "/query/delete/everyRow",
    });
  });
});

test.each(narrow)("a condition that restricts the rows at every call is accepted: %s", (_title, where) => {
  expect(faultsOf(remove(where), where)).toEqual([]);
  expect(faultsOf(change(where), where)).toEqual([]);
});

test("in a table with one row per caller, an update needs only the caller's id as its condition", () => {
  const statement = {
    update: {
      table: "readers",
      set: { name: { param: "name" } },
      where: { column: "id", equals: { caller: true } },
      returning: { id: "id" },
    },
  };
  expect(faultsOf(statement, param("id", "equals", "name"), { tables: ["readers"] })).toEqual([]);
});

test("in the scope of the business, a delete with only an optional condition is refused", () => {
  const where = { ifGiven: "optionalId", column: "id", equals: { param: "optionalId" } };
  expect(faultsOf(remove(where), where, { scope: "business" })[0]?.message).toContain("every row");
});
