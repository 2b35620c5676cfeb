// The job that makes one generation. It bears the request's id: however often it is promised, it is made once.
import type { JobInput } from "../ports/job-queue/job-queue.ts";

export interface GenerationJobData {
  readonly businessId: string;
  readonly requestId: string;
  readonly versionId: string;
}

const generationAttempts = 3;

export const generationJob = ({
  businessId,
  requestId,
  versionId,
}: GenerationJobData): JobInput & { readonly id: string } => ({
  id: requestId,
  name: "generation.run",
  businessId,
  data: { businessId, requestId, versionId },
  attempts: generationAttempts,
  backoffMs: 500,
});
