// Shows the account dialog. In this dialog, a guest signs up or in, asks for a link to set a new password, restores an
// account that is being deleted, or goes to the business's own sign-in.
import { createSignal, Show } from "solid-js";
import { business } from "../shell/business.ts";
import { openModal } from "../shell/modal.ts";
import { t } from "../i18n/translate.ts";
import { forgotPassword } from "./account-api.ts";
import { ApiError } from "../api/send.ts";
import type { Entrance } from "../api/session.ts";
import { AccountForm, Email, Password, refusalOf } from "./account-form.tsx";
import { goToOwnSignIn } from "./own-sign-in.ts";
import type { Account, Door } from "./create-account.ts";

interface Login {
  email: string;
  password: string;
}

interface AccountDialogProps {
  account: Account;
  how: Door;
  hasMusic: boolean;
}

export default function AccountDialog(props: AccountDialogProps) {
  let dialog!: HTMLDialogElement;
  /** Set after a sign-in to an account that is being deleted: the login, and the server's message about the account. */
  const [deleted, setDeleted] = createSignal<{ login: Login; says: string }>();
  const [asked, setAsked] = createSignal<"mail" | "operator">();
  const isNew = () => props.how === "sign-up";
  const title = () =>
    props.how === "forgot" ? t("Forgot your password?") : isNew() ? t("Create an account") : t("Sign in");
  const explanation = () => {
    if (props.how === "forgot") return t("We’ll send you a link for setting a new password.");
    if (isNew()) return t("An account keeps your music on every device.");
    return props.hasMusic
      ? t("The pieces you made here will be added.")
      : t("Your pieces are in your account.");
  };

  async function send({ email = "", password = "" }: Record<string, string>) {
    const { how } = props;
    if (how === "forgot") return void setAsked(await forgotPassword(email.trim()));
    await enter(how, { email: email.trim(), password });
  }

  async function enter(how: Entrance, login: Login) {
    try {
      await props.account.enter(how, login);
    } catch (err) {
      if (!(err instanceof ApiError) || err.code !== "ACCOUNT_DELETING") throw err;
      return void setDeleted({ login, says: refusalOf(err) });
    }
    dialog.close();
  }

  return (
    <dialog
      ref={(element) => {
        dialog = element;
        openModal(element);
      }}
      class="help"
      aria-labelledby="account"
      onClose={() => props.account.close()}
    >
      <h2 id="account">{title()}</h2>
      <Show
        when={props.how === "forgot" && asked()}
        fallback={
          <Show when={deleted()} fallback={business.signIn ? <OwnDoor /> : <Form />}>
            {(account) => (
              <>
                <p class="differ" role="status">
                  {account().says}
                </p>
                <AccountForm
                  action={t("Restore my account")}
                  onSend={() => enter("restore", account().login)}
                />
              </>
            )}
          </Show>
        }
      >
        {(by) => (
          <p class="empty" role="status">
            {by() === "mail"
              ? t(
                  "If there is an account with this address, a mail with a link is on its way. The link works for 30 minutes.",
                )
              : t("No mail can be sent from here. Ask the people who run this site for a link.")}
          </p>
        )}
      </Show>
      <form method="dialog">
        <button class="link quiet" type="submit">
          {t("Close")}
        </button>
      </form>
    </dialog>
  );

  function OwnDoor() {
    return (
      <>
        <p class="differ">{explanation()}</p>
        <button class="solid" type="button" onClick={goToOwnSignIn}>
          {t("Sign in with {name}", { name: business.name })}
        </button>
      </>
    );
  }

  function Form() {
    return (
      <>
        <p class="differ">{explanation()}</p>
        {/* A change of `how` creates a new form, so that no form shows the error of another form. */}
        <Show when={props.how} keyed>
          {(how) => (
            <AccountForm action={how === "forgot" ? t("Send the link") : title()} onSend={send}>
              <Email label={t("E-mail")} />
              <Show when={how !== "forgot"}>
                <Password
                  label={isNew() ? t("Password, 8 characters or more") : t("Password")}
                  isNew={isNew()}
                />
              </Show>
            </AccountForm>
          )}
        </Show>
        <Show when={props.how === "sign-in"}>
          <button class="link quiet" type="button" onClick={() => props.account.open("forgot")}>
            {t("Forgot your password?")}
          </button>
        </Show>
        <button
          class="link"
          type="button"
          onClick={() => props.account.open(props.how === "sign-in" ? "sign-up" : "sign-in")}
        >
          {props.how === "sign-in" ? t("Create an account instead") : t("Sign in instead")}
        </button>
      </>
    );
  }
}
