// Translates refusals (error responses of the server) to the language of the console.
import { isServed, t } from "../i18n/translate.ts";
import { isolated } from "./parts/isolated.ts";

export interface Refusal {
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * Translates a refusal to the language of the console. If the dictionary lacks the message, returns the dictionary's
 * message and hint for the error code. The untranslated texts of the server are added to this hint, because only they
 * name the field, the table or the limit. If the dictionary lacks the code too, returns the refusal unchanged.
 */
export function inOwnWords(code: string, { message, hint }: Refusal): Refusal {
  if (isServed(message)) return { message: t(message), hint: hint && t(hint) };
  if (!isServed(code)) return { message, hint };
  const text = isolated([message, hint].filter(Boolean).join(" "));
  return { message: t(code), hint: [t(`${code} hint`), t("The server says: {text}", { text })].join(" ") };
}
