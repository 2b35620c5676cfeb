// Handles the job orphans.sweep, which removes streams and objects to which no database row refers, and the remains of
// interrupted writes. If it removes streams or objects, it logs a warning; the remains of
// interrupted writes are removed without a warning.
import { sweepOrphans, type SweepOrphansDeps } from "../../src/library/tiers/sweep-orphans.ts";
import type { Log } from "../../src/process/log.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const sweepOrphansJob =
  (deps: SweepOrphansDeps & { readonly log: Log }): JobHandler =>
  async (_job, { signal }) => {
    const swept = await sweepOrphans(deps, signal);
    if (swept.streams + swept.objects > 0) deps.log.warn(swept, "orphans were removed");
  };
