// Shows the view for an unknown address, and for a piece or an album that does not exist. `what`
// replaces the heading.
import { at } from "../address/at.ts";
import { follow } from "../address/address.ts";
import { t } from "../i18n/translate.ts";

export default function Missing(props: { what?: string }) {
  return (
    <section class="library">
      <h2>{props.what ?? t("There is no such page.")}</h2>
      <p class="empty">{t("It may have been deleted, or the address may be mistyped.")}</p>
      <a class="link" href={at("/")} onClick={follow}>
        {t("Go to your pieces")}
      </a>
    </section>
  );
}
