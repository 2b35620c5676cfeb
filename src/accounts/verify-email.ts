// Verifies the e-mail addresses of members with a mailed link, and changes the e-mail of a member.
import type { Kysely, Updateable } from "kysely";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { AppError, isAppError } from "../errors.ts";
import type { MailLanguage } from "../jobs/mail-job.ts";
import { linkEnded, slugOfAccountLink, takeAccountLink } from "./account-links.ts";
import type { UserCaller } from "./caller.ts";
import { type MailLimitDeps, mailSweep, refuseTooManyMails, requestMail } from "./mail/request-mail.ts";
import { findOwnLogin } from "./sign-in/own-login.ts";
import { foldEmail } from "./passwords/passwords.ts";
import type { SignInDeps } from "./sign-in/sign-in.ts";
import { emailTaken } from "./sign-in/sign-up.ts";
import { verifyOwnPassword } from "./passwords/verify-own-password.ts";

export interface VerifyEmailDeps extends MailLimitDeps {
  readonly databases: OpenDatabases;
  /** Whether a mail server is set. */
  readonly hasMail: boolean;
}

/**
 * Mails another link to the address that is not verified yet. If the member has requested a new address, this is the
 * new address. Otherwise it is the current address. Errors: CONFLICT (the user is not a member, there is no address to
 * verify, or no mail server is set), TOO_MANY_REQUESTS.
 */
export async function requestVerification(
  deps: VerifyEmailDeps,
  { businessId, userId }: UserCaller,
  language: MailLanguage,
): Promise<void> {
  const login = await findOwnLogin(deps, { businessId, userId });
  if (login.newEmail === null && login.emailVerifiedAt !== null)
    throw new AppError("CONFLICT", "This e-mail address is verified already.");
  if (!deps.hasMail) throw noMail();
  await refuseTooManyMails(deps, businessId, userId);
  await deps.databases.use(businessId, (database) =>
    database.promising(mailSweep, (trx) =>
      requestMail(trx, { businessId, userId, language, kinds: ["verify-email"] }),
    ),
  );
}

/**
 * Verifies the address to which the link was mailed. If this is the new address that the member requested, it
 * replaces the current address. The link can't be used again. Errors: GONE (the link was already used or has expired,
 * or the member requested another address after the mail was sent), CONFLICT (another member uses the address by now).
 */
export async function verifyEmail(
  { registry, databases }: { readonly registry: BusinessRegistry; readonly databases: OpenDatabases },
  token: string,
): Promise<{ readonly email: string }> {
  const business = await registry.findBySlug(slugOfAccountLink(token));
  if (!business) throw linkEnded("verify-email");
  return databases.use(business.id, (database) =>
    database.transaction(async (trx) => {
      const { userId, email } = await takeAccountLink(trx, token, "verify-email");
      const login = await trx
        .selectFrom("logins")
        .selectAll()
        .where("userId", "=", userId)
        .executeTakeFirst();
      const emailVerifiedAt = new Date().toISOString();
      // The member can have requested another address after the mail was sent.
      const changes =
        login?.newEmail === email
          ? { email, foldedEmail: foldEmail(email), newEmail: null, emailVerifiedAt }
          : login?.email === email
            ? { emailVerifiedAt }
            : undefined;
      if (changes === undefined) throw linkEnded("verify-email");
      await updateLogin(trx, userId, changes);
      return { email };
    }),
  );
}

export interface ChangeEmailDeps extends VerifyEmailDeps, SignInDeps {}

interface EmailChange {
  readonly email: string;
  readonly password: string;
  readonly language: MailLanguage;
}

/**
 * With a mail server, a link is mailed to the new address, and a warning to the current address. The address changes
 * when the link is opened (`verifyEmail`). Without a mail server, the address changes immediately. The caller must
 * check the form of `email`. Errors: UNAUTHENTICATED (the password is wrong), TOO_MANY_REQUESTS, CONFLICT (the user is
 * not a member, or, without a mail server, another member uses the address).
 */
export async function changeEmail(
  deps: ChangeEmailDeps,
  { businessId, userId }: UserCaller,
  { email: given, password, language }: EmailChange,
): Promise<void> {
  const email = given.trim();
  const login = await findOwnLogin(deps, { businessId, userId });
  await verifyOwnPassword(deps, { businessId, userId, password, hash: login.passwordHash });
  if (deps.hasMail) await refuseTooManyMails(deps, businessId, userId);
  await deps.databases.use(businessId, (database) =>
    database.promising(mailSweep, async (trx) => {
      const changes = deps.hasMail
        ? { newEmail: email }
        : { email, foldedEmail: foldEmail(email), newEmail: null, emailVerifiedAt: null };
      await updateLogin(trx, userId, changes);
      if (deps.hasMail)
        await requestMail(trx, { businessId, userId, language, kinds: ["verify-email", "email-changing"] });
    }),
  );
}

const noMail = () =>
  new AppError("CONFLICT", "No mail server is set, so no address can be verified.", {
    hint: "The operator sets RONDO_MAIL_URL.",
  });

/** Throws CONFLICT if another member uses the address. */
async function updateLogin(
  trx: Kysely<BusinessTables>,
  userId: string,
  changes: Updateable<BusinessTables["logins"]>,
): Promise<void> {
  await trx
    .updateTable("logins")
    .set(changes)
    .where("userId", "=", userId)
    .execute()
    .catch((err: unknown) => {
      throw isAppError(err, "CONFLICT") ? emailTaken(err) : err;
    });
}
