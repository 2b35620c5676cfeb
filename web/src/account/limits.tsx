// Shows how much of each limit is used, and when the count begins again. The limit of queries is
// not shown. If the limits can't be read, nothing is shown.
import { createResource, For, Show } from "solid-js";
import { locale, t } from "../i18n/translate.ts";
import { type Quota, readQuotas } from "./account-api.ts";

export function Limits() {
  const [quotas] = createResource(readQuotas);
  const shown = () => (quotas.error ? [] : (quotas() ?? []).filter(({ metric }) => metric !== "queries"));
  return (
    <Show when={shown().length > 0}>
      <h3>{t("Your limits")}</h3>
      <ul>
        <For each={shown()}>
          {(quota) => (
            <li>
              <p>
                <span>{usedOf(quota)}</span>
                <span class="count">{t("starts again {date}", { date: anewOf(quota) })}</span>
              </p>
              <meter
                max={quota.limit || 1}
                value={quota.limit ? quota.used : 1}
                high={quota.limit * 0.9}
                aria-label={usedOf(quota)}
              />
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}

/** Returns a text such as "3 of 10 pieces today". Rounds `used` up, and rounds `limit` down. */
function usedOf({ metric, per, used, limit }: Quota): string {
  const isDay = per === "day";
  if (metric === "generations")
    return isDay
      ? t("{used} of {limit} pieces today", { used, limit })
      : t("{used} of {limit} pieces this month", { used, limit });
  if (metric === "seconds") {
    const minutes = { used: Math.ceil(used / 60), limit: Math.floor(limit / 60) };
    return isDay
      ? t("{used} of {limit} minutes today", minutes)
      : t("{used} of {limit} minutes this month", minutes);
  }
  const megabytes = { used: Math.ceil(used / 1e6), limit: Math.floor(limit / 1e6) };
  if (metric === "storedBytes")
    return isDay
      ? t("{used} of {limit} MB of new music today", megabytes)
      : t("{used} of {limit} MB of new music this month", megabytes);
  return isDay
    ? t("{used} of {limit} MB sent today", megabytes)
    : t("{used} of {limit} MB sent this month", megabytes);
}

const anewOf = ({ resetsAt }: Quota): string =>
  new Date(resetsAt).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
