// Handles the job businesses.sweep, which removes databases of businesses whose creation was
// interrupted, then erases deleted businesses, and then ends expired previews.
import {
  sweepBegunBusinesses,
  type SweepBegunBusinessesDeps,
} from "../../src/businesses/lifecycle/sweep-begun-businesses.ts";
import type { EraseBusinessDeps } from "../../src/businesses/lifecycle/erase-business.ts";
import { sweepPreviews } from "../../src/businesses/previews/sweep-previews.ts";
import { sweepDeletedBusinesses } from "../../src/businesses/lifecycle/sweep-deleted-businesses.ts";
import type { Log } from "../../src/process/log.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

/**
 * If a sweep throws, the following sweeps run nevertheless, because the cause can be one unreachable server. After the
 * last sweep, throws the error, or an AggregateError with several errors. After an abort, starts no further sweep and
 * throws the signal's reason.
 */
export const sweepBusinessesJob =
  (deps: SweepBegunBusinessesDeps & EraseBusinessDeps & { readonly log: Log }): JobHandler =>
  async (_job, { signal }) => {
    const failures: unknown[] = [];
    const trying = async (part: () => Promise<void>): Promise<void> => {
      signal.throwIfAborted();
      await part().catch((err: unknown) => void failures.push(err));
    };
    await trying(async () => {
      const businessIds = await sweepBegunBusinesses(deps, Date.now(), signal);
      if (businessIds.length > 0) deps.log.warn({ businessIds }, "unfinished businesses were removed");
    });
    await trying(async () => {
      const erasedIds = await sweepDeletedBusinesses(deps, signal);
      if (erasedIds.length > 0) deps.log.warn({ erasedIds }, "deleted businesses were erased");
    });
    await trying(async () => {
      const previewIds = await sweepPreviews(deps, Date.now(), signal);
      if (previewIds.length > 0) deps.log.info({ previewIds }, "expired previews were removed");
    });
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1)
      throw new AggregateError(failures, "Parts of the sweep of the businesses failed.");
  };
