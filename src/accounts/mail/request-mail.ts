// Requests a mail to a user. The job that sends the mail is stored in the same transaction as the change that causes
// it.
import { v7 as uuidv7 } from "uuid";
import { promiseJob } from "../../businesses/outbox/outbox.ts";
import { flushAfterCommit, type PromisingTransaction } from "../../businesses/outbox/promising.ts";
import { hashOf } from "../../businesses/secrets/keys.ts";
import { AppError } from "../../errors.ts";
import { type MailJobData, mailJob, type MailKind } from "../../jobs/mail-job.ts";
import type { RateLimit, RateLimiter } from "../../ports/rate-limiter/rate-limiter.ts";

/**
 * The kinds of sweeps to pass to `promising` for a transaction that calls `requestMail`. If the queue is unavailable after the
 * commit, the job of the mail stays in the outbox. The sweep of generations then adds all jobs of the outbox to the
 * queue, also those of mails.
 */
export const mailSweep = ["generations"] as const;

/** Requests one mail of each kind. Doesn't count the mails: see `refuseTooManyMails`. */
export async function requestMail(
  trx: PromisingTransaction,
  {
    kinds,
    ...to
  }: Pick<MailJobData, "businessId" | "userId" | "language"> & { readonly kinds: readonly MailKind[] },
): Promise<void> {
  for (const kind of kinds) await promiseJob(trx, "mail", mailJob.inputOf({ ...to, kind, mailId: uuidv7() }));
  flushAfterCommit(trx);
}

export interface MailLimitDeps {
  readonly limiter: RateLimiter;
  /** The number of requests for mails that are allowed for each address, and for each member. Undefined: no limit. */
  readonly mailLimit: RateLimit | undefined;
}

/**
 * Counts one request for mails, and throws TOO_MANY_REQUESTS if the limit is reached. `whose` is a
 * folded e-mail address (`foldEmail`) or the id of a user. An unknown address is treated like a
 * known address, so that nobody learns whether the address is known.
 */
export async function refuseTooManyMails(
  { limiter, mailLimit }: MailLimitDeps,
  businessId: string,
  whose: string,
): Promise<void> {
  if (mailLimit === undefined) return;
  const { isAllowed, retryMs } = await limiter.take(`mail:${hashOf(`${businessId}\n${whose}`)}`, mailLimit);
  if (isAllowed) return;
  throw new AppError("TOO_MANY_REQUESTS", "Too many mails were requested.", {
    hint: "Look into your inbox and its spam folder, or wait and try again.",
    retryAfterSeconds: Math.ceil(retryMs / 1000),
  });
}
