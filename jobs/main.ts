// Starts the worker process, which takes jobs from all queues and makes generations. This process serves no HTTP
// requests.
import { readConfig } from "../src/config/config.ts";
import { createWorkerDeps } from "../src/deps/worker-deps.ts";
import { refuseNewerFiles } from "../src/doctor/refuse-newer-files.ts";
import { createLog } from "../src/process/log.ts";
import { shutDownOnSignal } from "../src/process/shutdown.ts";
import { endStart, warnOfAway } from "../src/process/start-errors.ts";
import { generationJob } from "../src/jobs/generation-job.ts";
import { createHandlers } from "./handlers.ts";
import { keepHeartbeat } from "./heartbeat.ts";
import { keepQueuePlaces } from "./keep-queue-places.ts";
import { keepSchedules } from "./schedules.ts";
import { workQueues } from "./work-queues.ts";

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog("jobs", config.logLevel);
  await refuseNewerFiles(config);
  const deps = await createWorkerDeps(config, log);
  const places = keepQueuePlaces({ ...deps, log });
  const handlers = createHandlers(deps);
  const counted = { [generationJob.name]: places.counting(handlers[generationJob.name]) };
  const workers = workQueues({ ...deps, handlers: { ...handlers, ...counted }, log });
  const stopSchedules = await keepSchedules({ ...deps, log });
  const stopReserve = deps.room.keepReserve();
  const stopHeartbeat = await keepHeartbeat({ dataDir: config.dataDir, log });
  log.info({ generator: deps.generator.name }, "working");
  void warnOfAway(deps.checks, log);
  process.send?.({ ready: true });

  shutDownOnSignal(
    [
      {
        // Running jobs are aborted and have a short time to end. After this time, uncompleted jobs are returned to the
        // queue. If the generator can continue, another worker continues the audio of a generation at the next byte.
        name: "stop taking jobs",
        limitMs: 10_000,
        run() {
          stopHeartbeat();
          stopReserve();
          stopSchedules();
          places.stop();
          return Promise.all(workers.map((worker) => worker.close({ force: true })));
        },
      },
      { name: "close the stores", limitMs: 5_000, run: () => deps.close() },
    ],
    log,
  );
}

if (import.meta.main) {
  await main().catch(endStart);
}
