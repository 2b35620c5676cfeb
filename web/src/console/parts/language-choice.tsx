// Lets the person choose the language of the console. The name of each language is written in the
// language itself, such as "Deutsch".
import { For } from "solid-js";
import { language, languages } from "../../i18n/create-languages.ts";
import { type Language, t } from "../../i18n/translate.ts";
import { chooseLanguage, offered } from "../i18n/choose-language.ts";

export const LanguageChoice = () => (
  <select
    aria-label={t("Language")}
    onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
  >
    <For each={offered}>
      {(one) => (
        <option value={one} lang={one} selected={one === language()}>
          {languages[one]}
        </option>
      )}
    </For>
  </select>
);
