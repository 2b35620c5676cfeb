// Serves the audio of a version to its owner, and to players with a signed link.
import { LRUCache } from "lru-cache";
import type { Caller } from "../../accounts/caller.ts";
import { type Fact, isFresh } from "../../businesses/fresh-facts.ts";
import {
  businessOfLink,
  findAudio,
  type FindAudioDeps,
  type FoundAudio,
} from "../../library/tiers/find-audio.ts";
import { createStoredAudio, type StoredAudioDeps } from "../../library/tiers/stored-audio.ts";
import { createOpenWhole, type StreamedAudioDeps } from "../../library/tiers/streamed-audio.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { answerAudio } from "./answer-audio.ts";
import type { LiveUsage } from "../../usage/live-usage.ts";
import { countServed } from "../answers/count-served.ts";
import { userOf } from "../wire.ts";

export type VersionAudioDeps = FindAudioDeps &
  StoredAudioDeps &
  StreamedAudioDeps & {
    readonly databases: OpenDatabases;
    readonly usage: Pick<LiveUsage, "countServed" | "refuseServing">;
  };

export interface VersionAudio {
  /**
   * If the generation has not started, waits for its plan. After 25 seconds, returns without the
   * length of the audio. Errors: NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE.
   */
  find(request: Request, versionId: string, caller: Caller | undefined): Promise<FoundAudio>;
  /** Answers GET and HEAD. Errors: those of `find`, those of `answerAudio`, and QUOTA_REACHED. */
  answer(
    request: Request,
    versionId: string,
    caller: Caller | undefined,
    requestId: string,
  ): Promise<Response>;
}

const linksMax = 10_000;

/**
 * A signed link whose signature was checked. The result of the check is cached, because a player requests many ranges
 * with the same link. The link is checked again when the cached state of its business has expired.
 */
interface OpenedLink {
  readonly businessId: string;
  readonly business: Fact<unknown>;
  readonly expiresAtMs: number;
}

export function createVersionAudio(given: VersionAudioDeps): VersionAudio {
  const deps = {
    ...given,
    openWhole: createOpenWhole(given),
  };
  const storedAudio = createStoredAudio(deps);
  const linked = new LRUCache<string, OpenedLink>({ max: linksMax });

  const businessOf = async (versionId: string, query: string): Promise<string> => {
    const link = `${versionId}?${query}`;
    const known = linked.get(link);
    if (known !== undefined && isFresh(known.business) && known.expiresAtMs > Date.now())
      return known.businessId;
    const parameters = new URLSearchParams(query);
    const businessId = await businessOfLink(deps.registry, versionId, parameters);
    const business = await deps.registry.factById(businessId);
    linked.set(link, { businessId, business, expiresAtMs: Number(parameters.get("expires")) * 1000 });
    return businessId;
  };

  /** If the URL is a signed link, credentials are ignored, because the link alone gives access. */
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
      const { stored, userId } = audio;
      const { businessId } = audio.key;
      deps.usage.refuseServing(businessId, userId);
      const fromObject = stored && ((asked: Parameters<typeof storedAudio>[1]) => storedAudio(stored, asked));
      const answered = await answerAudio(deps, request, requestId, { ...audio, fromObject });
      return countServed(deps.usage, request, { businessId, userId }, answered);
    },
  };
}

function queryOf(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start + 1);
}
