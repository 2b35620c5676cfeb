// Handles accounts.sweep, which erases the accounts whose grace period is over.
import {
  sweepDeletedAccounts,
  type SweepDeletedAccountsDeps,
} from "../../src/accounts/deletion/sweep-deleted-accounts.ts";
import type { Log } from "../../src/process/log.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const sweepAccountsJob =
  (deps: Omit<SweepDeletedAccountsDeps, "forgetSounds"> & { readonly log: Log }): JobHandler =>
  async (_job, { signal }) => {
    // The process of the worker serves no sound, so it has no cached facts to clear.
    const accounts = await sweepDeletedAccounts({ ...deps, forgetSounds() {} }, signal);
    if (accounts > 0) deps.log.info({ accounts }, "deleted accounts were erased");
  };
