// The job that clears the stores of what a purge lists.
import type { JobInput } from "../ports/job-queue/job-queue.ts";

/** `round` lets it be added anew when one was given up. */
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
