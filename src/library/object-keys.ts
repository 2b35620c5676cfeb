// Where a version's finished audio lies among a business's objects.
import type { ObjectKey } from "../ports/object-store/object-store.ts";

export const audioObjectKey = (businessId: string, versionId: string): ObjectKey => ({
  businessId,
  path: `${audioObjectPrefix}${versionId}/audio.mp3`,
});

export const audioObjectPrefix = "versions/";
