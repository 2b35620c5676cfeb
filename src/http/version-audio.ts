// A version's sound for its owner and for whoever holds a signed link: what the router and the short way both answer with.
import { LRUCache } from "lru-cache";
import type { Caller } from "../accounts/caller.ts";
import { createAudioFacts } from "../library/audio-facts.ts";
import { businessOfLink, findAudio, type FindAudioDeps, type FoundAudio } from "../library/find-audio.ts";
import { createStoredAudio, type StoredAudioDeps } from "../library/stored-audio.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import { answerAudio } from "./routes/audio.ts";
import { userOf } from "./wire.ts";

export type VersionAudioDeps = Omit<FindAudioDeps, "audioFacts"> &
  StoredAudioDeps & { readonly databases: OpenDatabases };

export interface VersionAudio {
  /** Errors: NOT_FOUND, UNAUTHENTICATED, FORBIDDEN. */
  find(request: Request, versionId: string, caller: Caller | undefined): Promise<FoundAudio>;
  /** Answers GET and HEAD. */
  answer(
    request: Request,
    versionId: string,
    caller: Caller | undefined,
    requestId: string,
  ): Promise<Response>;
}

/** A player asks for one range after another with the same link: what it opens is remembered so long. */
const linkRememberedMs = 1_000;
const linksMax = 10_000;

export function createVersionAudio(given: VersionAudioDeps): VersionAudio {
  const deps = { ...given, audioFacts: createAudioFacts(given.databases) };
  const storedAudio = createStoredAudio(deps);
  const linked = new LRUCache<string, string>({ max: linksMax, ttl: linkRememberedMs });

  const businessOf = async (versionId: string, query: string): Promise<string> => {
    const link = `${versionId}?${query}`;
    const known = linked.get(link);
    if (known !== undefined) return known;
    const businessId = await businessOfLink(deps.registry, versionId, new URLSearchParams(query));
    linked.set(link, businessId);
    return businessId;
  };

  /** A signed link counts before any credential: it may be opened by whoever holds it. */
  const find = async ({ url }: Request, versionId: string, caller: Caller | undefined) => {
    const query = queryOf(url);
    const who = /(^|&)signature=/.test(query)
      ? { businessId: await businessOf(versionId, query) }
      : userOf(caller);
    return findAudio(deps, versionId, who);
  };

  return {
    find,
    async answer(request, versionId, caller, requestId) {
      const audio = await find(request, versionId, caller);
      const { stored } = audio;
      const fromObject = stored && ((asked: Parameters<typeof storedAudio>[1]) => storedAudio(stored, asked));
      return answerAudio(deps, request, requestId, { ...audio, fromObject });
    },
  };
}

function queryOf(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start + 1);
}
