// Adds two failed jobs, one for each of two businesses, for tests of the operator's routes and commands.

import type { Studio } from "./studio.ts";
import { until } from "./until.ts";

/**
 * Adds the jobs "one" and "two" to the queue "upload-retry", and waits until both have failed with
 * the error "The disk is FULL". Job "one" belongs to the studio's business, and job "two" to the
 * other business. Before this call, the queue must contain no failed jobs.
 */
export async function addFailedUploads({ deps, business, otherAlice }: Studio): Promise<void> {
  const { jobs } = deps;
  await jobs.add(
    "upload-retry",
    [
      { id: "one", businessId: business.id, data: { versionId: "v1", requestId: "r1" } },
      { id: "two", businessId: otherAlice.businessId, data: { versionId: "v2", requestId: "r2" } },
    ].map((job) => ({ ...job, name: "audio.upload" })),
  );
  const worker = jobs.work("upload-retry", () => Promise.reject(new Error("The disk is FULL")), {
    concurrency: 2,
  });
  await until("both jobs have failed", async () => (await jobs.counts())["upload-retry"].failed === 2);
  await worker.close();
}
