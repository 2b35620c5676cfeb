import { expect, test } from "bun:test";
import { shelfSchema } from "../fixtures/shelf-data.ts";
import { proveSpecs } from "../spec/load-specs.ts";
import { callReaderOf } from "./check-call.ts";

test("a missing parameter is recognized as missing, whatever its name", () => {
  const spec = {
    name: "books.some",
    summary: "Books.",
    method: "GET",
    scope: "user",
    parameters: {
      constructor: { type: "string" },
      toString: { type: "string", default: "standard" },
    },
    tables: ["books"],
    query: {
      select: {
        from: "books",
        columns: { id: "id" },
        where: [
          { column: "title", equals: { param: "constructor" } },
          { column: "title", equals: { param: "toString" } },
        ],
      },
    },
    returns: "many",
  };
  const { faults, queries } = proveSpecs(
    [{ file: "books.some.json", text: JSON.stringify(spec) }],
    shelfSchema,
  );
  expect(faults).toEqual([]);
  const read = callReaderOf(queries[0]!.parameters);
  expect(() => read({}, "json")).toThrow(expect.objectContaining({ code: "INVALID_PARAMETER" }));
  expect(read({ constructor: "given" } as never, "json")).toEqual({
    constructor: "given",
    toString: "standard",
  } as never);
});
