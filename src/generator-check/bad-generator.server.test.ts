// Tests that each case of the check fails for a generator with exactly this fault.
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

test("for every case there is a fault that it detects, and for every fault a case", () => {
  expect(Object.keys(lies).sort()).toEqual(allCases.map(({ id }) => id).sort());
});

test.concurrent.each(allCases.map(({ id }) => id))(
  "%s",
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
    // A wrong signature would fail every case.
    const cameBy = outcome?.state === "failed" ? outcome.came : "";
    if (!id.startsWith("signature.")) expect(cameBy).not.toBe("401");
  },
  30_000,
);
