// Tests how the cases for full slots distinguish a refusal, a failure, and a request that is not answered.
import { expect, test } from "bun:test";
import { serveToneGenerator } from "../../testing/generator-server/bad-generator.ts";
import { answeredBy, problem } from "../../testing/generator-server/lies/lie.ts";
import { checkGenerator } from "../check-generator.ts";
import type { CheckContext } from "../context.ts";
import { concurrencyCases } from "./concurrency.ts";

const secret = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3QsIDMyIGJ5dGVzIQ==";

test("if a generator answers requests for long pieces with 500, each case about full slots fails", async () => {
  const isLong = ({ durationSeconds }: Record<string, unknown>): boolean => Number(durationSeconds) > 10;
  await using bad = await serveToneGenerator(
    secret,
    answeredBy(isLong, () => problem(500)),
  );
  const only = ["concurrency.busy", "concurrency.busy-health", "concurrency.after-busy"];
  const outcomes = await checkGenerator({ url: bad.url, secret, only, seconds: 6, timeoutSeconds: 10 });
  expect(outcomes).toHaveLength(3);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ state: "failed", expected: "the status 429 or 503", observed: "500" });
});

test("if no request is answered, the case for full slots is skipped", async () => {
  const ctx = {
    timeoutMs: 1_000,
    lengths: async () => ({ usual: 6, long: 30 }),
    prepare: async () => ({ stream: undefined }),
    send: async () => {
      throw new Error("The connection was closed.");
    },
  };
  const busy = concurrencyCases.find(({ id }) => id === "concurrency.busy");
  await expect(busy?.run(ctx as unknown as CheckContext)).rejects.toThrow(
    "accepted 0 of 80 long pieces, and refused none of them in time",
  );
});
