// Chooses the words for a refusal of the server in the language of the console.
import { isServed, t } from "../i18n/translate.ts";
import { isolated } from "./parts/isolated.ts";

export interface Refusal {
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * Translates a refusal to the language of the console. If the dictionary lacks the message, it may have a text for the
 * error code. The server's own sentence is added to this text, because only that sentence names the field, the table or
 * the limit.
 */
export function inOwnWords(code: string, { message, hint }: Refusal): Refusal {
  if (isServed(message)) return { message: t(message), hint: hint && t(hint) };
  if (!isServed(code)) return { message, hint };
  const text = isolated([message, hint].filter(Boolean).join(" "));
  return { message: t(code), hint: [t(`${code} hint`), t("The server says: {text}", { text })].join(" ") };
}
