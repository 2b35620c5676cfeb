// Handles the job trash.purge, which purges the projects, tracks and versions whose time in the trash is over.
import { purgeExpired, type PurgeExpiredDeps } from "../../src/library/trash/purge-expired.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const purgeTrashJob =
  (deps: PurgeExpiredDeps): JobHandler =>
  async (_job, { signal }) => {
    await purgeExpired(deps, signal);
  };
