// Serves a finished version from its object, also in ranges. If the store can send the bytes
// itself, the bytes don't pass through this process.
import { LRUCache } from "lru-cache";
import type { ObjectLinks } from "../../ports/object-store/object-links.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { type AudioAnswer, type AudioRequest, boundsOf } from "../../streams/audio/audio-window.ts";
import { parseRange } from "../../streams/protocol/byte-range.ts";
import type { AudioJobData } from "../../jobs/audio-job-data.ts";
import { audioObjectKey } from "./object-keys.ts";
import { reportDamage, type ReportDamageDeps } from "./report-damage.ts";
import { openWholeObject } from "./whole-objects.ts";

export interface StoredAudioDeps extends ReportDamageDeps {
  readonly objects: Pick<ObjectStore, "read" | "head"> | undefined;
  /** If given, GET requests are redirected to the store itself. */
  readonly objectLinks: ObjectLinks | undefined;
}

export interface StoredAudio extends AudioJobData {
  readonly bytes: number;
  readonly etag: string;
}

export type AnswerStoredAudio = (
  stored: StoredAudio,
  request: AudioRequest,
) => Promise<AudioAnswer | undefined>;

/** How long an opened object stays cached. Caching helps because a player requests one range after another. */
const openedMs = 1_000;
const openedMax = 1_000;

/** The lifetime of a link. A player uses the same URL for the entire piece. */
const linkSeconds = 3_600;

/**
 * Returns a function that serves stored audio. If this function returns undefined, the caller has to read the audio
 * from its stream. The function returns undefined in these cases:
 * - There is no object store.
 * - The object is missing or damaged. Such an object is also reported (`reportDamage`).
 * - The store returns the object as a stream and not as a Blob. A bucket does this.
 *
 * Without `objectLinks`, an unsatisfiable range throws RANGE_NOT_SATISFIABLE. HEAD does not access the object.
 */
export function createStoredAudio(deps: StoredAudioDeps): AnswerStoredAudio {
  const opened = new LRUCache<string, Blob | "apart">({ max: openedMax, ttl: openedMs });

  const open = async (objects: Pick<ObjectStore, "read">, stored: StoredAudio): Promise<Blob | undefined> => {
    const name = `${stored.businessId}/${stored.versionId}`;
    const known = opened.get(name);
    if (known) return known === "apart" ? undefined : known;
    const object = await openWholeObject(objects, stored, stored.bytes);
    if (!object) return void (await reportDamage(deps, stored));
    const { body } = object;
    opened.set(name, body instanceof Blob ? body : "apart");
    return body instanceof Blob ? body : void (await body.cancel());
  };

  /**
   * Checks that the object exists before it returns a link. Otherwise the player could get an error from the store, and
   * this process would not learn of this error.
   */
  const linkTo = async (links: ObjectLinks, stored: StoredAudio): Promise<string | undefined> => {
    const key = audioObjectKey(stored.businessId, stored.versionId);
    const facts = await deps.objects?.head(key);
    if (facts?.bytes !== stored.bytes) return void (await reportDamage(deps, stored));
    return links.readLink(key, { expiresInSeconds: linkSeconds, contentType: "audio/mpeg" });
  };

  return async (stored, request) => {
    if (!deps.objects) return undefined;
    const { bytes, etag } = stored;
    const headers = {
      "content-type": "audio/mpeg",
      "accept-ranges": "bytes",
      etag,
      // A cache has to revalidate its copy each time, so that deleted sound is no longer played.
      "cache-control": "private, no-cache",
    };
    if (request.hasCopy(etag)) return { status: 304, headers, body: null };
    const length = (size: number) => ({ ...headers, "content-length": String(size) });
    if (request.isHead) return { status: 200, headers: length(bytes), body: null };
    if (deps.objectLinks) {
      const location = await linkTo(deps.objectLinks, stored);
      if (!location) return undefined;
      return { status: 302, headers: { location, "cache-control": "private, no-cache" }, body: null };
    }
    const isFresh = request.ifRange === undefined || request.ifRange === etag;
    const asked = isFresh ? parseRange(request.range) : undefined;
    const { first, last = bytes - 1 } = asked ? boundsOf(asked, bytes) : { first: 0 };
    const whole = await open(deps.objects, stored);
    if (!whole) return undefined;
    if (!asked) return { status: 200, headers: length(bytes), body: whole };
    return {
      status: 206,
      headers: { ...length(last + 1 - first), "content-range": `bytes ${first}-${last}/${bytes}` },
      body: whole.slice(first, last + 1),
    };
  };
}
