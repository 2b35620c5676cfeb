// Undoes the deletion of a member's account, and signs the member in.
import type { Caller } from "../caller.ts";
import { openUserSession, type SignInDeps, type SignInInput, verifyLogin } from "../sign-in/sign-in.ts";
import type { SignedIn } from "../sign-in/sign-up.ts";
import { accountErasing } from "./deletion-errors.ts";

/**
 * Restores the account. All content is visible again, and the member's shared links work again.
 * Earlier sessions stay ended. The call can be repeated: if the account is not being deleted, the call only signs the
 * member in, as `signIn` does. If the caller is a guest, the guest's music is moved to the account. Errors: those of
 * `signIn`, except ACCOUNT_DELETING. GONE means that the time for a restoration is over.
 */
export async function restoreAccount(
  deps: SignInDeps,
  caller: Caller | undefined,
  input: SignInInput,
): Promise<SignedIn> {
  const { business, userId } = await verifyLogin(deps, caller, input);
  const signedIn = await openUserSession(deps, caller, {
    business,
    device: input.device ?? null,
    async findUserId(trx) {
      // The update comes before the read. If the read came first, a concurrent call could restore the account between
      // the read and the update. Then this call would fail, although the account is restored.
      await trx
        .updateTable("users")
        .set({ deleteAfter: null })
        .where("id", "=", userId)
        .where("deleteAfter", ">", new Date().toISOString())
        .execute();
      const user = await trx
        .selectFrom("users")
        .select("deleteAfter")
        .where("id", "=", userId)
        .executeTakeFirst();
      if (user?.deleteAfter !== null) throw accountErasing();
      return userId;
    },
  });
  deps.sessions.forget(business.id, { ids: [], userId });
  return signedIn;
}
