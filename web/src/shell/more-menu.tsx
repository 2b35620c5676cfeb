// Shows the menu of the page: links to the other views, the keyboard shortcuts, and the languages.
import { For, Show } from "solid-js";
import { at } from "../address/at.ts";
import { follow } from "../address/address.ts";
import { Menu } from "../shelf/menu.tsx";
import { chooseLanguage, language, languages, offered } from "../i18n/choose-language.ts";
import { t } from "../i18n/translate.ts";

export default function MoreMenu(props: { onHelp(): void }) {
  return (
    <Menu label={t("More")}>
      <a href={at("/albums")} onClick={follow}>
        {t("Albums")}
      </a>
      <a href={at("/trash")} onClick={follow}>
        {t("Trash")}
      </a>
      <a href={at("/me")} onClick={follow}>
        {t("Your account")}
      </a>
      <button class="for-keys" type="button" onClick={() => props.onHelp()}>
        {t("Keyboard shortcuts")}
      </button>
      <Show when={offered.length > 1}>
        <For each={offered}>
          {(one) => (
            <button
              type="button"
              lang={one}
              aria-current={one === language() ? "true" : undefined}
              onClick={() => chooseLanguage(one)}
            >
              {languages[one]}
            </button>
          )}
        </For>
      </Show>
    </Menu>
  );
}
