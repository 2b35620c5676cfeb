// Signs out, and deletes the account after an explanation, the password and a second press.
import { Show } from "solid-js";
import { useAccount } from "../studio.tsx";
import { t } from "../i18n/translate.ts";
import { deleteAccount } from "./account-api.ts";
import { AccountForm, Password } from "./account-form.tsx";

export function Leaving(props: { isMember: boolean }) {
  const account = useAccount();
  return (
    <>
      <Show when={props.isMember}>
        <p>
          <button class="link" type="button" onClick={() => void account.leave()}>
            {t("Sign out")}
          </button>
        </p>
      </Show>
      <details>
        <summary class="link quiet danger">
          {props.isMember ? t("Delete my account") : t("Delete my music and data")}
        </summary>
        <p>
          {t(
            "This deletes your account and all your music forever, on every device, and links that you shared stop working. There is no undo. Nobody finds anything of yours from the moment you confirm; copies on the servers follow within minutes, and backups when they expire.",
          )}
        </p>
        <AccountForm
          isDanger
          action={props.isMember ? t("Delete my account forever") : t("Delete everything forever")}
          onSend={async ({ password }) => {
            await deleteAccount(password);
            location.assign("/");
          }}
        >
          <Show when={props.isMember}>
            <Password label={t("Your password")} />
          </Show>
        </AccountForm>
      </details>
    </>
  );
}
