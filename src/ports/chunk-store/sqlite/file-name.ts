// A file name for any business id: no two ids share one, on a file system that ignores case too.
import { createHash } from "node:crypto";

/** Ids of small letters, digits and dashes keep their name; every other one is told by its hash. */
export const fileNameOf = (businessId: string): string =>
  /^[a-z0-9][a-z0-9-]{0,63}$/.test(businessId)
    ? `${businessId}.db`
    : `~${createHash("sha256").update(businessId).digest("hex")}.db`;
