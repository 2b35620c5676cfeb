// Parses a query string into parameters. If a name is repeated, its values become a list, in order.
import { AppError } from "../../errors.ts";

export type TextParameters = Readonly<Record<string, string | readonly string[]>>;

const none: TextParameters = Object.freeze({});
const pairsMax = 1_100;

/**
 * Returns the parameters of a URL. A name without "=" has an empty value, and "+" means a space.
 * Throws INVALID_PARAMETER if the query string has more than `pairsMax` parts, or if a name or a
 * value is not percent-encoded UTF-8.
 */
export function readQueryString(url: string): TextParameters {
  const start = url.indexOf("?");
  if (start === -1 || start === url.length - 1) return none;
  const end = url.indexOf("#", start);
  const pairs = url.slice(start + 1, end === -1 ? undefined : end).split("&");
  if (pairs.length > pairsMax) throw unreadable("The query string has too many parts.");
  const parameters: Record<string, string | string[]> = Object.create(null);
  for (const pair of pairs) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? "" : decode(pair.slice(equals + 1));
    const known = parameters[name];
    if (known === undefined) parameters[name] = value;
    else if (typeof known === "string") parameters[name] = [known, value];
    else known.push(value);
  }
  return parameters;
}

function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw unreadable("The query string is not percent-encoded UTF-8.");
  }
}

const unreadable = (message: string) =>
  new AppError("INVALID_PARAMETER", message, { hint: "Encode each value with encodeURIComponent." });
