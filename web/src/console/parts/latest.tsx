// Says below a list that only its latest items are shown.
import { Show } from "solid-js";
import { t } from "../../i18n/translate.ts";

/**
 * `limit` is the maximum number of items that the page requested. If there are fewer items, the list is complete, and
 * nothing is shown.
 */
export const Latest = (props: { readonly items: readonly unknown[]; readonly limit: number }) => (
  <Show when={props.items.length >= props.limit}>
    <p class="empty">{t("The latest {n} are shown.", { n: props.limit })}</p>
  </Show>
);
