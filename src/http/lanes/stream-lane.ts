// The short way of reading a stream: catching up, by long-poll and by events, of a business's own streams and of a generation's.
import type { AddressSource } from "../middleware/address.ts";
import type { Caller } from "../../accounts/caller.ts";
import type { FindOwned } from "../../generations/ownership.ts";
import type { RememberedFacts } from "../../library/tiers/audio-facts.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import type { Streams } from "../../streams/streams.ts";
import { faultResponse } from "../durable-streams/fault.ts";
import { answerRead, createReading, neverStale } from "../durable-streams/read.ts";
import type { LiveAnswers } from "../live-answers.ts";
import { keyOfOwn, ownStreamsAt } from "../routes/own-streams.ts";
import type { ShortWay } from "./short-way.ts";
import { businessOf, userOf } from "../wire.ts";

export interface StreamLaneDeps {
  readonly streams: Streams;
  readonly findOwned: FindOwned;
  /** Throws NOT_FOUND for a missing or deleted version. */
  readonly ensureThere: RememberedFacts["ensureThere"];
  readonly live: LiveAnswers;
}

type KeyOf = (caller: Caller | undefined) => StreamKey | Promise<StreamKey>;

/** undefined: not a read of a stream, the router knows the way. */
export function createStreamLane(
  { streams, findOwned, ensureThere, live }: StreamLaneDeps,
  shortWay: ShortWay,
) {
  const readingOwn = createReading(streams, {}, live);
  const readingGenerations = createReading(streams, neverStale, live);

  const placeOf = (path: string): readonly [route: string, keyOf: KeyOf] | undefined => {
    if (path.startsWith(ownStreamsAt))
      return [`${ownStreamsAt}*`, (caller) => keyOfOwn(businessOf(caller), path)];
    if (!path.startsWith("/v1/generations/")) return undefined;
    const [, requestId = "", what] = /^\/v1\/generations\/([\w-]+)\/(chunks|events)$/.exec(path) ?? [];
    if (what === undefined) return undefined;
    return [
      `/v1/generations/:requestId/${what}`,
      async (caller) => {
        const { businessId, versionId } = await findOwned(userOf(caller), requestId);
        if (what === "events") return eventsKey(businessId, requestId);
        await ensureThere(businessId, versionId);
        return audioKey(businessId, versionId);
      },
    ];
  };

  return (
    request: Request,
    path: string,
    source?: AddressSource,
  ): Response | Promise<Response> | undefined => {
    const [route, keyOf] = placeOf(path) ?? [];
    if (route === undefined || keyOf === undefined) return undefined;
    const reading = path.startsWith(ownStreamsAt) ? readingOwn : readingGenerations;
    return shortWay(request, source, {
      route,
      path,
      faultOf: faultResponse,
      answer(caller) {
        const key = keyOf(caller);
        const asked = { request, source, caller };
        return key instanceof Promise
          ? key.then((known) => answerRead(reading, asked, known))
          : answerRead(reading, asked, key);
      },
    });
  };
}
