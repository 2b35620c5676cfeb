// Shows the account of this person: the e-mail, the password, the devices, the limits, the data, and the buttons to
// sign out and to delete the account.
import { createResource, Show } from "solid-js";
import { follow } from "../address/address.ts";
import { at } from "../address/at.ts";
import { business } from "../shell/business.ts";
import { notice, noticeError } from "../shell/notices.ts";
import { useAccount } from "../studio.tsx";
import { locale, t } from "../i18n/translate.ts";
import { askVerification, changeEmail, changePassword, type OwnAccount, readAccount } from "./account-api.ts";
import { AccountForm, Email, Password, refusalOf } from "./account-form.tsx";
import { Devices } from "./devices.tsx";
import { Leaving } from "./leaving.tsx";
import { Limits } from "./limits.tsx";
import { archiveUrl, EXPORT_URL } from "./account-api.ts";

export default function AccountPage() {
  const account = useAccount();
  const [own, { mutate, refetch }] = createResource(
    () => account.email() ?? `${account.isSignedIn()}`,
    readAccount,
  );
  return (
    <section class="library me" aria-label={t("Your account")}>
      <nav>
        <a class="link quiet" href={at("/")} onClick={follow}>
          {t("‹ Your pieces")}
        </a>
      </nav>
      <header>
        <h2>{t("Your account")}</h2>
      </header>
      <Show when={!own.error} fallback={<Failed err={own.error} onAgain={() => void refetch()} />}>
        <Show when={own()}>
          {(me) => (
            <>
              <Show when={me().email} fallback={<NoMember kind={me().kind} />}>
                <EmailPart me={me()} onChange={mutate} />
                <PasswordPart />
              </Show>
              <Devices />
              <Limits />
              <h3>{t("Your data")}</h3>
              <p>
                {t(
                  "Download the data that is stored about you, with all your pieces as MP3, or the data alone.",
                )}
              </p>
              <p>
                <a class="link" href={archiveUrl()} download="">
                  {t("Download my music and data")}
                </a>
              </p>
              <p>
                <a class="link" href={EXPORT_URL} download="">
                  {t("Download my data")}
                </a>
              </p>
              <Leaving me={me()} />
            </>
          )}
        </Show>
      </Show>
    </section>
  );
}

function Failed(props: { err: unknown; onAgain(): void }) {
  const account = useAccount();
  const isSignedOut = () => (props.err as { status?: number }).status === 401;
  /** The time at which the account will be erased. After a deletion of the account, this time is in this page's URL. */
  const deleteAfter = Date.parse(new URLSearchParams(location.search).get("deleteAfter") ?? "");
  return (
    <>
      <Show when={deleteAfter > Date.now()}>
        <p role="status">
          {t("Your account is closed. Until {date} you can sign in and restore it with everything in it.", {
            date: new Date(deleteAfter).toLocaleString(locale(), { dateStyle: "long", timeStyle: "short" }),
          })}
        </p>
      </Show>
      <p class="empty">{isSignedOut() ? t("You are not signed in.") : refusalOf(props.err)}</p>
      <button
        class="link"
        type="button"
        onClick={() => (isSignedOut() ? account.open("sign-in") : props.onAgain())}
      >
        {isSignedOut() ? t("Sign in") : t("Try again")}
      </button>
    </>
  );
}

/**
 * For a guest, shows a button to sign in or to create an account. For a user who signs in with the business itself,
 * shows the name of the business. Guests and these users have no e-mail and no password here.
 */
function NoMember(props: { kind: OwnAccount["kind"] }) {
  const account = useAccount();
  return (
    <Show
      when={props.kind === "guest"}
      fallback={<p>{t("You are signed in with {name}.", { name: business.name })}</p>}
    >
      <p>{t("You have no account yet: your music is in this browser only.")}</p>
      <button
        class="link"
        type="button"
        onClick={() => account.open(business.signIn ? "sign-in" : "sign-up")}
      >
        {business.signIn ? t("Sign in") : t("Create an account")}
      </button>
    </Show>
  );
}

function EmailPart(props: { me: OwnAccount; onChange(account: OwnAccount): void }) {
  const again = () =>
    askVerification().then(
      () => notice(t("The mail is on its way. Look into your spam folder, too.")),
      noticeError,
    );
  return (
    <>
      <h3>{t("E-mail")}</h3>
      <p>
        <bdi>{props.me.email}</bdi>
        <Show when={!props.me.isEmailVerified}> · {t("not confirmed yet")}</Show>
      </p>
      <Show when={props.me.newEmail}>
        {(email) => (
          <p class="empty">
            {t("It changes to {email} as soon as you open the link in the mail.", { email: email() })}
          </p>
        )}
      </Show>
      <Show when={props.me.newEmail || !props.me.isEmailVerified}>
        <button class="link" type="button" onClick={() => void again()}>
          {t("Send the mail again")}
        </button>
      </Show>
      <details>
        <summary class="link quiet">{t("Change my e-mail")}</summary>
        <AccountForm
          action={t("Change my e-mail")}
          onSend={async ({ email = "", password = "" }) => {
            const changed = await changeEmail({ email: email.trim(), password });
            props.onChange(changed);
            notice(
              changed.newEmail ? t("We’ve sent you a mail. Open its link.") : t("Your e-mail is changed."),
            );
          }}
        >
          <Email label={t("New e-mail")} />
          <Password label={t("Your password")} />
        </AccountForm>
      </details>
    </>
  );
}

function PasswordPart() {
  return (
    <>
      <h3>{t("Password")}</h3>
      <details>
        <summary class="link quiet">{t("Change my password")}</summary>
        <AccountForm
          action={t("Change my password")}
          onSend={async ({ password = "", newPassword = "" }) => {
            await changePassword({ password, newPassword });
            notice(t("Your password is changed, and other devices are signed out."));
          }}
        >
          <Password label={t("Your password now")} />
          <Password label={t("New password, 8 characters or more")} name="newPassword" isNew />
        </AccountForm>
      </details>
    </>
  );
}
