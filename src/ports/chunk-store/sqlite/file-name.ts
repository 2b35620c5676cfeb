// Creates a unique file name for any business id, even on a file system that ignores case.
import { createHash } from "node:crypto";

/**
 * An id of at most 64 lower-case letters, digits and dashes is used as the file name, unless it begins with a dash. Any
 * other id is replaced by its hash.
 */
export const fileNameOf = (businessId: string): string =>
  /^[a-z0-9][a-z0-9-]{0,63}$/.test(businessId)
    ? `${businessId}.db`
    : `~${createHash("sha256").update(businessId).digest("hex")}.db`;
