// Tests the estimate of how long a piece has to wait. The estimate is based on the answers of the generators.
import { expect, test } from "bun:test";
import { isAppError } from "../errors.ts";
import type { GeneratorHealth } from "../ports/generator/generator.ts";
import { createGeneratorWaits } from "./generator-waits.ts";

const health = (changes: Partial<GeneratorHealth>): GeneratorHealth => ({
  status: "ready",
  slots: 1,
  free: 1,
  queued: 0,
  etaSeconds: 0,
  ...changes,
});

const waitsOf = (answers: Readonly<Record<string, GeneratorHealth | Error | undefined>>) => {
  const calls = { count: 0 };
  const generators = new Map(
    Object.entries(answers).map(([name, answer]) => [
      name,
      answer === undefined
        ? {}
        : {
            health: async () => {
              calls.count++;
              if (answer instanceof Error) throw answer;
              return answer;
            },
          },
    ]),
  );
  return { ...createGeneratorWaits({ generators, limitSeconds: 600 }), calls };
};

const business = (...generators: string[]) => ({
  id: "acme",
  limits: { concurrentGenerationsPerUser: 10, ...(generators.length > 0 && { generators }) },
});
const busy = (etaSeconds: number | undefined) => health({ status: "busy", free: 0, etaSeconds });

test("the estimate is the shortest known wait of the generators that the business may use", async () => {
  const waits = waitsOf({ a: busy(900), b: busy(700), c: health({}), d: undefined, e: new Error("away") });
  expect(await waits.secondsFor(business("a", "b"), null)).toBe(700);
  expect(await waits.secondsFor(business("a", "b", "c"), null)).toBe(0);
  expect(await waits.secondsFor(business("a", "d"), null)).toBe(0);
  expect(await waits.secondsFor(business(), null)).toBe(0);
  expect(await waits.secondsFor(business(), "a")).toBe(900);
  expect(await waits.secondsFor(business("e"), null)).toBeUndefined();
  expect(await waitsOf({ a: busy(undefined) }).secondsFor(business(), null)).toBeUndefined();
});

test("without a free slot, the estimate is the wait that the generator reports", async () => {
  const waits = waitsOf({ a: health({ free: 0, queued: 3, etaSeconds: 42 }) });
  expect(await waits.secondsFor(business(), null)).toBe(42);
});

test("a piece that would wait longer than the limit is refused", async () => {
  const failure = await waitsOf({ a: busy(900.4) })
    .refuseLong(business(), null)
    .catch((err: unknown) => err);
  expect(isAppError(failure, "UNAVAILABLE") && failure).toMatchObject({
    publicMessage: "The generator is backed up: a new piece would begin in about 901 seconds.",
    retryAfterSeconds: 301,
    details: { etaSeconds: 901 },
  });
  await waitsOf({ a: busy(600) }).refuseLong(business(), null);
  await waitsOf({ a: new Error("away") }).refuseLong(business(), null);
});

test("many requests at about the same time cause only one call to a generator", async () => {
  const waits = waitsOf({ a: busy(5) });
  await Promise.all(Array.from({ length: 50 }, () => waits.secondsFor(business(), null)));
  await waits.secondsFor(business(), null);
  expect(waits.calls.count).toBe(1);
});

test("if a generator doesn't answer, a request waits less than 1.5 s for the answer", async () => {
  const generators = new Map([["a", { health: () => new Promise<GeneratorHealth>(() => undefined) }]]);
  const waits = createGeneratorWaits({ generators, limitSeconds: 600 });
  // `secondsFor` has a timer of half a second. On a busy machine, this timer and the timer of `late` can both fire late.
  // But the timer of `secondsFor` still fires first, because timers fire in the order of their due times.
  const late = Bun.sleep(1_500).then(() => "late");
  expect(await Promise.race([waits.secondsFor(business(), null), late])).toBeUndefined();
});

test("the estimate ignores generators for which the business has its own key or address", async () => {
  const generators = new Map([["a", { health: async () => busy(900) }]]);
  const ownOf = async (id: string) => new Set(id === "acme" ? ["a"] : []);
  const waits = createGeneratorWaits({ generators, limitSeconds: 600, ownOf });
  expect(await waits.secondsFor(business(), null)).toBeUndefined();
  await waits.refuseLong(business(), "a");
  expect(await waits.secondsFor({ ...business(), id: "globex" }, null)).toBe(900);
});
