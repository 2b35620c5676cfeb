// Lists the browsers in which this person is signed in. Here the person can sign out of every browser except this one.
import { createResource, For, Show } from "solid-js";
import { noticeError } from "../shell/notices.ts";
import { locale, t } from "../i18n/translate.ts";
import { endOtherSessions, endSession, listSessions } from "./account-api.ts";

export function Devices() {
  const [sessions, { refetch }] = createResource(listSessions);
  const items = () => (sessions.error ? [] : (sessions() ?? []));
  const end = (run: Promise<void>) => run.then(() => void refetch(), noticeError);
  const lastUsed = (at: string) =>
    new Date(at).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
  return (
    <Show when={items().length > 0}>
      <h3>{t("Devices")}</h3>
      <ul>
        <For each={items()}>
          {(one) => (
            <li>
              <p>
                <bdi>{one.device ?? t("Unknown device")}</bdi>
                <span class="count">
                  {one.isCurrent
                    ? t("This device")
                    : t("Last used {date}", { date: lastUsed(one.lastUsedAt) })}
                </span>
              </p>
              <Show when={!one.isCurrent}>
                <button
                  class="link quiet"
                  type="button"
                  aria-label={t("Sign out {device}", { device: one.device ?? t("Unknown device") })}
                  onClick={() => void end(endSession(one.id))}
                >
                  {t("Sign out")}
                </button>
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={items().some((one) => !one.isCurrent)}>
        <button class="link" type="button" onClick={() => void end(endOtherSessions())}>
          {t("Sign out everywhere else")}
        </button>
      </Show>
    </Show>
  );
}
