// Signs a person up, in or out, and restores an account that is being deleted. After a sign-up, a sign-in or a
// restoration, the list of pieces is loaded again.
import { createSignal } from "solid-js";
import { at } from "../address/at.ts";
import { noticeError, notice } from "../shell/notices.ts";
import { accountEmail, type Entrance, enterAccount, isSignedIn, leaveAccount } from "../api/session.ts";
import { t } from "../i18n/translate.ts";
import type { Library } from "../library/create-library.ts";

/** The form that the dialog shows. */
export type Door = Entrance | "forgot";

export function createAccount(library: Pick<Library, "load">) {
  /** Undefined while the dialog is closed. */
  const [entrance, setEntrance] = createSignal<Door>();
  return {
    email: accountEmail,
    isSignedIn,
    entrance,
    open: (how: Door) => setEntrance(how),
    close: () => setEntrance(undefined),
    /** If the server refuses or can't be reached, rejects with the error of the request and shows no notice. */
    async enter(how: Entrance, login: { email: string; password: string }) {
      await enterAccount(how, login);
      notice(
        how === "sign-up"
          ? t("Your account is ready. Your music is kept.")
          : how === "restore"
            ? t("Your account is restored.")
            : t("Welcome back."),
      );
      await library.load();
    },
    /**
     * Signs out, and then loads the start page anew, so that nothing of this person stays in the page. If the request
     * fails, shows a notice, and the person stays signed in.
     */
    async leave() {
      await leaveAccount().then(() => location.assign(at("/")), noticeError);
    },
  };
}

export type Account = ReturnType<typeof createAccount>;
