import { expect, setDefaultTimeout, test } from "bun:test";
import { inWriter } from "./writer-pool.ts";

setDefaultTimeout(30_000);

test("at most two writers run at the same time", async () => {
  let running = 0;
  let most = 0;
  const both = Promise.withResolvers<void>();
  const ends = Promise.withResolvers<void>();
  const call = () =>
    inWriter("unused.db", undefined, async () => {
      running += 1;
      most = Math.max(most, running);
      if (running === 2) both.resolve();
      await ends.promise;
      running -= 1;
    });
  const calls = [call(), call(), call(), call()];
  await both.promise;
  const startedAt = performance.now();
  // Both writers end in the same turn of the event loop, and a further call comes directly afterwards.
  ends.resolve();
  calls.push(Promise.resolve().then(call));
  await Promise.all(calls);
  expect(most).toBe(2);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});
