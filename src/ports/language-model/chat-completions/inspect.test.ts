// Tests that the check of the language model's endpoint accepts a list of models with invalid entries.
import { expect, test } from "bun:test";
import { inspectModelEndpoint } from "./inspect.ts";

test("entries without a text as id are ignored in the list of models", async () => {
  const list = { data: [null, 7, {}, { id: 5 }, { id: "tiny" }] };
  await using server = Bun.serve({ port: 0, fetch: () => Response.json(list) });
  expect(await inspectModelEndpoint(`http://127.0.0.1:${server.port}`, undefined)).toEqual({
    models: ["tiny"],
  });
});
