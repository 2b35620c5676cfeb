// Sets the headers that every response has.

/** Browsers must not guess another content type (nosniff), and caches store nothing unless the route allows it. */
export function protectAnswer(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
