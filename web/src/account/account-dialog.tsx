// Shows the account dialog: a guest signs up or in, a member signs out or deletes the account.
import { createSignal, Show } from "solid-js";
import { openModal } from "../lib/modal.ts";
import type { Account } from "./create-account.ts";
import { ApiError } from "../lib/send.ts";
import type { Entrance } from "../lib/session.ts";
import { t } from "../i18n/translate.ts";

interface AccountDialogProps {
  account: Account;
  how: Entrance;
  hasMusic: boolean;
}

export default function AccountDialog(props: AccountDialogProps) {
  let dialog!: HTMLDialogElement;
  const [refusal, setRefusal] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const isNew = () => props.how === "sign-up";
  const title = () => (isNew() ? t("Create an account") : t("Sign in"));

  async function enter(form: HTMLFormElement) {
    if (busy()) return;
    const { email, password } = Object.fromEntries(new FormData(form)) as {
      email?: string;
      password: string;
    };
    setBusy(true);
    setRefusal("");
    try {
      if (email === undefined) await props.account.end(password);
      else await props.account.enter(props.how, { email: email.trim(), password });
      form.reset();
      dialog.close();
    } catch (err) {
      const hint = err instanceof ApiError ? err.hint : undefined;
      setRefusal([(err as Error).message, hint].filter(Boolean).join(" "));
    } finally {
      setBusy(false);
    }
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
      <Show
        when={!props.account.email()}
        fallback={
          <>
            <h2 id="account">{t("Your account")}</h2>
            <p class="empty">{t("You are signed in as {email}.", { email: props.account.email() ?? "" })}</p>
            <button class="link" type="button" onClick={() => void props.account.leave()}>
              {t("Sign out")}
            </button>
            <details>
              <summary class="link quiet">{t("Delete my account")}</summary>
              <form
                class="account-form"
                onSubmit={(event) => {
                  event.preventDefault();
                  void enter(event.currentTarget);
                }}
              >
                <p class="differ">
                  {t("This deletes your account and all your music forever, on every device.")}
                </p>
                <Password label={t("Your password")} autocomplete="current-password" />
                <Refusal text={refusal()} />
                <button class="solid" type="submit" disabled={busy()}>
                  {t("Delete my account")}
                </button>
              </form>
            </details>
          </>
        }
      >
        <form
          class="account-form"
          onSubmit={(event) => {
            event.preventDefault();
            void enter(event.currentTarget);
          }}
        >
          <h2 id="account">{title()}</h2>
          <p class="differ">
            {isNew()
              ? t("An account keeps your music on every device.")
              : props.hasMusic
                ? t("The pieces you made here will be added.")
                : t("Your pieces are in your account.")}
          </p>
          <label>
            <span class="differ">{t("E-mail")}</span>
            <input name="email" type="email" required maxlength={254} autocomplete="username" />
          </label>
          <Password
            label={isNew() ? t("Password, 8 characters or more") : t("Password")}
            minlength={isNew() ? 8 : undefined}
            autocomplete={isNew() ? "new-password" : "current-password"}
          />
          <Refusal text={refusal()} />
          <button class="solid" type="submit" disabled={busy()}>
            {title()}
          </button>
          <button
            class="link"
            type="button"
            onClick={() => {
              setRefusal("");
              props.account.open(isNew() ? "sign-in" : "sign-up");
            }}
          >
            {isNew() ? t("Sign in instead") : t("Create an account instead")}
          </button>
        </form>
      </Show>
      <form method="dialog">
        <button class="link quiet" type="submit">
          {t("Close")}
        </button>
      </form>
    </dialog>
  );
}

function Password(props: {
  label: string;
  minlength?: number | undefined;
  autocomplete: "new-password" | "current-password";
}) {
  return (
    <label>
      <span class="differ">{props.label}</span>
      <input
        name="password"
        type="password"
        required
        minlength={props.minlength}
        autocomplete={props.autocomplete}
      />
    </label>
  );
}

const Refusal = (props: { text: string }) => (
  <p class="refusal" role="alert">
    {props.text}
  </p>
);
