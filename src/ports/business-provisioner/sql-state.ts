// Finds the SQLSTATE of a Postgres error, which another error can have as its cause.

/**
 * Returns the first SQLSTATE in the error and its chain of causes, or "" if there is none. Another
 * code of five capital letters or digits, such as EPIPE, is returned like a SQLSTATE.
 */
export function sqlStateOf(err: unknown): string {
  for (let at = err; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && /^[0-9A-Z]{5}$/.test(at.code)) return at.code;
  }
  return "";
}
