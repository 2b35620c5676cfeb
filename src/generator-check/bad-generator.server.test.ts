// Each case of the check catches the generator that is wrong in this one thing.
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

test("every case has a lie that it catches, and every lie a case", () => {
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
    // A lie that spoils the signature would be caught by every case.
    const cameBy = outcome?.state === "failed" ? outcome.came : "";
    if (!id.startsWith("signature.")) expect(cameBy).not.toBe("401");
  },
  30_000,
);
