// Chooses a language by the Accept-Language header of a request (RFC 9110, 12.5.4).
import { parseAccept } from "hono/utils/accept";

/**
 * Returns the language in `known` that the header prefers; undefined if the header names no
 * language in `known`. Only the first part of a tag counts, for example "de" in "de-AT". So `known`
 * must contain only first parts, in lower case. "*" and languages with `q=0` are ignored. Example:
 * `acceptedLanguage("fr, en;q=0.5, de-AT;q=0.8", ["en", "de"])` is "de".
 */
export function acceptedLanguage<Language extends string>(
  header: string | undefined,
  known: readonly Language[],
): Language | undefined {
  for (const { type, q } of parseAccept(header ?? "")) {
    const primary = type.split("-", 1)[0]?.toLowerCase();
    const language = known.find((one) => one === primary);
    if (language !== undefined && q > 0) return language;
  }
  return undefined;
}
