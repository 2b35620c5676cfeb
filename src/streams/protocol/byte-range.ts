// Parses the Range header of a request (RFC 9110, section 14). Only a single range of bytes is supported.

export type ByteRange =
  | { readonly kind: "from"; readonly first: number; readonly last?: number }
  | { readonly kind: "suffix"; readonly length: number };

/**
 * The maximum length of the header: enough for two numbers of 15 digits and some spaces. Without a limit, a header with
 * thousands of spaces would block the process, because the time of the regular expression grows with the square of
 * their number.
 */
const headerCharactersMax = 100;

/**
 * Returns undefined if the header is missing, malformed or too long, is not in bytes, or lists several ranges. In these
 * cases, the caller sends the entire content. The range is not compared with the size of the content.
 */
export function parseRange(header: string | undefined): ByteRange | undefined {
  if (header === undefined || header.length > headerCharactersMax) return undefined;
  const [, first = "", last = ""] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header) ?? [];
  if (first === "") return last === "" ? undefined : { kind: "suffix", length: Number(last) };
  if (last === "") return { kind: "from", first: Number(first) };
  return Number(last) < Number(first)
    ? undefined
    : { kind: "from", first: Number(first), last: Number(last) };
}
