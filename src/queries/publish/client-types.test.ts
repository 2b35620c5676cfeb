// Tests that the typed client uses POST for parameters that a URL can't contain.
import { expect, test } from "bun:test";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { clientTypesOf } from "./client-types.ts";
import { shelfSchema, shelfSpecs } from "../fixtures/shelf-data.ts";
import { proveSpecs } from "../spec/load-specs.ts";

interface Client {
  queryRequest(name: string, parameters: object): { method: string; path: string; body: unknown };
}

test("the client sends null and JSON with POST, and all other parameters with GET", async () => {
  const { queries } = proveSpecs(shelfSpecs, shelfSchema);
  await using directory = await createTemporaryDirectory();
  const file = `${directory.path}/queries.ts`;
  await Bun.write(file, clientTypesOf(queries));
  const { queryRequest } = (await import(file)) as Client;
  expect(queryRequest("books.byPages", { pages: [1, 2], titles: undefined })).toEqual({
    method: "GET",
    path: "/v1/queries/books.byPages?pages=1&pages=2",
    body: undefined,
  });
  for (const parameters of [{ pages: null }, { label: { a: 1 } }, { pages: [1, null] }])
    expect(queryRequest("books.byPages", parameters)).toEqual({
      method: "POST",
      path: "/v1/queries/books.byPages",
      body: parameters,
    });
});
