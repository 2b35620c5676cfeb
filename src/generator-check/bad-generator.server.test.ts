// Tests each case of the generator check with a generator that has one fault: the fault that the case must detect.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { lies, serveToneGenerator } from "../testing/generator-server/bad-generator.ts";
import { type MongoServer, startMongoServer } from "../testing/servers/mongodb-server.ts";
import { allCases } from "./cases/all-cases.ts";
import { checkGenerator } from "./check-generator.ts";

const secret = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3QsIDMyIGJ5dGVzIQ==";
let mongo: MongoServer;
beforeAll(async () => {
  mongo = await startMongoServer();
});
afterAll(() => mongo[Symbol.asyncDispose]());

test("there is exactly one faulty generator for each case of the check", () => {
  expect(Object.keys(lies).sort()).toEqual(allCases.map(({ id }) => id).sort());
});

test.concurrent.each(allCases.map(({ id }) => id))(
  "the case %s fails for the generator that has the fault of this case",
  async (id) => {
    await using bad = await serveToneGenerator(secret, lies[id]);
    const outcomes = await checkGenerator({
      url: bad.url,
      secret,
      mongodbUrl: mongo.url,
      only: [id],
      seconds: 6,
      timeoutSeconds: 4,
    });
    const outcome = outcomes.find(({ check }) => check.id === id);
    expect(outcome).toMatchObject({ state: "failed" });
    // The case must fail because of the fault. A 401 would have another reason: the check itself has signed its call
    // wrongly.
    const observed = outcome?.state === "failed" ? outcome.observed : "";
    if (!id.startsWith("signature.")) expect(observed).not.toBe("401");
  },
  60_000,
);
