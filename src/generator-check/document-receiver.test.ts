import { expect, test } from "bun:test";
import { createDocumentReceiver } from "./document-receiver.ts";

test("a text that is no URL of MongoDB is refused with a hint", async () => {
  const err = await createDocumentReceiver("nonsense").catch((cause: unknown) => cause);
  expect(err).toMatchObject({ code: "UNAVAILABLE", hint: expect.stringContaining("Check the URL") });
});
