// Parses the address of a server that makes audio, with its path and its parameters.

export interface FarAddress {
  /** The address with its path, without parameters and without a slash at the end. */
  readonly base: string;
  readonly parameters: URLSearchParams;
}

/**
 * Returns undefined in these cases:
 * - `text` is not an address with one of the allowed schemes, such as "https" (without a colon).
 * - The address contains a user or a password.
 * - The address has a parameter that is not allowed.
 */
export function findFarAddress(
  text: string,
  allowed: { readonly schemes: readonly string[]; readonly parameters: readonly string[] },
): FarAddress | undefined {
  const url = URL.parse(text);
  if (url === null || url.host === "" || !allowed.schemes.includes(url.protocol.slice(0, -1)))
    return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  if ([...url.searchParams.keys()].some((name) => !allowed.parameters.includes(name))) return undefined;
  const base = `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  return { base, parameters: url.searchParams };
}
