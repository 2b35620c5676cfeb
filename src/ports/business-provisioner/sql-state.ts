// The five characters by which Postgres says what it refuses, however deep an error holds them.

/** Of the error or of what caused it; "" where there is none. */
export function sqlStateOf(err: unknown): string {
  for (let at = err; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && /^[0-9A-Z]{5}$/.test(at.code)) return at.code;
  }
  return "";
}
