// Sets the headers that every response must have.

/** Browsers must not guess the content type (nosniff), and caches store a response only if the route allows it. */
export function protectAnswer(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
