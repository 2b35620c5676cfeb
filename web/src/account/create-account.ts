// Who is signed in on this page: a guest, or a member by an e-mail. Joins signing up, in and out to the list.
import { noticeError, notice } from "../lib/notices.ts";
import { accountEmail, deleteAccount, type Entrance, enterAccount, leaveAccount } from "../lib/session.ts";
import type { Library } from "../library/create-library.ts";

export function createAccount(library: Pick<Library, "load">) {
  return {
    email: accountEmail,
    /** Rejects with the refusal. */
    async enter(how: Entrance, login: { email: string; password: string }) {
      await enterAccount(how, login);
      notice(how === "sign-up" ? "Your music is kept." : "Welcome back.");
      await library.load();
    },
    /** Rejects with the refusal of the server. */
    async end(password: string) {
      await deleteAccount(password);
      location.reload();
    },
    /** The page begins anew: nothing of this person stays on it. */
    async leave() {
      await leaveAccount().then(() => location.reload(), noticeError);
    },
  };
}

export type Account = ReturnType<typeof createAccount>;
