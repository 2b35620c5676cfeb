// Defines the job that makes one generation. The id of the job is the id of the request. So as long as the queue knows
// the job, adding the job again does nothing.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

export interface GenerationToMake {
  readonly businessId: string;
  readonly userId: string;
  /** The hashed IP address of a guest, if known. Guests with the same address take turns as if they were one user. */
  readonly origin?: string | null | undefined;
  readonly requestId: string;
  readonly versionId: string;
}

/** In jobs that an earlier release of Rondo added, `versionId` and `owner` can be missing. */
const schema = z.object({
  businessId: z.string(),
  requestId: z.string(),
  versionId: z.string().optional(),
  owner: z.string().optional(),
});

export const generationJob = {
  name: "generation.run",
  schema,
  inputOf({ businessId, userId, origin, requestId, versionId }: GenerationToMake) {
    const owner = origin ?? userId;
    return {
      id: requestId,
      name: generationJob.name,
      businessId,
      owner,
      data: { businessId, requestId, versionId, owner } satisfies z.output<typeof schema>,
      attempts: 3,
      backoffMs: 500,
    } satisfies JobInput;
  },
} as const;
