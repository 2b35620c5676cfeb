// Lets a member who forgot the password set a new one, with a link that was mailed or that the operator created.
import { v7 as uuidv7 } from "uuid";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import type { Database } from "../../ports/database/database.ts";
import { notFound } from "../../errors.ts";
import type { MailLanguage } from "../../jobs/mail-job.ts";
import {
  type AccountLink,
  createAccountLink,
  endAccountLinks,
  linkEnded,
  slugOfAccountLink,
  takeAccountLink,
} from "../account-links.ts";
import { type MailLimitDeps, mailSweep, refuseTooManyMails, requestMail } from "../mail/request-mail.ts";
import { foldEmail, normalPassword, type PasswordHasher } from "./passwords.ts";
import { revokeSessions, type Sessions } from "../sessions/sessions.ts";

export interface ResetPasswordDeps extends MailLimitDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly sessions: Sessions;
  readonly passwords: PasswordHasher;
  /** Whether a mail server is set. */
  readonly hasMail: boolean;
}

interface ResetRequest {
  readonly business: string;
  readonly email: string;
  readonly language: MailLanguage;
}

/**
 * Stores one job, which mails a link if the user exists. A job is also stored for an unknown
 * address, so that nobody learns whether an address is known. Without a mail server, no job is
 * stored. Errors: NOT_FOUND (no such business), TOO_MANY_REQUESTS.
 */
export async function requestPasswordReset(
  deps: ResetPasswordDeps,
  { business: slug, email, language }: ResetRequest,
): Promise<void> {
  const business = await deps.registry.findBySlug(slug);
  if (!business) throw notFound("business");
  const foldedEmail = foldEmail(email);
  await refuseTooManyMails(deps, business.id, foldedEmail);
  if (!deps.hasMail) return;
  await deps.databases.use(business.id, (database) =>
    database.promising(mailSweep, async (trx) => {
      const login = await trx
        .selectFrom("logins")
        .select("userId")
        .where("foldedEmail", "=", foldedEmail)
        .executeTakeFirst();
      const userId = login?.userId ?? uuidv7();
      await requestMail(trx, { businessId: business.id, userId, language, kinds: ["reset-password"] });
    }),
  );
}

export interface ResetLinkDeps extends Pick<ResetPasswordDeps, "registry" | "databases"> {
  readonly control: Pick<Database<ControlTables>, "kysely">;
}

/**
 * Creates a link that the operator can give to the member, and writes an audit record. Throws NOT_FOUND for an unknown
 * business or address.
 */
export async function createResetLink(
  deps: ResetLinkDeps,
  slug: string,
  email: string,
  actor: string,
): Promise<AccountLink> {
  const business = await deps.registry.findBySlug(slug);
  if (!business) throw notFound("business");
  return deps.databases.use(business.id, async ({ kysely }) => {
    const login = await kysely
      .selectFrom("logins")
      .select(["userId", "email"])
      .where("foldedEmail", "=", foldEmail(email))
      .executeTakeFirst();
    if (!login) throw notFound("member");
    await deps.control.kysely
      .insertInto("audit")
      .values({
        ...{ id: uuidv7(), at: new Date().toISOString(), actor },
        ...{ action: "user.reset-link", subject: `${business.id} ${login.userId}` },
      })
      .execute();
    return createAccountLink(kysely, business.slug, { ...login, purpose: "reset-password" });
  });
}

/**
 * Sets the new password, and ends all sessions and all account links of the member. If a mail
 * server is set, the member gets a mail about the change. Throws GONE if the link was already used,
 * has expired or never existed.
 */
export async function resetPassword(
  deps: ResetPasswordDeps,
  {
    token,
    password,
    language,
  }: { readonly token: string; readonly password: string; readonly language: MailLanguage },
): Promise<void> {
  const business = await deps.registry.findBySlug(slugOfAccountLink(token));
  if (!business) throw linkEnded("reset-password");
  const passwordHash = await deps.passwords.hash(normalPassword(password));
  const { userId, endedIds } = await deps.databases.use(business.id, (database) =>
    database.promising(mailSweep, async (trx) => {
      const taken = await takeAccountLink(trx, token, "reset-password");
      await trx
        .updateTable("logins")
        // A requested change of the e-mail is cancelled, because another person who knew the old password may have
        // requested it.
        .set({ passwordHash, newEmail: null })
        .where("userId", "=", taken.userId)
        .execute();
      await endAccountLinks(trx, taken.userId);
      if (deps.hasMail)
        await requestMail(trx, {
          ...{ businessId: business.id, userId: taken.userId, language },
          kinds: ["password-changed"],
        });
      return {
        userId: taken.userId,
        endedIds: await revokeSessions(trx, taken.userId, new Date().toISOString()),
      };
    }),
  );
  deps.sessions.forget(business.id, { ids: endedIds, userId });
}
