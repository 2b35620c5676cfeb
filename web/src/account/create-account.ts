// Who is signed in on this page: a guest, or a member by an e-mail. Joins signing up, in and out to the list.
import { createSignal } from "solid-js";
import { accountEmail, type Entrance, enterAccount, hasSession, leaveAccount } from "../lib/api.ts";
import { notice, noticeError } from "../lib/notices.ts";
import type { Library } from "../library/create-library.ts";

export function createAccount(library: Pick<Library, "load">) {
  const [email, setEmail] = createSignal<string | null>(null);

  return {
    email,
    /** Asks the server, where there is a session to ask for. Who can't be asked after counts as a guest: nothing here needs more. */
    async load() {
      if (hasSession()) setEmail(await accountEmail().catch(() => null));
    },
    /** Rejects with the refusal. */
    async enter(how: Entrance, login: { email: string; password: string }) {
      await enterAccount(how, login);
      setEmail(login.email);
      notice(how === "sign-up" ? "Your music is kept." : "Welcome back.");
      await library.load();
    },
    /** The page begins anew: nothing of this person stays on it. */
    async leave() {
      await leaveAccount().then(() => location.reload(), noticeError);
    },
  };
}

export type Account = ReturnType<typeof createAccount>;
