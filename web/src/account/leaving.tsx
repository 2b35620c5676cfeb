// Lets a person sign out or delete the account. A guest can't sign out. A person whose account is
// with the business itself is told to ask the business for the deletion. Before the deletion, the person
// reads an explanation, enters the password (only as a member) and presses a second button.
import { Show } from "solid-js";
import { at } from "../address/at.ts";
import { business } from "../shell/business.ts";
import { useAccount } from "../studio.tsx";
import { locale, t } from "../i18n/translate.ts";
import { deleteAccount, type OwnAccount } from "./account-api.ts";
import { AccountForm, Password } from "./account-form.tsx";

const DAY_MS = 86_400_000;

export function Leaving(props: { me: OwnAccount }) {
  const account = useAccount();
  const isMember = () => props.me.kind === "member";
  const endsAt = () => new Date(Date.now() + props.me.graceDays * DAY_MS);
  return (
    <>
      <Show when={props.me.kind !== "guest"}>
        <p>
          <button class="link" type="button" onClick={() => void account.leave()}>
            {t("Sign out")}
          </button>
        </p>
      </Show>
      <Show
        when={props.me.kind !== "external"}
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
            <Show
              when={props.me.graceDays > 0}
              fallback={t(
                "This deletes your account and all your music forever, on every device, and links that you shared stop working. There is no undo. From the moment you confirm, nobody can find anything of yours. Copies on the servers are deleted within minutes, and backups when they expire.",
              )}
            >
              {t(
                "This closes your account on every device. From the moment you confirm, nobody can find anything of yours, and links that you shared stop working. Until {date} you can sign in and restore everything. Then your account and all your music are deleted forever. Backups are deleted when they expire.",
                { date: endsAt().toLocaleDateString(locale(), { dateStyle: "long" }) },
              )}
            </Show>
          </p>
          <AccountForm
            isDanger
            action={
              props.me.graceDays > 0
                ? t("Close and delete my account")
                : isMember()
                  ? t("Delete my account forever")
                  : t("Delete everything forever")
            }
            onSend={async ({ password }) => {
              const deleteAfter = await deleteAccount(password);
              // The page is loaded again, so that nothing of this person stays on it.
              location.assign(
                at(deleteAfter === undefined ? "/" : `/me?deleteAfter=${encodeURIComponent(deleteAfter)}`),
              );
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
