// Shows the pages for links that contain a token after the #. On these pages, a user sets a new password, confirms an
// e-mail address, or finishes a sign-in that began on the business's own sign-in page.
import { createResource, createSignal, onMount, Show } from "solid-js";
import { at } from "../address/at.ts";
import { follow, go } from "../address/address.ts";
import { notice } from "../shell/notices.ts";
import { useAccount, useLibrary } from "../studio.tsx";
import { decodedPart } from "../address/decoded-part.ts";
import { t } from "../i18n/translate.ts";
import { resetPassword, verifyEmail } from "./account-api.ts";
import { comeBack } from "./own-sign-in.ts";
import { AccountForm, Password, refusalOf } from "./account-form.tsx";

/**
 * Returns the token, and removes the token and the query from the address of the page. Then no
 * screenshot, no bookmark and no entry of the browser's history contains the token.
 */
function takeToken(): string {
  const token = decodedPart(location.hash.slice(1));
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
          go(at("/"));
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
        <a class="link" href={at(email.error ? "/me" : "/")} onClick={follow}>
          {email.error ? t("Go to your account") : t("Go to your pieces")}
        </a>
      </Show>
    </section>
  );
}

export function OwnSignIn() {
  const account = useAccount();
  const library = useLibrary();
  const [refusal, setRefusal] = createSignal("");
  const { search } = location;
  const enter = async (): Promise<void> => {
    await comeBack(search, takeToken());
    notice(t("Welcome back."));
    go(at("/"));
    await library.load();
  };
  onMount(() => void enter().catch((err: unknown) => setRefusal(refusalOf(err))));
  return (
    <section class="library me" aria-busy={refusal() === ""}>
      <Show when={refusal()}>
        <h2>{t("You are not signed in.")}</h2>
        <p class="empty" role="alert">
          {refusal()}
        </p>
        <button class="link" type="button" onClick={() => account.open("sign-in")}>
          {t("Sign in")}
        </button>
      </Show>
    </section>
  );
}
