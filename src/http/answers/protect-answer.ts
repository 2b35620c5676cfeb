// Sets the headers that every response must have.

/**
 * Browsers must not guess the content type (nosniff). If the route has set no Cache-Control, no
 * cache is allowed to store the response.
 */
export function protectAnswer(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
