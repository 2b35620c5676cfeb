// Tests that only nullable parameters accept null, and that a spec can store a nullable parameter only in
// columns that allow null.
import { expect, test } from "bun:test";
import type { AppError } from "../../../errors.ts";
import { shelfSchema, shelfSpecs } from "../../fixtures/shelf-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { objectSchemaOf } from "../../spec/parameter.ts";
import { createQuerySet } from "../query-set.ts";

const set = createQuerySet(proveSpecs(shelfSpecs, shelfSchema).queries);
const read = (name: string, given: object, source: "text" | "json" = "json"): unknown => {
  try {
    return set.get(name).readCall({ ...given }, source);
  } catch (err) {
    return (err as AppError).faults?.map(({ at, message }) => `${at}: ${message}`);
  }
};

test("a nullable parameter that is null is not treated as absent", () => {
  expect(read("books.change", { bookId: "b", pages: null })).toEqual({ bookId: "b", pages: null });
  expect(read("books.change", { bookId: "b" })).toEqual({ bookId: "b" });
  expect(read("shelves.label", { shelfId: "s", label: null, rank: null })).toEqual({
    shelfId: "s",
    label: null,
    room: null,
    rank: null,
  });
});

test("null is refused for every parameter that is not nullable", () => {
  const refused = (at: string) => [`${at}: The value can't be null.`];
  expect(read("books.change", { bookId: null })).toEqual(refused("bookId"));
  expect(read("books.change", { bookId: "b", title: null })).toEqual(refused("title"));
  expect(read("books.page", { lent: null })).toEqual(refused("lent"));
  expect(read("books.page", { lent: null }, "text")).toEqual(refused("lent"));
  expect(read("shelves.roomy", { lent: null })).toEqual(refused("lent"));
  expect(read("books.page", { limit: null })).toEqual(refused("limit"));
  expect(read("books.byPages", { pages: null })).toEqual(refused("pages"));
  expect(read("shelves.save", { id: "s", name: null })).toEqual(refused("name"));
  const boughtAt = "2026-01-01T00:00:00Z";
  expect(read("books.addMany", { books: [{ title: "t", boughtAt, lent: null }] })).toEqual(
    refused("books/0/lent"),
  );
});

test("the JSON Schema of the parameters allows null only for nullable parameters", () => {
  expect(objectSchemaOf(set.get("books.change").parameters).properties).toMatchObject({
    title: { type: "string" },
    pages: { type: ["integer", "null"] },
    lent: { type: ["boolean", "null"] },
  });
});

const faultsOf = (parameter: object, where: unknown, set: unknown = { title: { value: "x" } }) =>
  proveSpecs(
    [
      {
        file: "books.some.json",
        text: JSON.stringify({
          name: "books.some",
          summary: "Some.",
          method: "POST",
          scope: "user",
          parameters: { p: parameter, id: { type: "string", format: "id" } },
          tables: ["books"],
          query: {
            update: {
              table: "books",
              set,
              where: [{ column: "id", equals: { param: "id" } }, where],
              returning: { id: "id" },
            },
          },
          returns: "maybe",
        }),
      },
    ],
    shelfSchema,
  ).faults;

test("a spec is refused if it uses a nullable parameter where null is impossible", () => {
  const pages = { type: "integer", minimum: 0, maximum: 9, nullable: true };
  expect(faultsOf(pages, { column: "pages", equals: { param: "p" } })).toMatchObject([
    { at: "/query/update/where/1/equals", message: expect.stringContaining("may be null") },
  ]);
  expect(faultsOf(pages, [], { pages: { param: "p" } })).toEqual([]);
  expect(faultsOf({ type: "string", nullable: true }, [], { title: { param: "p" } })).toMatchObject([
    { at: "/query/update/set/title", message: expect.stringContaining("can't be null") },
  ]);
  const list = { type: "array", items: { type: "integer", minimum: 0, maximum: 9 }, nullable: true };
  expect(faultsOf(list, { column: "pages", in: { param: "p" } })).toMatchObject([
    { at: "/parameters/p/nullable" },
  ]);
  expect(faultsOf({ type: ["string", "null"] }, [])).toMatchObject([
    { at: "/parameters/p/type", hint: expect.stringContaining('"nullable": true') },
  ]);
});
