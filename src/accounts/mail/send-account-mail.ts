// Sends the mail that a job describes. If the mail needs a link with a secret, the link is created here and is valid
// for 30 minutes. So the secret is never stored in a queue, and the 30 minutes begin just before the mail is sent.
import { pageUrlOf } from "../../businesses/page-url.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import type { MailJobData, MailKind } from "../../jobs/mail-job.ts";
import { PutOffError, UnrecoverableError } from "../../ports/job-queue/job-queue.ts";
import type { Mailer } from "../../ports/mailer/mailer.ts";
import { createAccountLink } from "../account-links.ts";
import { writeMail } from "./write-mail.ts";

export interface SendAccountMailDeps {
  readonly registry: Pick<BusinessRegistry, "findById" | "findHost">;
  readonly databases: Pick<OpenDatabases, "use">;
  /** Undefined if no mail server is configured. */
  readonly mailer?: Mailer | undefined;
  readonly publicUrl?: string | undefined;
}

/**
 * While a business is not active (for example suspended), no mails are sent for it, and a job that should send one runs
 * again after this time, in milliseconds. If the business is erased, the erasure removes the job.
 */
const suspendedMs = 300_000;

/**
 * Does nothing if the user has no login or the mail is no longer needed (see `addressFor`). If the mail needs a link
 * with a secret, each call creates a new link, and earlier links stay valid. Errors: UNAVAILABLE (the mail server can't
 * take the mail now), PutOffError (the business is not active), UnrecoverableError (no mail server is set, or the mail
 * server refuses the mail for good), and the errors of the business's database.
 */
export async function sendAccountMail(
  { registry, databases, mailer, publicUrl = "" }: SendAccountMailDeps,
  { businessId, userId, kind, language }: MailJobData,
): Promise<void> {
  if (mailer === undefined)
    throw new UnrecoverableError("RONDO_MAIL_URL is not set, so no mail can be sent.");
  const business = await registry.findById(businessId);
  if (business === undefined) throw new PutOffError("The business is not active.", suspendedMs);
  const mail = await databases.use(businessId, async ({ kysely }) => {
    const login = await kysely
      .selectFrom("logins as l")
      .innerJoin("users as u", "u.id", "l.userId")
      .select(["l.email", "l.newEmail", "l.emailVerifiedAt", "u.deleteAfter"])
      .where("l.userId", "=", userId)
      .executeTakeFirst();
    const email = login && addressFor(login, kind);
    if (login === undefined || email === undefined) return undefined;
    const path =
      kind === "account-deleted"
        ? "me"
        : await linkPath(kysely, business.slug, { userId, purpose: purposeOf(kind), email });
    return writeMail({
      ...{ kind, language, to: email, business: business.name || business.slug },
      ...{ newEmail: login.newEmail ?? "", deleteAfter: login.deleteAfter },
      link: `${await pageUrlOf(registry, business, publicUrl)}/${path}`,
    });
  });
  if (mail === undefined) return;
  const sent = await mailer.send(mail);
  if (sent.kind === "refused") throw new UnrecoverableError("The mail server refused the mail for good.");
}

const purposeOf = (kind: MailKind) => (kind === "verify-email" ? kind : "reset-password");

async function linkPath(...[kysely, slug, subject]: Parameters<typeof createAccountLink>): Promise<string> {
  const { token } = await createAccountLink(kysely, slug, subject);
  return `${subject.purpose}#${token}`;
}

interface Login extends Pick<BusinessTables["logins"], "email" | "newEmail" | "emailVerifiedAt"> {
  readonly deleteAfter: string | null;
}

/**
 * Returns the address of the mail, or undefined if the mail is no longer needed.
 * - "verify-email" goes to the new address. If there is no new address, it goes to the current address, and is only
 *   needed while that address is not verified.
 * - Every other mail goes to the current address. "account-deleted" is only needed while the account is being deleted,
 *   and "email-changing" while there is a new address.
 */
function addressFor(
  { email, newEmail, emailVerifiedAt, deleteAfter }: Login,
  kind: MailKind,
): string | undefined {
  if (kind === "account-deleted") return deleteAfter === null ? undefined : email;
  if (kind === "verify-email") return newEmail ?? (emailVerifiedAt === null ? email : undefined);
  return kind === "email-changing" && newEmail === null ? undefined : email;
}
