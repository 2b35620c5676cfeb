// Defines the job that completes a purge: it removes the streams and objects that are listed in `purgeItems`.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

const schema = z.object({ businessId: z.string(), receiptId: z.string() });

export const purgeJob = {
  name: "purge.finish",
  schema,
  /** `round` gives the job another id, so that it can be added again after it has failed permanently. */
  inputOf: (data: z.output<typeof schema>, round = 0) =>
    ({
      id: round === 0 ? `purge-${data.receiptId}` : `purge-${data.receiptId}-${round}`,
      name: purgeJob.name,
      businessId: data.businessId,
      data,
      attempts: 10,
      backoffMs: 1_000,
    }) satisfies JobInput,
} as const;
