// What serving a version's sound needs to know, remembered for a second once it can't change any more.
import { LRUCache } from "lru-cache";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import { type AudioFacts, readAudioFacts } from "./read-version.ts";

/** Missing or deleted: NOT_FOUND, at most a second after it was deleted by whichever process. */
export type FindAudioFacts = (businessId: string, versionId: string) => Promise<AudioFacts>;

const rememberedMs = 1_000;
const rememberedMax = 10_000;

export function createAudioFacts(databases: OpenDatabases): FindAudioFacts {
  const remembered = new LRUCache<string, AudioFacts>({ max: rememberedMax, ttl: rememberedMs });
  return async (businessId, versionId) => {
    const key = `${businessId}/${versionId}`;
    const known = remembered.get(key);
    if (known) return known;
    const facts = await readAudioFacts({ databases }, businessId, versionId);
    // Only what is finished and stored: everything else is still on its way.
    if (facts.objectBytes !== undefined) remembered.set(key, facts);
    return facts;
  };
}
