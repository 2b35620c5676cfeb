// Compares the If-None-Match header of a request with the ETag of an answer (RFC 9110, 13.1.2).

/** Whether the client has this representation already. An empty ETag never matches. Example: `hasCopy('W/"a", "b"', '"a"')` is true. */
export function hasCopy(ifNoneMatch: string | null | undefined, etag: string): boolean {
  if (ifNoneMatch === null || ifNoneMatch === undefined || etag === "") return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === "*") return true;
  const wanted = opaqueOf(etag);
  for (const [tag] of ifNoneMatch.matchAll(tags)) if (opaqueOf(tag) === wanted) return true;
  return false;
}

/** The text within the quotes may contain commas, so a list can't be split at them. */
const tags = /(?:W\/)?"[^"]*"/g;

/** The comparison is weak: the prefix W/ doesn't count. */
const opaqueOf = (tag: string): string => (tag.startsWith("W/") ? tag.slice(2) : tag);
