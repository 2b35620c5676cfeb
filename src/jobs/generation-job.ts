// The job that makes one generation. Its id is the request's id: however often it is added, it runs once.
import type { JobInput } from "../ports/job-queue/job-queue.ts";

const attempts = 3;

export interface GenerationToMake {
  readonly businessId: string;
  readonly userId: string;
  /** The hashed address of a guest, where known: the guests of one address share their turns. */
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
