// Tests that the JSON Schema for editors accepts valid specs and refuses common mistakes. Other
// mistakes, for example in the names of tables, are found only by the engine.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import { shelfSpecs } from "../fixtures/shelf-data.ts";
import { specJsonSchema } from "./spec-json-schema.ts";

const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  specJsonSchema,
);

test("all specs of Rondo and of the sample data are valid against the schema", () => {
  const product = readdirSync("query-specs").filter((file) => /^\w+\.\w+\.json$/.test(file));
  const texts = [
    ...product.map((file) => readFileSync(`query-specs/${file}`, "utf8")),
    ...shelfSpecs.map(({ text }) => text),
  ];
  expect(texts.length).toBeGreaterThan(35);
  for (const text of texts) {
    const valid = validate(JSON.parse(text));
    expect({
      name: (JSON.parse(text) as { name: string }).name,
      errors: valid ? [] : validate.errors,
    }).toMatchObject({ errors: [] });
  }
});

test("specs with common mistakes of authors are not valid against the schema", () => {
  const right = {
    name: "books.some",
    summary: "Some.",
    method: "GET",
    scope: "user",
    tables: ["books"],
    returns: "many",
  };
  const select = { from: "books", as: "b", columns: { id: "b.id" } };
  expect(validate({ ...right, query: { select } })).toBe(true);
  const wrong: readonly object[] = [
    { ...right },
    { ...right, query: "select * from books" },
    { ...right, name: "Books", query: { select } },
    { ...right, method: "PUT", query: { select } },
    { ...right, query: { select: { ...select, were: [] } } },
    { ...right, query: { select: { ...select, where: { column: "b.id", equals: "x" } } } },
    { ...right, query: { select: { ...select, where: { column: "b.id", equal: 1 } } } },
    { ...right, parameters: { a: { type: "text" } }, query: { select } },
  ];
  for (const spec of wrong) expect(validate(spec)).toBe(false);
});
