// Handles tiers.sweep, which adds missing upload jobs, and deletes the expired chunks of a version if the object of the
// version was verified.
import { sweepTiers, type SweepTiersDeps } from "../../src/library/tiers/sweep-tiers.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const sweepTiersJob =
  (deps: SweepTiersDeps): JobHandler =>
  async (_job, { signal }) => {
    await sweepTiers(deps, signal);
  };
