// Caches, for half a second, the facts that are needed to serve the sound of a version. The process that deletes a
// version stops serving it immediately. Other processes stop within a second.
import { LRUCache } from "lru-cache";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { type AudioFacts, readAudioFacts } from "../versions/read-version.ts";

/** Throws NOT_FOUND if the version is missing or deleted. */
export type FindAudioFacts = (businessId: string, versionId: string) => Promise<AudioFacts>;

export interface RememberedFacts {
  readonly audioFacts: FindAudioFacts;
  /** Throws NOT_FOUND if the version is missing or deleted, like `audioFacts`. */
  ensureThere(businessId: string, versionId: string): Promise<void>;
  /** Clears the cache of this process. Call `forget` after this process has deleted or restored something. */
  forget(): void;
}

const cachedMs = 500;
const cachedMax = 10_000;

export function createAudioFacts(databases: OpenDatabases): RememberedFacts {
  const cached = new LRUCache<string, AudioFacts>({ max: cachedMax, ttl: cachedMs });
  const there = new LRUCache<string, true>({ max: cachedMax, ttl: cachedMs });
  let timesCleared = 0;

  const read = async (key: string, businessId: string, versionId: string): Promise<AudioFacts> => {
    const before = timesCleared;
    const facts = await readAudioFacts({ databases }, businessId, versionId);
    // If the cache was cleared meanwhile, the version may have been deleted after its facts were read. So the facts are
    // not cached.
    if (timesCleared !== before) return facts;
    there.set(key, true);
    // The facts are cached only if the sound is finished and stored. Until then the facts still change.
    if (facts.objectBytes !== undefined) cached.set(key, facts);
    return facts;
  };

  return {
    async audioFacts(businessId, versionId) {
      const key = `${businessId}/${versionId}`;
      return cached.get(key) ?? (await read(key, businessId, versionId));
    },
    async ensureThere(businessId, versionId) {
      const key = `${businessId}/${versionId}`;
      if (!there.has(key)) await read(key, businessId, versionId);
    },
    forget() {
      timesCleared++;
      cached.clear();
      there.clear();
    },
  };
}
