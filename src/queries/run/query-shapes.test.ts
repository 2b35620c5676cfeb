import { expect, test } from "bun:test";
import { shelfSchema } from "../fixtures/shelf-data.ts";
import { proveSpecs } from "../spec/load-specs.ts";
import { readyQuery } from "./query-set.ts";

test.each([3, 40, 41, 80])(
  "with %i optional parameters, the SQL depends on the parameters that have a value",
  (count) => {
    const names = Array.from({ length: count }, (_, at) => `p${at}`);
    const spec = {
      name: "books.some",
      summary: "Books.",
      method: "GET",
      scope: "user",
      parameters: Object.fromEntries(names.map((name) => [name, { type: "string", optional: true }])),
      tables: ["books"],
      query: {
        select: {
          from: "books",
          columns: { id: "id" },
          where: names.map((name) => ({ ifGiven: name, column: "title", equals: { param: name } })),
        },
      },
      returns: "many",
    };
    const { faults, queries } = proveSpecs(
      [{ file: "books.some.json", text: JSON.stringify(spec) }],
      shelfSchema,
    );
    expect(faults).toEqual([]);
    const { statements } = readyQuery(queries[0]!);
    const textOf = (values: Record<string, string>) =>
      statements("sqlite", values, "whole", undefined)[0]!.sql;
    const texts = new Set([{}, ...names.map((name) => ({ [name]: "x" }))].map(textOf));
    // There are two texts: the SQL without a condition, and the SQL with one condition. The second text is the same for
    // every parameter, because all conditions compare the same column.
    expect(texts.size).toBe(2);
    for (const name of names) expect([name, textOf({ [name]: "x" })]).not.toEqual([name, textOf({})]);
    expect(textOf({ p0: "x", [names.at(-1)!]: "y" })).not.toBe(textOf({ p0: "x" }));
  },
);
