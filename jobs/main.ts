// The worker: dispatches generations and runs the queues. Serves no HTTP.
import { configFaultLines, exitBadSettings, readConfig } from "../src/config.ts";
import { createWorkerDeps } from "../src/deps.ts";
import { isAppError } from "../src/errors.ts";
import { createLog } from "../src/log.ts";
import { type QueueName, UnrecoverableError } from "../src/ports/job-queue/job-queue.ts";
import { shutDownOnSignal } from "../src/shutdown.ts";
import { createHandlers, isJobName } from "./handlers.ts";
import { scheduleJobs } from "./schedules.ts";

/** Generations that take turns in this process; a worker of its own takes the ones that wait. */
const generationsAtOnce = 8;
/** A worker that vanished is noticed after this long, and its generations taken over. */
const generationLeaseMs = 5_000;
/** Runs at a time of the other queues; one business takes half of them at most. */
const atOnce = {
  "upload-input": 4,
  "upload-retry": 2,
  "download-input": 4,
  "download-retry": 2,
  maintenance: 4,
} as const satisfies Partial<Record<QueueName, number>>;

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog("jobs", config.logLevel);
  const deps = await createWorkerDeps(config, log);
  const handlers = createHandlers(deps);

  const handle: Parameters<typeof deps.jobs.work>[1] = async (job, context) => {
    if (!isJobName(job.name)) throw new UnrecoverableError(`nothing here does "${job.name}"`);
    const startedMs = performance.now();
    const facts = { job: job.name, jobId: job.id, businessId: job.businessId };
    try {
      await handlers[job.name](job, context);
      log.info({ ...facts, ms: Math.round(performance.now() - startedMs) }, "job done");
    } catch (err) {
      log.error({ ...facts, err, attempt: job.attemptsMade + 1, attempts: job.attempts }, "job failed");
      throw err;
    }
  };
  const workers = [
    deps.jobs.work("generation", handle, { concurrency: generationsAtOnce, leaseMs: generationLeaseMs }),
    ...Object.entries(atOnce).map(([queue, concurrency]) =>
      deps.jobs.work(queue as keyof typeof atOnce, handle, {
        concurrency,
        concurrencyPerBusiness: Math.ceil(concurrency / 2),
      }),
    ),
  ];
  await scheduleJobs(deps.jobs);
  log.info({ generator: deps.generator.name }, "working");
  process.send?.({ ready: true });

  shutDownOnSignal(
    [
      {
        // What runs is given a moment, then handed back: another worker goes on at the byte.
        name: "stop taking jobs",
        limitMs: 10_000,
        run: () => Promise.all(workers.map((worker) => worker.close({ force: true }))),
      },
      { name: "close the stores", limitMs: 5_000, run: () => deps.close() },
    ],
    log,
  );
}

if (import.meta.main) {
  await main().catch((err) => {
    console.error(isAppError(err, "CONFIG_INVALID") ? configFaultLines(err) : err);
    process.exit(isAppError(err, "CONFIG_INVALID") ? exitBadSettings : 1);
  });
}
