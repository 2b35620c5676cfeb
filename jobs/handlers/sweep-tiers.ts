// Handles tiers.sweep, which adds missing upload jobs, and deletes expired chunks whose object was
// verified.
import { sweepTiers, type SweepTiersDeps } from "../../src/library/tiers/sweep-tiers.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const sweepTiersJob =
  (deps: SweepTiersDeps): JobHandler =>
  async (_job, { signal }) => {
    await sweepTiers(deps, signal);
  };
