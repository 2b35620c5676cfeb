// Shows the views of mailed links, which contain a token after the #: a new password, and a verified e-mail.
import { createResource, createSignal, Show } from "solid-js";
import { follow, go } from "../lib/address.ts";
import { notice } from "../lib/notices.ts";
import { useAccount } from "../studio.tsx";
import { t } from "../i18n/translate.ts";
import { resetPassword, verifyEmail } from "./account-api.ts";
import { AccountForm, Password, refusalOf } from "./account-form.tsx";

/** The token leaves the address bar, so that it is in no screenshot, bookmark or history. */
function takeToken(): string {
  const token = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  return token;
}

export function ResetPassword() {
  const account = useAccount();
  const token = takeToken();
  return (
    <section class="library me">
      <h2>{t("Set a new password")}</h2>
      <AccountForm
        action={t("Set a new password")}
        onSend={async ({ password = "" }) => {
          await resetPassword(token, password);
          notice(t("Your password is changed. Sign in with it."));
          go("/");
          account.open("sign-in");
        }}
      >
        <Password label={t("New password, 8 characters or more")} isNew />
      </AccountForm>
      <button class="link quiet" type="button" onClick={() => account.open("forgot")}>
        {t("Ask for a new link")}
      </button>
    </section>
  );
}

export function VerifyEmail() {
  const token = takeToken();
  const [isOpened] = createSignal(true);
  const [email] = createResource(isOpened, () => verifyEmail(token));
  return (
    <section class="library me" aria-busy={email.loading}>
      <Show when={!email.loading}>
        <h2>{email.error ? t("This address could not be confirmed.") : t("Your e-mail is confirmed.")}</h2>
        <p class="empty">{email.error ? refusalOf(email.error) : <bdi>{email()}</bdi>}</p>
        <a class="link" href={email.error ? "/me" : "/"} onClick={follow}>
          {email.error ? t("Go to your account") : t("Go to your pieces")}
        </a>
      </Show>
    </section>
  );
}
