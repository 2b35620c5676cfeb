import { expect, test } from "bun:test";
import { makeOnce } from "./make-once.ts";

test("after a rejection, the next call makes the value again", async () => {
  let calls = 0;
  const failsFirst = makeOnce(async () => {
    calls += 1;
    if (calls === 1) throw new Error("broken");
    return { calls };
  });
  const failed = await Promise.allSettled([failsFirst(), failsFirst()]);
  expect([failed.map(({ status }) => status), calls]).toEqual([["rejected", "rejected"], 1]);
  const value = await failsFirst();
  expect(await failsFirst()).toBe(value);
  expect(calls).toBe(2);
});
