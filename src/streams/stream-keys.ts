// Builds the stream paths of versions, generations and a business's own streams.
import type { StreamKey } from "../ports/chunk-store/chunk-store.ts";

export const versionsPrefix = "versions/";
export const eventsPrefix = "generations/";

export const audioKey = (businessId: string, versionId: string): StreamKey => ({
  businessId,
  path: `${versionsPrefix}${versionId}/audio`,
});

export const eventsKey = (businessId: string, requestId: string): StreamKey => ({
  businessId,
  path: `${eventsPrefix}${requestId}/events`,
});

/** The version whose audio this is; undefined for every other stream. */
export const versionOfAudio = ({ path }: StreamKey): string | undefined =>
  /^versions\/([^/]+)\/audio$/.exec(path)?.[1];

/** The generation whose events these are; undefined for every other stream. */
export const generationOfEvents = ({ path }: StreamKey): string | undefined =>
  /^generations\/([^/]+)\/events$/.exec(path)?.[1];

/** A stream that the business created itself, at a path of its choice. */
export const ownKey = (businessId: string, path: string): StreamKey => ({ businessId, path: `own/${path}` });
