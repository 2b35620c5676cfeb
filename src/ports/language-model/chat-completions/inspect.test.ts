// Tests that the check of the language model's endpoint reads any list of models without failing.
import { expect, test } from "bun:test";
import { inspectModelEndpoint } from "./inspect.ts";

test("entries of the list of models that have no name are ignored", async () => {
  const list = { data: [null, 7, {}, { id: 5 }, { id: "tiny" }] };
  await using server = Bun.serve({ port: 0, fetch: () => Response.json(list) });
  expect(await inspectModelEndpoint(`http://127.0.0.1:${server.port}`, undefined)).toEqual({
    models: ["tiny"],
  });
});
