// Changes the password of a signed-in member, who has to send the old password. All other sessions of the member end,
// and the links that were mailed to the member stop working. If a mail server is set, the member gets a mail about the
// change.
import type { UserCaller } from "../caller.ts";
import { endAccountLinks } from "../account-links.ts";
import { findOwnLogin } from "../sign-in/own-login.ts";
import { mailSweep, requestMail } from "../mail/request-mail.ts";
import { normalPassword } from "./passwords.ts";
import { revokeSessions } from "../sessions/sessions.ts";
import type { SignInDeps } from "../sign-in/sign-in.ts";
import { verifyOwnPassword } from "./verify-own-password.ts";
import type { MailLanguage } from "../../jobs/mail-job.ts";

export interface ChangePasswordDeps extends SignInDeps {
  /** Whether a mail server is set. */
  readonly hasMail: boolean;
}

interface PasswordChange {
  readonly password: string;
  readonly newPassword: string;
  /** The id of the session that stays open: the session of the request. undefined: all sessions end. */
  readonly sessionId: string | undefined;
  readonly language: MailLanguage;
}

/**
 * Errors: CONFLICT (the user is not a member), UNAUTHENTICATED (the old password is wrong), TOO_MANY_REQUESTS (too
 * many attempts with a wrong password).
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  { businessId, userId }: UserCaller,
  { password, newPassword, sessionId, language }: PasswordChange,
): Promise<void> {
  const login = await findOwnLogin(deps, { businessId, userId });
  await verifyOwnPassword(deps, { businessId, userId, password, hash: login.passwordHash });
  const passwordHash = await deps.passwords.hash(normalPassword(newPassword));
  const endedIds = await deps.databases.use(businessId, (database) =>
    database.promising(mailSweep, async (trx) => {
      await trx.updateTable("logins").set({ passwordHash }).where("userId", "=", userId).execute();
      await endAccountLinks(trx, userId);
      if (deps.hasMail) await requestMail(trx, { businessId, userId, language, kinds: ["password-changed"] });
      return revokeSessions(trx, userId, new Date().toISOString(), { exceptId: sessionId });
    }),
  );
  deps.sessions.forget(businessId, { ids: endedIds });
}
