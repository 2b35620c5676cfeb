// Handles the job moves.sweep. A move of a business to another database can be interrupted before the business uses the
// other database. In this case, the job lets the business write to its present database again.
import { resumeWrites, type ResumeWritesDeps } from "../../src/moves/business/resume-writes.ts";
import type { Log } from "../../src/process/log.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const sweepMovesJob =
  (deps: ResumeWritesDeps & { readonly log: Log }): JobHandler =>
  async () => {
    await resumeWrites(deps, Date.now(), (slug) =>
      deps.log.warn(
        { slug },
        "a move was interrupted: run rondo business promote again to continue it, or with --cancel to end it",
      ),
    );
  };
