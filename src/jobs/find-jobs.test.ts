import { expect, test } from "bun:test";
import type { Job, JobQueue } from "../ports/job-queue/job-queue.ts";
import { settleJob } from "./find-jobs.ts";

const refusalOf = (state: Job["state"]): Promise<unknown> => {
  const job = { queue: "generation", id: "a", state, createdAtMs: 0, runAtMs: 0 } as Job;
  const jobs = { list: async () => [job], settle: async () => 0 } as unknown as JobQueue;
  return settleJob({ jobs, registry: {} as never }, "retry", "generation", "a").catch((err: unknown) => err);
};

test("the error of a refused retry gives the reason", async () => {
  expect(await refusalOf("active")).toMatchObject({
    code: "CONFLICT",
    publicMessage: "This job is active, not failed.",
  });
  expect(await refusalOf("failed")).toMatchObject({
    code: "CONFLICT",
    publicMessage: "Another job with the same deduplication id is waiting or running.",
  });
});
