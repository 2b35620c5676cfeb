// Signs out, and deletes the account after an explanation, the password and a second press.
import { Show } from "solid-js";
import { at } from "../address/at.ts";
import { business } from "../shell/business.ts";
import { useAccount } from "../studio.tsx";
import { t } from "../i18n/translate.ts";
import { deleteAccount, type OwnAccount } from "./account-api.ts";
import { AccountForm, Password } from "./account-form.tsx";

export function Leaving(props: { kind: OwnAccount["kind"] }) {
  const account = useAccount();
  const isMember = () => props.kind === "member";
  return (
    <>
      <Show when={props.kind !== "guest"}>
        <p>
          <button class="link" type="button" onClick={() => void account.leave()}>
            {t("Sign out")}
          </button>
        </p>
      </Show>
      <Show
        when={props.kind !== "external"}
        fallback={
          <p>
            {t("Your account is with {name}. Ask there if you want it deleted.", { name: business.name })}
          </p>
        }
      >
        <details>
          <summary class="link quiet danger">
            {isMember() ? t("Delete my account") : t("Delete my music and data")}
          </summary>
          <p>
            {t(
              "This deletes your account and all your music forever, on every device, and links that you shared stop working. There is no undo. Nobody finds anything of yours from the moment you confirm; copies on the servers follow within minutes, and backups when they expire.",
            )}
          </p>
          <AccountForm
            isDanger
            action={isMember() ? t("Delete my account forever") : t("Delete everything forever")}
            onSend={async ({ password }) => {
              await deleteAccount(password);
              location.assign(at("/"));
            }}
          >
            <Show when={isMember()}>
              <Password label={t("Your password")} />
            </Show>
          </AccountForm>
        </details>
      </Show>
    </>
  );
}
