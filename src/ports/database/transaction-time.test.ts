// Tests the time limit of a transaction: if the caller gets QUERY_TIMEOUT, nothing is committed.
import { expect, test } from "bun:test";
import { isAppError } from "../../errors.ts";
import { until } from "../../testing/until.ts";
import { withinTime } from "./transaction-time.ts";

const timeoutMs = 20;
const timeIsOver = () => {
  const endsAt = performance.now() + 3 * timeoutMs;
  return until("the time is over", async () => performance.now() > endsAt);
};

test("a transaction whose work ends after the time limit is not committed", async () => {
  const work = Promise.withResolvers<string>();
  let isCommitted = false;
  const outcome = withinTime<string>(timeoutMs, async (limited) => {
    const result = await limited(() => work.promise)(undefined);
    isCommitted = true;
    return result;
  }).catch((err: unknown) => err);
  expect(isAppError(await outcome, "QUERY_TIMEOUT")).toBe(true);
  work.resolve("done");
  await timeIsOver();
  expect(isCommitted).toBe(false);
});

test("if a commit is in progress at the time limit, the caller gets the commit's outcome", async () => {
  for (const [end, expected] of [
    ["resolve", "done"],
    ["reject", "lost"],
  ] as const) {
    const commit = Promise.withResolvers<string>();
    const outcome = withinTime<string>(timeoutMs, async (limited) => {
      await limited(async () => "done")(undefined);
      return commit.promise;
    }).catch((err: Error) => err.message);
    await timeIsOver();
    if (end === "resolve") commit.resolve("done");
    else commit.reject(new Error("lost"));
    expect(await outcome).toBe(expected);
  }
});
