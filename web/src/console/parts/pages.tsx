// Shows buttons that lead to the newer and the older page of a list.
import { Show } from "solid-js";
import { t } from "../../i18n/translate.ts";

/**
 * `pages` contains the cursors of all pages from the second to the shown page. For the first page, it is empty. `next`
 * is the cursor of the page after the shown page, or null on the last page. When a button is pressed, `onPages` gets
 * the new value of `pages`. For the newer page, the last cursor is removed. For the older page, `next` is appended.
 */
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
        <button
          class="link"
          type="button"
          // After a press, the button has the same cursor until the page has arrived. During this time, a second press
          // is ignored.
          onClick={() => next() !== props.pages.at(-1) && props.onPages([...props.pages, next()])}
        >
          {t("Older")}
        </button>
      )}
    </Show>
  </p>
);
