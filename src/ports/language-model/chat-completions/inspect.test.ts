// Tests that the check of the language model's endpoint accepts a list of models with invalid entries.
import { expect, test } from "bun:test";
import { inspectModelEndpoint } from "./inspect.ts";

test("in the list of models, an entry whose `id` is not a text is ignored", async () => {
  const list = { data: [null, 7, {}, { id: 5 }, { id: "tiny" }] };
  await using server = Bun.serve({ port: 0, fetch: () => Response.json(list) });
  expect(await inspectModelEndpoint(`http://127.0.0.1:${server.port}`, undefined)).toEqual({
    models: ["tiny"],
  });
});
