// Defines the data of the jobs that move a version's audio between the chunk store and the object store.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

export const audioJobData = z.object({
  businessId: z.string(),
  versionId: z.string(),
  /**
   * The id of the generation that made the version. If this field is set, a search for the jobs of that generation
   * finds this job.
   */
  requestId: z.string().optional(),
});

export type AudioJobData = Readonly<z.output<typeof audioJobData>>;

/** While a job with this name and version waits or runs, adding the same job again does nothing. */
export const audioJobInput = (
  name: string,
  { businessId, versionId, requestId }: AudioJobData,
): JobInput => ({
  name,
  businessId,
  data: { businessId, versionId, ...(requestId === undefined ? {} : { requestId }) } satisfies AudioJobData,
  deduplicationId: versionId,
});
