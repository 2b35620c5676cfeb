// Tests the contract of every job queue. The tests use two handles of one store, as two processes would.
import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import { until } from "../../testing/until.ts";
import {
  GiveWayError,
  type Job,
  type JobHandler,
  type JobInput,
  type JobQueue,
  PutOffError,
  UnrecoverableError,
} from "./job-queue.ts";
import { promptMsMax } from "../../testing/measure/time-limits.ts";

/** Two handles of one empty store. Each test opens its own pair. */
export interface JobQueuePair extends AsyncDisposable {
  readonly first: JobQueue;
  readonly second: JobQueue;
}

export interface JobQueueTimes {
  /**
   * The length of the leases in these tests, in milliseconds. Choose the shortest length that the technology allows,
   * because some tests wait until a lease has ended.
   */
  readonly leaseMs: number;
}

const job = (over: Partial<JobInput> = {}): JobInput => ({
  name: "thing.make",
  data: {},
  businessId: "acme",
  ...over,
});
const manyJobs = (count: number, over: Partial<JobInput> = {}): JobInput[] =>
  Array.from({ length: count }, (_, index) => job({ ...over, data: { index } }));

/** Creates a job handler that notes which jobs start and end. With `held`, no run ends before `release` is called. */
function createRecorder({ held = false } = {}) {
  const started: Job[] = [];
  const ended: Job[] = [];
  const gate = Promise.withResolvers<void>();
  if (!held) gate.resolve();
  let most = 0;
  const handler: JobHandler = async (run) => {
    started.push(run);
    most = Math.max(most, started.length - ended.length);
    await gate.promise;
    await Promise.resolve();
    ended.push(run);
  };
  return {
    started,
    ended,
    handler,
    release: gate.resolve,
    mostAtOnce: () => most,
    /** Lets all runs end, even if the test fails, because closing the queue waits for them. */
    [Symbol.dispose]: () => gate.resolve(),
  };
}

