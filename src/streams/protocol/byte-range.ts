// The Range header of one request (RFC 9110, section 14), as far as it matters for a single file.

export type ByteRange =
  | { readonly kind: "from"; readonly first: number; readonly last?: number }
  | { readonly kind: "suffix"; readonly length: number };

/** Enough for two numbers of 15 digits and some blanks; the pattern takes time quadratic in the blanks. */
const headerCharactersMax = 100;

/** Undefined when there is none, it is not in bytes, is malformed or asks for several parts: the whole is answered then. */
export function parseRange(header: string | undefined): ByteRange | undefined {
  if (header === undefined || header.length > headerCharactersMax) return undefined;
  const [, first = "", last = ""] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header) ?? [];
  if (first === "") return last === "" ? undefined : { kind: "suffix", length: Number(last) };
  if (last === "") return { kind: "from", first: Number(first) };
  return Number(last) < Number(first)
    ? undefined
    : { kind: "from", first: Number(first), last: Number(last) };
}
