// Parses the Range header of a request (RFC 9110, section 14) for a single range of bytes.

export type ByteRange =
  | { readonly kind: "from"; readonly first: number; readonly last?: number }
  | { readonly kind: "suffix"; readonly length: number };

/** Enough for two numbers of 15 digits and some blanks. The limit is needed because the pattern's time is quadratic in the blanks. */
const headerCharactersMax = 100;

/** Undefined if the header is missing, malformed, not in bytes or lists several ranges: then the whole content is sent. */
export function parseRange(header: string | undefined): ByteRange | undefined {
  if (header === undefined || header.length > headerCharactersMax) return undefined;
  const [, first = "", last = ""] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header) ?? [];
  if (first === "") return last === "" ? undefined : { kind: "suffix", length: Number(last) };
  if (last === "") return { kind: "from", first: Number(first) };
  return Number(last) < Number(first)
    ? undefined
    : { kind: "from", first: Number(first), last: Number(last) };
}
