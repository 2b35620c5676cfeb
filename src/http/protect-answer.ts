// What every answer carries, whoever gives it.

/** An answer is taken for what it says it is, and kept by no cache unless the route says how long it may. */
export function protectAnswer(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
