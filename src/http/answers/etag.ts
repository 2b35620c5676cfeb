// Compares the If-None-Match header of a request with the ETag of a response (RFC 9110, 13.1.2).

/**
 * Whether the client already has the content with this ETag. The header `*` matches every ETag. If `etag` is the empty
 * string, the result is always false. Example: `hasCopy('W/"a", "b"', '"a"')` is true.
 */
export function hasCopy(ifNoneMatch: string | null | undefined, etag: string): boolean {
  if (ifNoneMatch === null || ifNoneMatch === undefined || etag === "") return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === "*") return true;
  const wanted = opaqueOf(etag);
  for (const [tag] of ifNoneMatch.matchAll(tags)) if (opaqueOf(tag) === wanted) return true;
  return false;
}

/**
 * The pattern of one ETag. A list of ETags can't be split at commas, because an ETag can contain commas between its
 * quotes.
 */
const tags = /(?:W\/)?"[^"]*"/g;

/** Returns the ETag without the prefix W/, because the comparison is weak. */
const opaqueOf = (tag: string): string => (tag.startsWith("W/") ? tag.slice(2) : tag);
