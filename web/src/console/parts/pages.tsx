// Shows buttons that lead to the newer and the older page of a list.
import { Show } from "solid-js";
import { t } from "../../i18n/translate.ts";

/**
 * `pages` contains the cursor of the second page, of the third page, and so on, up to the shown
 * page. So `pages` is empty when the first page is shown. `next` is the cursor of the page after
 * the shown page, or null if there is no such page. When a button is pressed, `onPages`
 * gets the value that `pages` must have to show the newer or the older page.
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
