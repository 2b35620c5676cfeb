// Builds the keys under which finished audio is stored in the object store.
import type { ObjectKey } from "../../ports/object-store/object-store.ts";

export const audioObjectPrefix = "versions/";

export const audioObjectKey = (businessId: string, versionId: string): ObjectKey => ({
  businessId,
  path: `${audioObjectPrefix}${versionId}/audio.mp3`,
});

/** Returns the id of the version whose audio has this path; undefined for any other path. */
export const versionOfObject = (path: string): string | undefined =>
  /^versions\/([^/]+)\/audio\.mp3$/.exec(path)?.[1];
