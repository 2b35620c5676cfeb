// Finds the SQLSTATE of a Postgres error or of its causes.

/** Returns the SQLSTATE of the error or of one of its causes, or "" if there is none. */
export function sqlStateOf(err: unknown): string {
  for (let at = err; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && /^[0-9A-Z]{5}$/.test(at.code)) return at.code;
  }
  return "";
}
