// The job that removes the things listed by a purge from the stores.
import type { JobInput } from "../ports/job-queue/job-queue.ts";

/** `round` gives the job another id, so that it can be added again after it has failed for good. */
export const purgeJob = (
  businessId: string,
  receiptId: string,
  round = 0,
): JobInput & { readonly id: string } => ({
  id: round === 0 ? `purge-${receiptId}` : `purge-${receiptId}-${round}`,
  name: "purge.finish",
  businessId,
  data: { businessId, receiptId },
  attempts: 10,
  backoffMs: 1_000,
});
