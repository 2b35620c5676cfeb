// The job that closes the streams of a generation that was stopped.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

const schema = z.object({ businessId: z.string(), requestId: z.string() });

export const closingJob = {
  name: "generation.close",
  schema,
  inputOf: (data: z.output<typeof schema>) =>
    ({
      id: `close-${data.requestId}`,
      name: closingJob.name,
      businessId: data.businessId,
      data,
      attempts: 5,
      backoffMs: 1_000,
    }) satisfies JobInput,
} as const;
