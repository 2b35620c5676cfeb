// Tests the sweeps as the worker runs them. A business whose sweep fails does not affect other
// businesses, and no sweep opens the database of an idle business.
import { expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Business } from "../../src/businesses/business.ts";
import { promiseJob } from "../../src/businesses/outbox/outbox.ts";
import { sweepDue } from "../../src/businesses/due/sweep-due.ts";
import { createSharedDeps } from "../../src/deps/shared-deps.ts";
import { examine } from "../../src/doctor/examine.ts";
import { startGeneration } from "../../src/generations/start-generation.ts";
import { createMetrics } from "../../src/http/metrics/metrics.ts";
import { watchBusinesses } from "../../src/http/metrics/business-metrics.ts";
import { deleteThing } from "../../src/library/trash/delete-thing.ts";
import { uploadAudio } from "../../src/library/tiers/upload-audio.ts";
import { createScriptedGenerator } from "../../src/testing/sound/scripted-generator.ts";
import { createStudio, noSignal, type Studio } from "../../src/testing/studio.ts";
import { silentLog } from "../../src/testing/test-stores.ts";
import { until } from "../../src/testing/until.ts";
import { createSlowAttempts } from "../../src/webhooks/slow-attempts.ts";
import { createHandlers, type JobName } from "../handlers.ts";
import { type ScheduledJobName, scheduledEveryMs } from "../schedules.ts";
import { workQueues } from "../work-queues.ts";

setDefaultTimeout(60_000);

const sweeps = ["generations.sweep", "tiers.sweep", "trash.purge", "orphans.sweep"] as const;

type Deps = Studio["deps"];

/** Adds the jobs as a schedule does, waits until they end, and returns the names of the failed jobs. */
async function runJobs(deps: Deps, names: readonly JobName[]): Promise<readonly string[]> {
  const handlers = createHandlers({
    ...deps,
    generator: createScriptedGenerator(),
    slowAttempts: createSlowAttempts({ most: 0, log: silentLog }),
    openCopy: () => Promise.reject(new Error("no business moves")),
  });
  const jobs = { work: deps.jobs.work };
  const workers = workQueues({ jobs, handlers, log: silentLog });
  const added = await deps.jobs.add(
    "maintenance",
    names.map((name) => ({ name, businessId: "", data: {} })),
  );
  const ended = async () =>
    (await Promise.all(added.map(({ id }) => deps.jobs.list({ queue: "maintenance", id })))).flat();
  await until("the sweeps have run", async () =>
    (await ended()).every(({ state }) => state === "completed" || state === "failed"),
  );
  await Promise.all(workers.map((worker) => worker.close({ force: true })));
  return (await ended()).filter(({ state }) => state === "failed").map(({ name }) => name);
}

const fileOf = ({ stores }: Studio, { id }: Pick<Business, "id">) =>
  join(stores.config.dataDir, "businesses", `${id}.db`);

/**
 * Opens the same stores again, as a restarted process would. At first, no business database is open.
 * `opened` is the number of business databases that are open at the time of the call.
 */
async function restarted({ stores, deps }: Studio) {
  const shared = await createSharedDeps(stores.config, silentLog);
  return {
    deps: { ...deps, ...shared } as Deps,
    get opened() {
      return shared.databases.size;
    },
    [Symbol.asyncDispose]: () => shared.close(),
  };
}

test("if the databases of some businesses are damaged or missing, every other business is still swept", async () => {
  await using studio = await createStudio({ RONDO_TRASH_DAYS: "0" });
  const { stores, deps, otherAlice } = studio;
  const [broken, gone, whole] = [
    studio.business.id,
    (await stores.createBusiness()).id,
    otherAlice.businessId,
  ];
  const piece = await studio.make({}, otherAlice);
  await deleteThing(deps, otherAlice, { kind: "project", id: piece.projectId });
  await studio.make();
  await deps.due.mark(gone, ["generations", "tiers", "trash", "orphans"]);
  await deps.databases.use(whole, (database) =>
    database.promising(["generations"], (trx) =>
      promiseJob(trx, "upload-input", {
        id: "promised",
        name: "audio.upload",
        businessId: whole,
        data: { businessId: whole, versionId: "none" },
      }),
    ),
  );
  await deps.databases.close();
  await Bun.write(fileOf(studio, { id: broken }), crypto.getRandomValues(new Uint8Array(8192)));
  await rm(fileOf(studio, { id: gone }));
  for (const end of ["-wal", "-shm"]) await rm(fileOf(studio, { id: broken }) + end, { force: true });

  await using after = await restarted(studio);
  expect(await runJobs(after.deps, sweeps)).toEqual([]);
  expect(await after.deps.jobs.list({ queue: "upload-input", id: "promised" })).toHaveLength(1);
  const left = await after.deps.databases.use(whole, (database) =>
    database.kysely.selectFrom("projects").select("id").execute(),
  );
  expect(left).toEqual([]);

  const metrics = createMetrics();
  watchBusinesses(metrics, after.deps.control);
  expect(await metrics.text()).toContain('rondo_businesses_failing{work="generations"} 2');
  const says = (await examine(stores.config))
    .map((finding) => `${finding.state}: ${finding.says}`)
    .join("\n");
  for (const id of [broken, gone])
    expect(says).toMatch(new RegExp(`wrong: Sweeps of the business business-\\d \\(${id}\\)`));
  expect(says).not.toContain(whole);
});

