// Deletes an account. A guest is erased immediately. The account of a member is closed immediately, and is erased
// after a grace period in which the deletion can be undone.
import { AppError, notFound } from "../../errors.ts";
import type { MailLanguage } from "../../jobs/mail-job.ts";
import type { UserCaller } from "../caller.ts";
import { verifyOwnPassword } from "../passwords/verify-own-password.ts";
import type { SignInDeps } from "../sign-in/sign-in.ts";
import { closeAccount, type CloseAccountDeps, type ClosedAccount } from "./close-account.ts";
import { type DeletedAccount, eraseUser, type EraseUserDeps } from "./erase-user.ts";

export type DeleteAccountDeps = SignInDeps & EraseUserDeps & CloseAccountDeps;

interface DeleteAccountInput {
  readonly password?: string | undefined;
  /**
   * The language of the mail that says how a member can undo the deletion. No mail is sent if this field is undefined,
   * or if the account is erased immediately.
   */
  readonly mailLanguage?: MailLanguage | undefined;
}

/**
 * A member has to send the password. If the grace period is 0 days, a member is erased immediately, too. If a part of
 * the erasure fails, a repeated call completes the erasure. Errors: INVALID_PARAMETER (a member sent no password),
 * UNAUTHENTICATED (the password is wrong), TOO_MANY_REQUESTS (there were too many attempts with a wrong password),
 * FORBIDDEN (the business manages the user itself), NOT_FOUND (the user doesn't exist).
 */
export async function deleteAccount(
  deps: DeleteAccountDeps,
  caller: UserCaller,
  { password, ...mail }: DeleteAccountInput,
): Promise<DeletedAccount | ClosedAccount> {
  const { isMember } = await requireRight(deps, caller, password);
  return isMember && deps.accountGraceDays > 0 ? closeAccount(deps, caller, mail) : eraseUser(deps, caller);
}

async function requireRight(
  deps: DeleteAccountDeps,
  { businessId, userId }: UserCaller,
  password: string | undefined,
): Promise<{ readonly isMember: boolean }> {
  const found = await deps.databases.use(businessId, ({ kysely }) =>
    kysely
      .selectFrom("users as u")
      .leftJoin("logins as l", "l.userId", "u.id")
      .select(["u.kind", "l.passwordHash"])
      .where("u.id", "=", userId)
      .executeTakeFirst(),
  );
  if (!found) throw notFound("user");
  if (found.kind === "external") throw notOurs();
  if (found.passwordHash === null) return { isMember: false };
  if (password === undefined) throw passwordNeeded();
  await verifyOwnPassword(deps, { businessId, userId, password, hash: found.passwordHash });
  return { isMember: true };
}

const notOurs = () =>
  new AppError("FORBIDDEN", "This user signs in with the business itself and can't be deleted here.", {
    hint: "Ask the business to delete the user.",
  });

const passwordNeeded = () =>
  new AppError("INVALID_PARAMETER", "The password is required to delete an account.", {
    faults: [{ at: "/password", message: "It is missing.", hint: 'Send {"password": "…"}.' }],
  });
