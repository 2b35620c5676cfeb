// Shows a message in place of the page after an unexpected error of the page. The button opens the
// start page.
import { t } from "../i18n/translate.ts";
import { at } from "../address/at.ts";

export const Stopped = () => (
  <main class="stopped">
    <h1>{t("This page has stopped working.")}</h1>
    <p>{t("Your pieces are safe. Load the page again to go on.")}</p>
    <button class="solid" type="button" onClick={() => location.assign(at("/"))}>
      {t("Load again")}
    </button>
  </main>
);
