// Shows buttons that lead to the newer and the older page of a list.
import { Show } from "solid-js";
import { t } from "../../i18n/translate.ts";

/** `pages` are the cursors of the pages after the first one, up to the shown page. `next` is the next page's cursor. */
export const Pages = (props: {
  readonly pages: readonly string[];
  readonly next: string | null;
  onPages(pages: readonly string[]): void;
}) => (
  <p class="choices">
    <Show when={props.pages.length}>
      <button class="link" type="button" onClick={() => props.onPages(props.pages.slice(0, -1))}>
        {t("Newer")}
      </button>
    </Show>
    <Show when={props.next}>
      {(next) => (
        <button class="link" type="button" onClick={() => props.onPages([...props.pages, next()])}>
          {t("Older")}
        </button>
      )}
    </Show>
  </p>
);
