// Creates a unique file name for any business id, even on a file system that ignores case.
import { createHash } from "node:crypto";

/**
 * An id is used unchanged if it has at most 64 lower-case letters, digits and dashes, and begins with a letter or a
 * digit. Any other id is replaced by its hash.
 */
export const fileNameOf = (businessId: string): string =>
  /^[a-z0-9][a-z0-9-]{0,63}$/.test(businessId)
    ? `${businessId}.db`
    : `~${createHash("sha256").update(businessId).digest("hex")}.db`;
