// Where each thing's stream lies among a business's streams.
import type { StreamKey } from "../ports/chunk-store/chunk-store.ts";

export const audioKey = (businessId: string, versionId: string): StreamKey => ({
  businessId,
  path: `versions/${versionId}/audio`,
});

export const eventsKey = (businessId: string, requestId: string): StreamKey => ({
  businessId,
  path: `generations/${requestId}/events`,
});

/** A stream that the business made for itself, at a path of its choosing. */
export const ownKey = (businessId: string, path: string): StreamKey => ({ businessId, path: `own/${path}` });