test("if the sweep of a business hangs, the other businesses are swept without a delay", async () => {
  await using studio = await createStudio();
  const { deps, stores } = studio;
  const ids = [...Array(10)].map(async () => (await stores.createBusiness()).id);
  const all = await Promise.all(ids);
  for (const id of all) await deps.due.mark(id, ["trash"]);
  const stuck = new Set(all.slice(0, 5));
  const release = Promise.withResolvers<undefined>();
  const swept: string[] = [];
  const sweep = (nowMs: number) =>
    sweepDue(
      deps,
      {
        kind: "trash",
        furthestMs: 1e12,
        limitMs: 20,
        sweepOne: (id) => {
          swept.push(id);
          return stuck.has(id) ? release.promise : Promise.resolve(undefined);
        },
      },
      noSignal,
      nowMs,
    );
  await sweep(Date.now());
  expect(swept.toSorted()).toEqual(all.toSorted());
  await sweep(Date.now() + 3_600_000);
  // A sweep that hangs is not started a second time. The other businesses are swept one more time,
  // because a business stays marked as due for a while after the first sweep that sees the mark.
  expect(swept.filter((id) => stuck.has(id))).toHaveLength(5);
  const first = swept.length;
  release.resolve(undefined);
  let later = Date.now() + 7_200_000;
  await until("the businesses are swept again", async () => {
    later += 3_600_000;
    await sweep(later);
    return new Set(swept.slice(first).filter((id) => stuck.has(id))).size === 5;
  });
});

test("the scheduled jobs of ten minutes open no database of an idle business", async () => {
  await using studio = await createStudio();
  const { stores, alice, deps } = studio;
  for (let made = 0; made < 20; made++) await stores.createBusiness();
  const piece = await studio.make();
  await uploadAudio(deps, { businessId: alice.businessId, versionId: piece.versionId }, noSignal);
  {
    await using first = await restarted(studio);
    expect(await runJobs(first.deps, sweeps)).toEqual([]);
    expect(first.opened).toBe(1);
  }
  // The marks (the rows of `dueWork`) get an old time, as if the transactions that set the marks had ended long ago.
  // After the next sweep, the business is due only on the day on which its chunks expire.
  await deps.control.kysely
    .updateTable("dueWork")
    .set({ seenAt: "2026-01-01T00:00:00.000Z", dueAt: "2026-01-01T00:00:00.000Z" })
    .execute();
  {
    await using second = await restarted(studio);
    await runJobs(second.deps, sweeps);
    expect(second.opened).toBe(1);
  }
  await using third = await restarted(studio);
  const tenMinutes = Object.entries(scheduledEveryMs).flatMap(([name, everyMs]) =>
    Array<ScheduledJobName>(Math.ceil(600_000 / everyMs)).fill(name as ScheduledJobName),
  );
  expect(await runJobs(third.deps, tenMinutes)).toEqual([]);
  expect(third.opened).toBe(0);
  const left = await deps.control.kysely.selectFrom("dueWork").select(["kind", "dueAt"]).execute();
  expect(left).toEqual([{ kind: "tiers", dueAt: expect.any(String) }]);
  expect(Date.parse(left[0]!.dueAt) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
});

test("if the queue has lost all jobs, the sweeps add each job of unfinished work once", async () => {
  await using studio = await createStudio();
  const { deps, alice, stores } = studio;
  const waiting = [];
  for (let asked = 0; asked < 10; asked++) waiting.push(await studio.start());
  const made = await studio.make({}, studio.bob);
  const gone = await studio.make({}, studio.bob);
  await deleteThing(deps, studio.bob, { kind: "track", id: gone.trackId });
  const { purgeNow } = await import("../../src/library/trash/purge-now.ts");
  const receipt = await purgeNow(deps, studio.bob, { kind: "track", id: gone.trackId });
  await deps.close();
  for (const end of ["", "-wal", "-shm"])
    await rm(join(stores.config.dataDir, `jobs.db${end}`), { force: true });

  await using after = await restarted(studio);
  for (let round = 0; round < 2; round++) {
    await after.deps.control.kysely
      .updateTable("dueWork")
      .set({ dueAt: "2026-01-01T00:00:00.000Z" })
      .execute();
    await runJobs({ ...after.deps, jobs: { ...after.deps.jobs } }, ["generations.sweep", "tiers.sweep"]);
  }
  const ids = (await after.deps.jobs.list({ queue: "generation" })).map(({ id }) => id);
  expect(ids.toSorted()).toEqual(waiting.map(({ requestId }) => requestId).toSorted());
  const uploads = await after.deps.jobs.list({ queue: "upload-input" });
  expect(uploads.map(({ data }) => data.versionId)).toEqual([made.versionId]);
  const purges = await after.deps.jobs.list({ queue: "maintenance", id: `purge-${receipt.id}` });
  expect(purges).toHaveLength(1);
  await expect(
    startGeneration(after.deps, alice, { prompt: "one more", durationSeconds: 30 }),
  ).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
  });
});
