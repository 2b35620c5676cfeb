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

/** Returns the id of the version if the stream contains the audio of a version, else undefined. */
export const versionOfAudio = ({ path }: StreamKey): string | undefined =>
  /^versions\/([^/]+)\/audio$/.exec(path)?.[1];

/** Returns the request id of the generation if the stream contains the events of a generation, else undefined. */
export const generationOfEvents = ({ path }: StreamKey): string | undefined =>
  /^generations\/([^/]+)\/events$/.exec(path)?.[1];

/** Returns the key of a stream that the business created at a path of its choice. */
export const ownKey = (businessId: string, path: string): StreamKey => ({ businessId, path: `own/${path}` });
