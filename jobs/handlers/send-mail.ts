// Handles mail.send, which sends a mail to a member. If the mail server or a store is unavailable, the job is
// postponed, and no attempt is used up. After three days, such an error is thrown like any other and uses up an
// attempt.
import { sendAccountMail, type SendAccountMailDeps } from "../../src/accounts/mail/send-account-mail.ts";
import { isAppError } from "../../src/errors.ts";
import { mailJob } from "../../src/jobs/mail-job.ts";
import { type JobHandler, PutOffError } from "../../src/ports/job-queue/job-queue.ts";
import type { Log } from "../../src/process/log.ts";
import { jobData } from "./job-data.ts";

const giveUpMs = 3 * 86_400_000;
const pauseMs = { least: 5_000, most: 15 * 60_000 };

export const sendMailJob =
  ({ log, ...deps }: SendAccountMailDeps & { readonly log: Pick<Log, "warn"> }): JobHandler =>
  async (job) => {
    try {
      await sendAccountMail(deps, jobData(job, mailJob.schema));
    } catch (err) {
      const ageMs = Date.now() - job.createdAtMs;
      if (!isAppError(err, "UNAVAILABLE") || ageMs > giveUpMs) throw err;
      log.warn({ err, jobId: job.id }, "a mail can't be sent at the moment; it will be tried again");
      const delayMs = Math.min(pauseMs.most, Math.max(pauseMs.least, ageMs / 2));
      throw new PutOffError("The mail server or a store is unavailable.", Math.round(delayMs), {
        cause: err,
      });
    }
  };
