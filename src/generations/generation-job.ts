// The job that makes one generation. It bears the request's id: however often it is promised, it is made once.
import type { JobInput } from "../ports/job-queue/job-queue.ts";

const attempts = 3;

export interface GenerationToMake {
  readonly businessId: string;
  readonly userId: string;
  /** For a guest, where that is known: the guests of one address take their turns together. */
  readonly origin?: string | null | undefined;
  readonly requestId: string;
  readonly versionId: string;
}

export const generationJob = (generation: GenerationToMake): JobInput & { readonly id: string } => {
  const { businessId, userId, origin, requestId, versionId } = generation;
  const owner = origin ?? userId;
  return {
    id: requestId,
    name: "generation.run",
    businessId,
    owner,
    data: { businessId, requestId, versionId, owner },
    attempts,
    backoffMs: 500,
  };
};
