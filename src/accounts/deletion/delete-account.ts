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
  /** The language of the mail about the deletion; undefined means that no mail is sent. */
  readonly mailLanguage?: MailLanguage | undefined;
}

/**
 * A member has to send the password. A guest is erased immediately, and so is a member if the grace period is 0 days.
 * If a part of the erasure fails, a repeated call completes it. Errors: INVALID_PARAMETER (a member sent no password),
 * UNAUTHENTICATED (the password is wrong), TOO_MANY_REQUESTS, FORBIDDEN (the business manages the user itself),
 * NOT_FOUND (the user doesn't exist).
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
