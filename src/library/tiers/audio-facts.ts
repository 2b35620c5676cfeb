// Caches the facts that serving a version's sound needs for half a second: a deleted version is not found at once in the process that
// deleted it, and within a second in others.
import { LRUCache } from "lru-cache";
import type { OpenDatabases } from "../../businesses/open-databases.ts";
import { type AudioFacts, readAudioFacts } from "../versions/read-version.ts";

/** Throws NOT_FOUND for a missing or deleted version. */
export type FindAudioFacts = (businessId: string, versionId: string) => Promise<AudioFacts>;

export interface RememberedFacts {
  readonly audioFacts: FindAudioFacts;
  /** Throws NOT_FOUND for a missing or deleted version, like `audioFacts`. */
  ensureThere(businessId: string, versionId: string): Promise<void>;
  /** Clears the cache; call it when this process has deleted or restored something. */
  forget(): void;
}

const rememberedMs = 500;
const rememberedMax = 10_000;

export function createAudioFacts(databases: OpenDatabases): RememberedFacts {
  const remembered = new LRUCache<string, AudioFacts>({ max: rememberedMax, ttl: rememberedMs });
  const there = new LRUCache<string, true>({ max: rememberedMax, ttl: rememberedMs });
  let timesForgotten = 0;

  const read = async (key: string, businessId: string, versionId: string): Promise<AudioFacts> => {
    const before = timesForgotten;
    const facts = await readAudioFacts({ databases }, businessId, versionId);
    // The version may have been deleted after it was read.
    if (timesForgotten !== before) return facts;
    there.set(key, true);
    // Only what is finished and stored: everything else is still on its way.
    if (facts.objectBytes !== undefined) remembered.set(key, facts);
    return facts;
  };

  return {
    async audioFacts(businessId, versionId) {
      const key = `${businessId}/${versionId}`;
      return remembered.get(key) ?? (await read(key, businessId, versionId));
    },
    async ensureThere(businessId, versionId) {
      const key = `${businessId}/${versionId}`;
      if (!there.has(key)) await read(key, businessId, versionId);
    },
    forget() {
      timesForgotten++;
      remembered.clear();
      there.clear();
    },
  };
}
