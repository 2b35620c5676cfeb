// Translates refusals (error responses of the server) to the language of the console.
import { isServed, t } from "../i18n/translate.ts";
import { isolated } from "./parts/isolated.ts";

export interface Refusal {
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * Translates a refusal to the language of the console:
 * - If the dictionary has the message, the message and the hint are translated.
 * - Otherwise, if the dictionary has the error code, the result is its general text for this code. The server's own
 *   text is added to the hint, because only that text names the field, the table or the limit.
 * - Otherwise, the refusal is returned unchanged.
 */
export function inOwnWords(code: string, { message, hint }: Refusal): Refusal {
  if (isServed(message)) return { message: t(message), hint: hint && t(hint) };
  if (!isServed(code)) return { message, hint };
  const text = isolated([message, hint].filter(Boolean).join(" "));
  return { message: t(code), hint: [t(`${code} hint`), t("The server says: {text}", { text })].join(" ") };
}
