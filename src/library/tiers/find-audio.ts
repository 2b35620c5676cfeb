// Finds the sound of a version for its owner, or for the holder of a signed link.
import type { UserCaller } from "../../accounts/caller.ts";
import { isOldLink, verifyLink } from "../../accounts/links.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { AppError, notFound } from "../../errors.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import type { Streams } from "../../streams/streams.ts";
import type { FindAudioFacts } from "./audio-facts.ts";
import type { AudioFacts } from "../versions/read-version.ts";
import type { StoredAudio } from "./stored-audio.ts";

export interface FindAudioDeps {
  readonly registry: BusinessRegistry;
  readonly audioFacts: FindAudioFacts;
  readonly streams: Streams;
}

export interface FoundAudio {
  readonly key: StreamKey;
  readonly userId: string;
  readonly plannedBytes: number | undefined;
  readonly durationMs: number | undefined;
  readonly etag: string;
  readonly stored: StoredAudio | undefined;
}

/**
 * Returns the id of the business of the link. If the link is altered, has expired or belongs to another version, throws
 * NOT_FOUND, as for a missing version.
 */
export async function businessOfLink(
  registry: BusinessRegistry,
  versionId: string,
  query: URLSearchParams,
): Promise<string> {
  const business = await verifyLink(registry, versionId, query);
  // An expired link was probably valid earlier, so it isn't counted as a wrong credential. This is decided without
  // a check of its signature.
  if (!business) throw notFound("version", { isWrongCredential: !isOldLink(query) });
  return business.id;
}

const planWaitMs = 25_000;

/**
 * Finds the audio of a version. If the generation has not started, waits until the plan is stored,
 * because the plan contains the total length, which a player needs in the first response. After 25
 * seconds, returns without the length. If `who` is not a user, the owner of the version is not
 * checked.
 * Errors: NOT_FOUND (the version is missing, deleted or belongs to another user), UNAVAILABLE (the
 * server shuts down).
 */
export async function findAudio(
  deps: FindAudioDeps,
  versionId: string,
  who: { readonly businessId: string } | UserCaller,
): Promise<FoundAudio> {
  const { businessId } = who;
  const facts = await deps.audioFacts(businessId, versionId);
  if ("userId" in who && facts.userId !== who.userId) throw notFound("version");
  const key = audioKey(businessId, versionId);
  if (facts.plannedBytes !== undefined || facts.objectBytes !== undefined) return foundOf(key, facts);
  await untilBegun(deps.streams, key);
  return foundOf(key, await deps.audioFacts(businessId, versionId));
}

function foundOf(
  key: StreamKey,
  { versionId, userId, plannedBytes, durationMs, objectBytes: bytes }: AudioFacts,
): FoundAudio {
  // The ETag is the version's id, because the bytes of a version never change and are the same in every store.
  const etag = `"${versionId}"`;
  const { businessId } = key;
  const stored = bytes === undefined ? undefined : { businessId, versionId, bytes, etag };
  return { key, userId, plannedBytes, durationMs, etag, stored };
}

/** Waits for the first chunk, because the plan is stored before the first chunk. */
async function untilBegun(streams: Streams, key: StreamKey): Promise<void> {
  const follower = await streams.follow(key, 0);
  if (!follower) return;
  let isClosing = false;
  const stay = streams.whenClosing(() => {
    isClosing = true;
    follower.leave();
  });
  try {
    await follower.next(1, planWaitMs);
    if (isClosing)
      throw new AppError("UNAVAILABLE", "The server is shutting down.", { retryAfterSeconds: 1 });
  } finally {
    stay();
    follower.leave();
  }
}
