// Defines the tests of moving jobs from one queue to another. The callers choose the technologies
// of the queues.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type MoveJobsDeps, moveJobs, planJobs } from "../../moves/stores/move-jobs.ts";
import type { JobInput } from "../../ports/job-queue/job-queue.ts";
import { createTestStores } from "../test-stores.ts";
import { until } from "../until.ts";

export interface QueueAddresses extends AsyncDisposable {
  /** Returns the addresses of two empty queues. Each call returns new queues. */
  next(): { readonly from: string; readonly to: string };
}

const noSignal = new AbortController().signal;
const job = (id: string, over: Partial<JobInput> = {}): JobInput => ({
  ...{ name: "thing.make", data: { id }, businessId: "acme", id },
  ...over,
});

async function createMoving(addresses: QueueAddresses) {
  const { from: RONDO_QUEUE_FROM, to: RONDO_QUEUE_URL } = addresses.next();
  const stores = await createTestStores({ RONDO_QUEUE_FROM, RONDO_QUEUE_URL });
  const { from, to } = stores.deps.moves.jobs!;
  const deps: MoveJobsDeps = { control: stores.deps.control, from, to, onEvent: () => {}, waitMs: 20 };
  return {
    ...{ from, to, deps, jobs: stores.deps.jobs },
    move: (change: Partial<MoveJobsDeps> = {}) => moveJobs({ ...deps, ...change }, noSignal),
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  };
}

export function moveJobsSuite(name: string, open: () => Promise<QueueAddresses>): void {
  describe(`moving jobs ${name}`, () => {
    let addresses: QueueAddresses;
    beforeAll(async () => {
      addresses = await open();
    }, 60_000);
    afterAll(() => addresses[Symbol.asyncDispose]());

    test("a moved job keeps its id, delay, attempts and failure reason", async () => {
      await using moving = await createMoving(addresses);
      const { from, to } = moving;
      await from.queue.add("maintenance", [
        job("broken", { attempts: 1 }),
        job("repeated", { attempts: 3, backoffMs: 60_000 }),
      ]);
      const worker = from.queue.work(
        "maintenance",
        async () => {
          throw new Error("no luck");
        },
        { concurrency: 2 },
      );
      await until("one job has failed and one waits for its retry", async () => {
        const { failed, delayed } = (await from.queue.counts()).maintenance;
        return failed === 1 && delayed === 1;
      });
      await worker.close();
      await from.queue.add("maintenance", [
        job("first", { priority: 3 }),
        job("later", { delayMs: 3_600_000, deduplicationId: "once" }),
        job("owned", { owner: "alice" }),
      ]);
      await from.queue.add("generation", [job("song", { businessId: "globex" })]);
      const facts = async ({ queue }: typeof from) =>
        (await queue.list({}))
          .map(({ startedAtMs: _, progress: __, finishedAtMs, runAtMs, state, ...rest }) => ({
            ...{ ...rest, state, hasEnded: finishedAtMs !== undefined },
            // `runAtMs` matters only for delayed jobs, so it is compared only for them, rounded to 5 s.
            runAtMs: state === "delayed" ? Math.round(runAtMs / 5_000) : 0,
          }))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const before = await facts(from);
      expect(before.map(({ id, state }) => `${id} ${state}`)).toEqual([
        ...[
          "broken failed",
          "first waiting",
          "later delayed",
          "owned waiting",
          "repeated delayed",
          "song waiting",
        ],
      ]);
      expect(await planJobs(moving.deps)).toEqual({ items: 6, bytes: undefined, present: undefined });
      expect(await moving.move()).toMatchObject({ moved: 6, present: 0, troubles: [] });
      expect(await facts(to)).toEqual(before);
      expect(await from.queue.list({})).toEqual([]);

      expect(await to.queue.add("maintenance", [job("other", { deduplicationId: "once" })])).toEqual([
        { id: "later", added: false },
      ]);
      expect((await to.queue.add("maintenance", [job("broken")]))[0]).toMatchObject({ added: false });
      expect(await to.queue.settle("retry", { id: "broken" })).toBe(1);
      const ran: string[] = [];
      const next = to.queue.work("maintenance", async ({ id }) => void ran.push(id), { concurrency: 1 });
      await until("the due jobs have run", () => ran.length === 3);
      await next.close();
      expect(ran[0]).toBe("first");
      expect(ran.toSorted()).toEqual(["broken", "first", "owned"]);
    });

    test("every job that is added or run during a move runs exactly once", async () => {
      await using moving = await createMoving(addresses);
      const { from, jobs } = moving;
      const runs = new Map<string, number>();
      await from.queue.add(
        "maintenance",
        Array.from({ length: 60 }, (_, at) => job(`old-${at}`, { delayMs: at % 3 === 0 ? 50 : 0 })),
      );
      const worker = jobs.work(
        "maintenance",
        async ({ id }) => {
          runs.set(id, (runs.get(id) ?? 0) + 1);
          await Bun.sleep(2);
        },
        { concurrency: 2 },
      );
      const add = async () => {
        for (let at = 0; at < 30; at += 1) {
          await jobs.add("maintenance", [job(`new-${at}`)]);
          // A job with this id was added before the move, so it must not run a second time.
          await jobs.add("maintenance", [job(`old-${at * 2}`)]);
        }
      };
      const [report] = await Promise.all([moving.move(), add()]);
      expect(report.troubles).toEqual([]);
      await until("all jobs have run", () => runs.size === 90);
      await until("no job is left", async () => {
        const { waiting, active, delayed } = (await jobs.counts()).maintenance;
        return waiting + active + delayed === 0;
      });
      await worker.close();
      expect([...runs.values()].every((times) => times === 1)).toBe(true);
      expect((await from.queue.counts()).maintenance).toMatchObject({
        waiting: 0,
        delayed: 0,
        active: 0,
        failed: 0,
      });
    }, 60_000);

    test("if a move is interrupted after the removal of a job, the next move adds the job", async () => {
      await using moving = await createMoving(addresses);
      const { from, to } = moving;
      await from.queue.add(
        "maintenance",
        Array.from({ length: 30 }, (_, at) => job(`j${at}`)),
      );
      for (const killAt of [1, 5, 9]) {
        let calls = 0;
        const copy = {
          ...to.copy,
          put(record: Parameters<typeof to.copy.put>[0]) {
            calls += 1;
            if (calls === killAt) throw new Error("killed");
            return to.copy.put(record);
          },
        };
        await expect(moving.move({ to: { ...to, copy } })).rejects.toThrow("killed");
      }
      await moving.move();
      const ids = (await to.queue.list({ limit: 100 })).map(({ id }) => id);
      expect(ids.toSorted()).toEqual(Array.from({ length: 30 }, (_, at) => `j${at}`).toSorted());
      expect(await from.queue.list({})).toEqual([]);
    });
  });
}