export function jobQueueContract(open: () => Promise<JobQueuePair>, { leaseMs }: JobQueueTimes): void {
  const stateOf = async (queue: JobQueue, id: string): Promise<string | undefined> =>
    (await queue.list({ queue: "maintenance", id }))[0]?.state;
  const reaches = (queue: JobQueue, id: string, state: string): Promise<void> =>
    until(`${id} is ${state}`, async () => (await stateOf(queue, id)) === state, 10_000);

  test("`settle` removes all jobs of one business that are not running", async () => {
    await using pair = await open();
    using held = createRecorder({ held: true });
    const worker = pair.first.work("generation", held.handler, { concurrency: 1 });
    await pair.first.add("generation", [job({ id: "runs", owner: "alice" })]);
    await until("the job runs", () => held.started.length === 1);
    const fails = pair.second.work(
      "maintenance",
      async ({ id }) => {
        if (id === "fails") throw new Error("no luck");
      },
      { concurrency: 2 },
    );
    await pair.second.add("maintenance", [job({ id: "fails" }), job({ id: "ends" })]);
    await until("both jobs ended", async () => {
      const { failed, completed } = (await pair.second.counts()).maintenance;
      return failed + completed === 2;
    });
    await fails.close();
    await pair.first.add("generation", [job({ id: "waits", owner: "bob", deduplicationId: "once" })]);
    await pair.first.add("maintenance", [
      job({ id: "later", delayMs: 60_000 }),
      job({ id: "first", priority: 1 }),
    ]);
    await pair.first.add("maintenance", [job({ id: "theirs", businessId: "globex" })]);
    expect(await pair.second.settle("remove", { businessId: "acme" })).toBe(5);
    const ids = (await pair.first.list({})).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(["runs", "theirs"]);
    const again = await pair.first.add("generation", [job({ id: "other", deduplicationId: "once" })]);
    expect(again).toEqual([{ id: "other", added: true }]);
    held.release();
    await until("the other jobs ran", () => held.ended.length === 2);
    await worker.close();
    expect(await pair.second.settle("remove", { businessId: "acme" })).toBe(2);
    expect((await pair.first.list({})).map(({ id }) => id)).toEqual(["theirs"]);
  });

  test("a job that throws PutOffError runs again after a delay without using up an attempt", async () => {
    await using pair = await open();
    const runs: Job[] = [];
    const at: number[] = [];
    await pair.first.add("maintenance", [
      job({ id: "away", attempts: 2, owner: "one" }),
      job({ id: "well", owner: "two" }),
    ]);
    pair.second.work(
      "maintenance",
      async (run) => {
        runs.push(run);
        at.push(performance.now());
        if (run.id === "away" && runs.length < 5) throw new PutOffError("It is away.", 200);
      },
      { concurrency: 1, concurrencyPerBusiness: 1 },
    );
    await reaches(pair.first, "well", "completed");
    await until("the job is delayed", async () => (await stateOf(pair.first, "away")) === "delayed");
    expect(await pair.first.list({ id: "away" })).toMatchObject([{ error: "It is away.", attemptsMade: 0 }]);
    await reaches(pair.first, "away", "completed");
    const mine = runs.filter(({ id }) => id === "away");
    expect(mine.map(({ attemptsMade, stalls }) => [attemptsMade, stalls])).toEqual(mine.map(() => [0, 0]));
    expect(mine.length).toBeGreaterThanOrEqual(4);
    expect(at.at(-1)! - at[0]!).toBeGreaterThanOrEqual(mine.length * 190 - 200);
  }, 60_000);

  describe("after the clock was 40 days ahead and was corrected,", () => {
    const aheadMs = 40 * 86_400_000;
    afterEach(() => void setSystemTime());

    test("delayed, retried and scheduled jobs run after their own delay, not 40 days later", async () => {
      await using pair = await open();
      const runs: string[] = [];
      const worker = pair.second.work(
        "maintenance",
        async (run) => {
          runs.push(String(run.data.name));
          if (runs.length === 1) throw new Error("once more");
        },
        { concurrency: 1 },
      );
      setSystemTime(new Date(Date.now() + aheadMs));
      await pair.first.add("maintenance", [
        job({ id: "again", data: { name: "again" }, attempts: 2, backoffMs: 100 }),
      ]);
      await until("the job failed once", () => runs.length === 1);
      await until("the job is delayed", async () => (await stateOf(pair.first, "again")) === "delayed");
      await worker.close();
      await pair.first.add("maintenance", [job({ data: { name: "late" }, delayMs: 200 })]);
      await pair.first.schedule("tick", "maintenance", 300, job({ data: { name: "tick" } }));
      const counting = pair.first.work("maintenance", async (run) => void runs.push(String(run.data.name)), {
        concurrency: 1,
      });
      await until("the schedule ran", () => runs.includes("tick"));
      await counting.close();
      setSystemTime();
      runs.length = 0;
      pair.first.work("maintenance", async (run) => void runs.push(String(run.data.name)), {
        concurrency: 1,
      });
      for (const name of ["again", "late", "tick"])
        await until(`${name} runs`, () => runs.includes(name), 14_000);
    }, 60_000);

    test("a run that started before the correction keeps its lease", async () => {
      await using pair = await open();
      using recorder = createRecorder({ held: true });
      let isLost = false;
      setSystemTime(new Date(Date.now() + aheadMs));
      pair.first.work(
        "maintenance",
        async (run, context) => {
          context.signal.addEventListener("abort", () => {
            isLost = true;
          });
          await recorder.handler(run, context);
        },
        { concurrency: 1, leaseMs },
      );
      await pair.first.add("maintenance", [job({ id: "long" })]);
      await until("the job runs", () => recorder.started.length === 1);
      setSystemTime();
      pair.second.work("maintenance", recorder.handler, { concurrency: 1, leaseMs });
      await Bun.sleep(leaseMs * 4);
      expect({ isLost, runs: recorder.started.length }).toEqual({ isLost: false, runs: 1 });
      recorder.release();
      await reaches(pair.first, "long", "completed");
    }, 60_000);
  });

  describe("adding", () => {
    test("a job that is added through one handle runs through another handle with all fields", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      const [added] = await pair.first.add("maintenance", [
        job({ data: { trackId: "ü", deep: { list: [1, null, true] } }, businessId: "b-1", attempts: 3 }),
      ]);
      await until("the job ended", () => recorder.ended.length === 1);
      expect(added).toEqual({ id: expect.any(String), added: true });
      expect(recorder.ended[0]).toMatchObject({
        id: added!.id,
        queue: "maintenance",
        name: "thing.make",
        data: { trackId: "ü", deep: { list: [1, null, true] } },
        businessId: "b-1",
        state: "active",
        attempts: 3,
        attemptsMade: 0,
        stalls: 0,
      });
      await reaches(pair.first, added!.id, "completed");
    });

    test("an added job still exists after its handle was closed", async () => {
      await using pair = await open();
      const [added] = await pair.first.add("maintenance", [job()]);
      await pair.first.close();
      expect(await stateOf(pair.second, added!.id)).toBe("waiting");
    });

    test("when one job of a batch is invalid, no job of the batch is added", async () => {
      await using pair = await open();
      const bad: Partial<JobInput>[] = [
        { id: "with:colon" },
        { id: "42" },
        { id: "" },
        { name: "no verb" },
        { priority: 1.5 },
        { priority: -1 },
        { attempts: 0 },
        { delayMs: Number.NaN },
        { data: { big: "x".repeat(70_000) } },
      ];
      for (const over of bad) {
        await expect(pair.first.add("maintenance", [job(), job(over), job()])).rejects.toMatchObject({
          code: "INVALID_PARAMETER",
        });
      }
      expect((await pair.second.counts()).maintenance.waiting).toBe(0);
    });

    test("a queue that knows the id of a job adds no other job with this id", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      expect(await pair.first.add("maintenance", [job({ id: "once" }), job({ id: "once" })])).toEqual([
        { id: "once", added: true },
        { id: "once", added: false },
      ]);
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      await reaches(pair.first, "once", "completed");
      expect(await pair.second.add("maintenance", [job({ id: "once" })])).toEqual([
        { id: "once", added: false },
      ]);
      expect(await pair.first.add("generation", [job({ id: "once" })])).toEqual([
        { id: "once", added: true },
      ]);
      expect(recorder.started).toHaveLength(1);
    });

    test("while a job waits or runs, no other job with the same deduplication id is added", async () => {
      await using pair = await open();
      using recorder = createRecorder({ held: true });
      const same = job({ deduplicationId: "download v1" });
      const [first, second] = await pair.first.add("maintenance", [
        { ...same, id: "a" },
        { ...same, id: "b" },
      ]);
      expect([first, second]).toEqual([
        { id: "a", added: true },
        { id: "a", added: false },
      ]);
      pair.second.work("maintenance", recorder.handler, { concurrency: 4 });
      await until("the job runs", () => recorder.started.length === 1);
      expect(await pair.first.add("maintenance", [{ ...same, id: "c" }])).toEqual([
        { id: "a", added: false },
      ]);
      recorder.release();
      await reaches(pair.first, "a", "completed");
      expect(await pair.first.add("maintenance", [{ ...same, id: "d" }])).toEqual([{ id: "d", added: true }]);
    });

    test("a delayed job is listed as delayed and does not start before its time", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      const addedAt = Date.now();
      await pair.first.add("maintenance", [job({ id: "later", delayMs: 300 })]);
      expect(await stateOf(pair.second, "later")).toBe("delayed");
      expect((await pair.first.counts()).maintenance.delayed).toBe(1);
      await until("the job started", () => recorder.started.length === 1);
      expect(Date.now() - addedAt).toBeGreaterThanOrEqual(295);
      expect(Date.now() - addedAt).toBeLessThan(promptMsMax);
    });
  });

  describe("failing", () => {
    test("a job that throws is retried until its attempts are used up", async () => {
      await using pair = await open();
      const attemptsMade: number[] = [];
      await pair.first.add("maintenance", [job({ id: "broken", attempts: 3 })]);
      pair.second.work(
        "maintenance",
        async (run) => {
          attemptsMade.push(run.attemptsMade);
          throw new Error(`try ${run.attemptsMade} broke`);
        },
        { concurrency: 1 },
      );
      await reaches(pair.first, "broken", "failed");
      expect(attemptsMade).toEqual([0, 1, 2]);
      const [failed] = await pair.first.list({ id: "broken" });
      expect(failed).toMatchObject({ attemptsMade: 3, error: "try 2 broke", stalls: 0 });
      expect(failed!.finishedAtMs).toBeGreaterThan(0);
    });

    test("the delay before a retry is 50 to 100 % of a value that doubles with each attempt", async () => {
      await using pair = await open();
      const startedAt: number[] = [];
      await pair.first.add("maintenance", [job({ id: "slow", attempts: 3, backoffMs: 200 })]);
      pair.second.work(
        "maintenance",
        async () => {
          startedAt.push(performance.now());
          throw new Error("no");
        },
        { concurrency: 1 },
      );
      await reaches(pair.first, "slow", "failed");
      const [one, two, three] = startedAt as [number, number, number];
      expect(two - one).toBeGreaterThanOrEqual(95);
      expect(three - two).toBeGreaterThanOrEqual(195);
      expect(three - one).toBeLessThan(promptMsMax);
    });

    test("a job that throws UnrecoverableError fails immediately", async () => {
      await using pair = await open();
      await pair.first.add("maintenance", [job({ id: "hopeless", attempts: 5 })]);
      pair.second.work(
        "maintenance",
        async () => {
          throw new UnrecoverableError("gone for good");
        },
        { concurrency: 1 },
      );
      await reaches(pair.first, "hopeless", "failed");
      expect((await pair.first.list({ id: "hopeless" }))[0]).toMatchObject({
        attemptsMade: 1,
        error: "gone for good",
      });
    });

    test("failed jobs can be found by business and by text, and can be retried or dropped", async () => {
      await using pair = await open();
      let broken = true;
      await pair.first.add("maintenance", [
        job({ id: "a1", businessId: "a", data: { versionId: "V-One" } }),
        job({ id: "a2", businessId: "a", data: { versionId: "V-Two" } }),
        job({ id: "b1", businessId: "b", data: { versionId: "V-One" } }),
      ]);
      pair.second.work(
        "maintenance",
        async () => {
          if (broken) throw new Error("Disk is 100% full");
        },
        { concurrency: 3 },
      );
      for (const id of ["a1", "a2", "b1"]) await reaches(pair.first, id, "failed");
      broken = false;
      const ids = async (filter: Parameters<JobQueue["list"]>[0]): Promise<string[]> =>
        (await pair.first.list(filter)).map(({ id }) => id);
      expect((await ids({ state: "failed" })).toSorted()).toEqual(["a1", "a2", "b1"]);
      expect((await ids({ businessId: "a" })).toSorted()).toEqual(["a1", "a2"]);
      expect((await ids({ text: "v-one" })).toSorted()).toEqual(["a1", "b1"]);
      expect(await ids({ text: "100% FULL", limit: 2 })).toHaveLength(2);
      expect(await ids({ text: "100_" })).toEqual([]);
      expect(await ids({ state: "waiting" })).toEqual([]);

      expect(await pair.first.settle("drop", { businessId: "b" })).toBe(1);
      expect(await ids({ id: "b1" })).toEqual([]);
      expect(await pair.first.settle("retry", { text: "v-two" })).toBe(1);
      await reaches(pair.first, "a2", "completed");
      expect(await pair.first.settle("retry", { state: "completed" })).toBe(0);
      expect(await pair.first.settle("retry", {})).toBe(1);
      await reaches(pair.first, "a1", "completed");
      expect((await pair.first.list({ id: "a1" }))[0]).toMatchObject({ attemptsMade: 1 });
    });
  });

  describe("order", () => {
    test("jobs run in the order of their priority numbers, from low to high", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      await pair.first.add("maintenance", [
        job({ id: "none" }),
        job({ id: "ten", priority: 10 }),
        job({ id: "two-a", priority: 2 }),
        job({ id: "two-b", priority: 2 }),
        job({ id: "one", priority: 1 }),
      ]);
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      await until("all jobs ran", () => recorder.ended.length === 5);
      expect(recorder.started.map(({ id }) => id)).toEqual(["one", "two-a", "two-b", "ten", "none"]);
    });

    test("while 1,000 jobs of one business wait, another business's job starts among the next ten", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      await pair.first.add("maintenance", manyJobs(1_000, { businessId: "big" }));
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      await until("some jobs ran", () => recorder.ended.length >= 50, 20_000);
      await pair.first.add("maintenance", [job({ businessId: "small" })]);
      const at = recorder.started.length;
      await until("the first job started", () =>
        recorder.started.some(({ businessId }) => businessId === "small"),
      );
      expect(recorder.started.findIndex(({ businessId }) => businessId === "small") - at).toBeLessThan(10);
    }, 60_000);

    test("several businesses with many jobs take turns", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      for (const businessId of ["a", "b", "c"])
        await pair.first.add("maintenance", manyJobs(30, { businessId }));
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      await until("half of the jobs ran", () => recorder.ended.length >= 45, 10_000);
      for (const businessId of ["a", "b", "c"]) {
        const share = recorder.started.slice(0, 45).filter((run) => run.businessId === businessId).length;
        expect(share).toBeGreaterThanOrEqual(13);
        expect(share).toBeLessThanOrEqual(17);
      }
    }, 60_000);

    test("while 100 jobs of one user wait, another user's job starts among the next four", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      await pair.first.add("maintenance", manyJobs(100, { owner: "many" }));
      pair.second.work("maintenance", recorder.handler, { concurrency: 1, concurrencyPerBusiness: 1 });
      await until("some jobs ran", () => recorder.ended.length >= 20, 20_000);
      await pair.first.add("maintenance", [job({ id: "one", owner: "one" })]);
      const at = recorder.started.length;
      await until("the job started", () => recorder.started.some(({ id }) => id === "one"), 10_000);
      expect(recorder.started.findIndex(({ id }) => id === "one") - at).toBeLessThanOrEqual(3);
    }, 60_000);

    test("three users with many jobs take turns, regardless of the order in which their jobs were added", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      for (const owner of ["a", "b", "c"]) {
        await pair.first.add("maintenance", manyJobs(20, { owner, name: `thing.${owner}` }));
      }
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      await until("half of the jobs ran", () => recorder.ended.length >= 30, 10_000);
      for (const owner of ["a", "b", "c"]) {
        const share = recorder.started.slice(0, 30).filter(({ name }) => name === `thing.${owner}`).length;
        expect(share).toBeGreaterThanOrEqual(8);
        expect(share).toBeLessThanOrEqual(12);
      }
    }, 60_000);
  });

  describe("runs that give way", () => {
    /**
     * Creates a handler. Its runs of "thing.short" end at once. Each other run lasts until the test releases it, or
     * until a waiting job should run in its place. Then the run gives way: it throws GiveWayError.
     */
    function createPolite() {
      const released = { now: false };
      const started: string[] = [];
      const handler: JobHandler = async ({ id, name }, { isWanted }) => {
        started.push(id);
        if (name === "thing.short") return;
        for (let turns = 1; !released.now; turns++) {
          if (await isWanted(turns)) throw new GiveWayError();
          await Bun.sleep(5);
        }
      };
      const release = (): void => {
        released.now = true;
      };
      return { started, handler, release, [Symbol.dispose]: release };
    }

    test("a run that gives way to another user's job uses up no attempt", async () => {
      await using pair = await open();
      using polite = createPolite();
      await pair.first.add(
        "maintenance",
        ["long-a", "long-b"].map((id) => job({ id, owner: "many", attempts: 1 })),
      );
      pair.second.work("maintenance", polite.handler, { concurrency: 4, concurrencyPerBusiness: 2 });
      await until("both jobs run", () => polite.started.length === 2, 10_000);
      await pair.first.add("maintenance", [job({ id: "short", name: "thing.short", owner: "one" })]);
      await reaches(pair.first, "short", "completed");
      await until("the job that gave way runs again", () => polite.started.length >= 4, 10_000);
      polite.release();
      for (const id of ["long-a", "long-b"]) {
        await reaches(pair.first, id, "completed");
        expect((await pair.first.list({ id }))[0]).toMatchObject({ attemptsMade: 1, stalls: 0 });
      }
      // On a slow machine, both long jobs can give way before the short job begins. But neither job gives way twice.
      expect(polite.started.filter((id) => id !== "short").length).toBeLessThanOrEqual(4);
    }, 60_000);

    test("a run gives way to a job of another business if that business has no run", async () => {
      await using pair = await open();
      using polite = createPolite();
      await pair.first.add("maintenance", manyJobs(2, { owner: "many" }));
      pair.second.work("maintenance", polite.handler, { concurrency: 2, concurrencyPerBusiness: 2 });
      await until("both jobs run", () => polite.started.length === 2, 10_000);
      await pair.first.add("maintenance", [
        job({ id: "other", businessId: "other", name: "thing.short", owner: "one" }),
      ]);
      await reaches(pair.first, "other", "completed");
      polite.release();
    }, 60_000);

    test("no run gives way to a job that gave way itself", async () => {
      await using pair = await open();
      using polite = createPolite();
      pair.second.work("maintenance", polite.handler, { concurrency: 2, concurrencyPerBusiness: 2 });
      for (const id of ["one", "two", "three"]) await pair.first.add("maintenance", [job({ id, owner: id })]);
      await until("each job has run", () => new Set(polite.started).size === 3, 10_000);
      const atFirst = polite.started.length;
      await Bun.sleep(300);
      expect(polite.started.length).toBe(atFirst);
      polite.release();
    }, 60_000);
  });

  describe("workers", () => {
    test("a worker has no more concurrent runs than allowed", async () => {
      await using pair = await open();
      using recorder = createRecorder({ held: true });
      await pair.first.add("maintenance", manyJobs(20));
      pair.second.work("maintenance", recorder.handler, { concurrency: 3 });
      await until("three jobs run", () => recorder.started.length === 3);
      recorder.release();
      await until("all jobs ended", () => recorder.ended.length === 20, 10_000);
      expect(recorder.mostAtOnce()).toBe(3);
    });

    test("a business's limit of concurrent runs counts the runs on all workers", async () => {
      await using pair = await open();
      using recorder = createRecorder({ held: true });
      await pair.first.add("maintenance", manyJobs(10, { businessId: "big" }));
      for (const handle of [pair.first, pair.second]) {
        handle.work("maintenance", recorder.handler, { concurrency: 4, concurrencyPerBusiness: 2 });
      }
      await until("two jobs run", () => recorder.started.length === 2);
      await pair.first.add("maintenance", [job({ businessId: "small" })]);
      await until("the job of another business runs", () => recorder.started.length === 3);
      expect(recorder.started[2]!.businessId).toBe("small");
      recorder.release();
      await until("all jobs ended", () => recorder.ended.length === 11, 20_000);
    }, 60_000);

    test("two workers share the jobs, and each job runs once", async () => {
      await using pair = await open();
      const [left, right] = [createRecorder(), createRecorder()];
      await pair.first.add("maintenance", manyJobs(400));
      pair.first.work("maintenance", left.handler, { concurrency: 4 });
      pair.second.work("maintenance", right.handler, { concurrency: 4 });
      await until("all jobs ended", () => left.ended.length + right.ended.length >= 400, 20_000);
      const ids = [...left.started, ...right.started].map(({ id }) => id);
      expect(new Set(ids).size).toBe(400);
      expect(ids).toHaveLength(400);
      expect(Math.min(left.ended.length, right.ended.length)).toBeGreaterThan(0);
    }, 60_000);

    test("a run that takes four times as long as its lease keeps its job", async () => {
      await using pair = await open();
      const runs: Job[] = [];
      await pair.first.add("maintenance", [job({ id: "long" })]);
      const handler: JobHandler = async (run, { signal }) => {
        runs.push(run);
        const enough = performance.now() + leaseMs * 4;
        await until("the time is over", () => signal.aborted || performance.now() > enough, leaseMs * 10);
      };
      for (const handle of [pair.first, pair.second])
        handle.work("maintenance", handler, { concurrency: 1, leaseMs });
      await reaches(pair.first, "long", "completed");
      expect(runs).toHaveLength(1);
      expect((await pair.first.list({ id: "long" }))[0]).toMatchObject({ stalls: 0, attemptsMade: 1 });
    }, 60_000);

    test("every handle sees the progress of a job during and after the run", async () => {
      await using pair = await open();
      const gate = Promise.withResolvers<void>();
      await pair.first.add("maintenance", [job({ id: "reporting" })]);
      pair.second.work(
        "maintenance",
        async (_, { reportProgress }) => {
          await reportProgress({ bytes: 10, of: 20 });
          await gate.promise;
        },
        { concurrency: 1 },
      );
      const progressOf = async (): Promise<unknown> =>
        (await pair.first.list({ id: "reporting" }))[0]?.progress;
      await until("the progress is stored", async () => (await progressOf()) !== undefined);
      expect(await progressOf()).toEqual({ bytes: 10, of: 20 });
      gate.resolve();
      await reaches(pair.first, "reporting", "completed");
      expect(await progressOf()).toEqual({ bytes: 10, of: 20 });
    });

    test("`counts` returns the number of jobs in each state of each queue", async () => {
      await using pair = await open();
      using recorder = createRecorder({ held: true });
      await pair.first.add("maintenance", [job({ id: "now", priority: 1 }), job(), job({ delayMs: 60_000 })]);
      await pair.first.add("upload-input", [job()]);
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      await until("one job runs", () => recorder.started.length === 1);
      const counts = await pair.first.counts();
      expect(counts.maintenance).toEqual({ waiting: 1, delayed: 1, active: 1, completed: 0, failed: 0 });
      expect(counts["upload-input"].waiting).toBe(1);
      expect(counts.generation).toEqual({ waiting: 0, delayed: 0, active: 0, completed: 0, failed: 0 });
      recorder.release();
    });
  });

  describe("closing", () => {
    test("a closing worker waits for its run and takes no other job", async () => {
      await using pair = await open();
      using recorder = createRecorder({ held: true });
      await pair.first.add("maintenance", manyJobs(3));
      const worker = pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      await until("one job runs", () => recorder.started.length === 1);
      const closed = worker.close();
      recorder.release();
      await closed;
      await worker.close();
      expect(recorder.ended).toHaveLength(1);
      expect((await pair.first.counts()).maintenance).toMatchObject({ waiting: 2, active: 0, completed: 1 });
    });

    test("a worker that is closed by force aborts its run, and another worker takes the job", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      await pair.first.add("maintenance", [job({ id: "cut" })]);
      let started = false;
      let aborted = false;
      const worker = pair.second.work(
        "maintenance",
        (_, { signal }) => {
          started = true;
          return new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              aborted = true;
              reject(new Error("aborted"));
            });
          });
        },
        { concurrency: 1, leaseMs },
      );
      await until("the job runs", () => started);
      await worker.close({ force: true });
      expect(aborted).toBe(true);
      pair.first.work("maintenance", recorder.handler, { concurrency: 1, leaseMs });
      await until("another worker ran the job", () => recorder.ended.length === 1, leaseMs * 5 + 5_000);
      await reaches(pair.first, "cut", "completed");
    }, 60_000);

    test("closing a handle twice is no error", async () => {
      await using pair = await open();
      pair.second.work("maintenance", createRecorder().handler, { concurrency: 1 });
      await Promise.all([pair.second.close(), pair.second.close()]);
      await pair.second.close();
    });
  });

  describe("schedules", () => {
    test("a scheduled job runs immediately and then regularly, each time on only one of the workers", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      for (const handle of [pair.first, pair.second]) {
        handle.work("maintenance", recorder.handler, { concurrency: 2 });
        await handle.schedule("sweep", "maintenance", 400, job({ name: "orphans.sweep" }));
      }
      const beganAt = performance.now();
      await until("three jobs ran", () => recorder.ended.length >= 3, 10_000);
      expect(performance.now() - beganAt).toBeGreaterThan(600);
      expect(recorder.started[0]!.name).toBe("orphans.sweep");
    }, 60_000);

    test("a schedule with an invalid interval is refused", async () => {
      await using pair = await open();
      for (const everyMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(pair.first.schedule("sweep", "maintenance", everyMs, job())).rejects.toMatchObject({
          code: "INVALID_PARAMETER",
        });
      }
    });

    test("a removed schedule adds no more jobs", async () => {
      await using pair = await open();
      const recorder = createRecorder();
      pair.second.work("maintenance", recorder.handler, { concurrency: 1 });
      await pair.first.schedule("sweep", "maintenance", 100, job());
      await until("the job ran", () => recorder.ended.length >= 1);
      await pair.first.schedule("sweep", "maintenance", 0, job());
      await until("no job is left", async () => {
        const { waiting, delayed, active } = (await pair.first.counts()).maintenance;
        return waiting + delayed + active === 0;
      });
      const ran = recorder.ended.length;
      await pair.first.add("maintenance", [job({ id: "later", delayMs: 350 })]);
      await reaches(pair.first, "later", "completed");
      expect(recorder.ended.length).toBe(ran + 1);
    }, 60_000);
  });
}
