// Builds the paths of the streams of versions and generations, and of the streams that a business creates itself.
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

/** Returns the version to which the audio of this stream belongs; undefined for every other stream. */
export const versionOfAudio = ({ path }: StreamKey): string | undefined =>
  /^versions\/([^/]+)\/audio$/.exec(path)?.[1];

/** Returns the generation to which the events of this stream belong; undefined for every other stream. */
export const generationOfEvents = ({ path }: StreamKey): string | undefined =>
  /^generations\/([^/]+)\/events$/.exec(path)?.[1];

/** Returns the key of a stream that the business created at a path of its choice. */
export const ownKey = (businessId: string, path: string): StreamKey => ({ businessId, path: `own/${path}` });
