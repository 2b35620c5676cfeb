import { expect, test } from "bun:test";
import type { JobHandler } from "../src/ports/job-queue/job-queue.ts";
import { createStudio } from "../src/testing/studio.ts";
import { until } from "../src/testing/until.ts";
import { uploadJob } from "../src/jobs/upload-job.ts";
import { workQueues } from "./work-queues.ts";

test("the first job of a business waits for at most ten jobs of another business", async () => {
  await using studio = await createStudio();
  const { jobs } = studio.deps;
  const [crowd, guest] = [studio.business.id, studio.otherAlice.businessId];
  const jobOf = (businessId: string, index: number) => ({
    name: uploadJob.name,
    businessId,
    data: { businessId, versionId: `v${index}` },
  });
  const started: string[] = [];
  const handler: JobHandler = async (job) => {
    started.push(job.businessId);
    // The job of the other business is added when fifty jobs have started.
    if (started.length === 50) await jobs.add("upload-input", [jobOf(guest, 0)]);
    await Bun.sleep(1);
  };
  const handlers = { [uploadJob.name]: handler };
  await jobs.add(
    "upload-input",
    Array.from({ length: 1_000 }, (_, index) => jobOf(crowd, index)),
  );
  const workers = workQueues({ jobs, handlers, log: { debug() {}, info() {}, error() {} } });
  await until("the other business's job started", () => started.includes(guest), 10_000);
  const waited = started.indexOf(guest) - 50;
  console.log(`the other business's first job started after ${waited} further jobs`);
  expect(waited).toBeLessThanOrEqual(10);
  await Promise.all(workers.map((worker) => worker.close()));
}, 20_000);
