// Defines the job that closes the streams of a generation that was stopped.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

const schema = z.object({ businessId: z.string(), requestId: z.string() });

export const closingJob = {
  name: "generation.close",
  schema,
  /**
   * The job runs after `delayMs`. If another process closes the streams earlier, the job has nothing to do. All closing
   * jobs of one generation have the same id. So while the queue has one of them, it ignores the others.
   */
  inputOf: (data: z.output<typeof schema>, { delayMs = 0 } = {}) =>
    ({
      id: `close-${data.requestId}`,
      name: closingJob.name,
      businessId: data.businessId,
      data,
      attempts: 5,
      backoffMs: 1_000,
      ...(delayMs === 0 ? {} : { delayMs }),
    }) satisfies JobInput,
} as const;
