// Translates refusals (error responses of the server) to the language of the console.
import { isServed, t } from "../i18n/translate.ts";
import { isolated } from "./parts/isolated.ts";

export interface Refusal {
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * Translates a refusal to the language of the console. If the dictionary lacks the message, returns the dictionary's
 * message and hint for the error code, and adds the untranslated message and hint of the server to this hint. Only the
 * server's texts name the field, the table or the limit. If the dictionary lacks the code too, returns the refusal
 * unchanged.
 */
export function inOwnWords(code: string, { message, hint }: Refusal): Refusal {
  if (isServed(message)) return { message: t(message), hint: hint && t(hint) };
  if (!isServed(code)) return { message, hint };
  const text = isolated([message, hint].filter(Boolean).join(" "));
  return { message: t(code), hint: [t(`${code} hint`), t("The server says: {text}", { text })].join(" ") };
}
