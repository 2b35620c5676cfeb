// Answers reads of a business's own streams and of the streams of a generation. A read asks for the existing data,
// for a long-poll or for server-sent events.
import type { FindOwned } from "../../generations/ownership.ts";
import type { RememberedFacts } from "../../library/tiers/audio-facts.ts";
import { andThen, type MaybePromise } from "../../maybe-promise.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import { faultResponse } from "../durable-streams/fault.ts";
import { answerHead, answerRead, neverStale, type ReadingDeps, readingOf } from "../durable-streams/read.ts";
import { keyOfOwn, ownStreamsAt } from "../routes/streams/own-streams.ts";
import { businessOf, userOf } from "../wire.ts";
import type { Read, ReadParameters, ReadRequest } from "./read.ts";

export interface StreamReadsDeps extends Omit<ReadingDeps, "limits"> {
  readonly findOwned: FindOwned;
  /** Throws NOT_FOUND if the version is missing or deleted. */
  readonly ensureThere: RememberedFacts["ensureThere"];
}

interface StreamAddress<Parameters extends ReadParameters> extends Pick<Read<Parameters>, "route" | "match"> {
  /**
   * Returns the key of the stream. If the caller is not allowed to read this stream, throws the error that the response
   * reports.
   */
  keyOf(asked: ReadRequest, parameters: Parameters): MaybePromise<StreamKey>;
}

export function createStreamRead<Parameters extends ReadParameters>(
  deps: ReadingDeps,
  { route, match, keyOf }: StreamAddress<Parameters>,
): Read<Parameters> {
  const reading = readingOf(deps);
  return {
    route,
    match,
    answer: (asked, parameters) =>
      andThen(keyOf(asked, parameters), (key) =>
        asked.request.method === "HEAD" ? answerHead(deps.streams, key) : answerRead(reading, asked, key),
      ),
    answerError: faultResponse,
  };
}

export function createStreamReads(deps: StreamReadsDeps): readonly Read[] {
  const { findOwned, ensureThere } = deps;
  const ofGenerations = { ...deps, limits: neverStale };
  return [
    createStreamRead(deps, {
      route: `${ownStreamsAt}*`,
      match: (path) => (path.startsWith(ownStreamsAt) ? { path } : undefined),
      keyOf: ({ caller }, { path }) => keyOfOwn(businessOf(caller, "streams"), path),
    }),
    createStreamRead(ofGenerations, {
      ...generationAddress("chunks"),
      async keyOf({ caller }, { requestId }) {
        const { businessId, versionId } = await findOwned(userOf(caller), requestId);
        await ensureThere(businessId, versionId);
        return audioKey(businessId, versionId);
      },
    }),
    createStreamRead(ofGenerations, {
      ...generationAddress("events"),
      async keyOf({ caller }, { requestId }) {
        const { businessId } = await findOwned(userOf(caller), requestId);
        return eventsKey(businessId, requestId);
      },
    }),
  ];
}

const generationsAt = "/v1/generations/";

function generationAddress(
  stream: "chunks" | "events",
): Pick<Read<{ requestId: string }>, "route" | "match"> {
  const end = `/${stream}`;
  return {
    route: `${generationsAt}:requestId${end}`,
    match(path) {
      if (!path.startsWith(generationsAt) || !path.endsWith(end)) return undefined;
      const requestId = path.slice(generationsAt.length, -end.length);
      return requestId === "" || requestId.includes("/") ? undefined : { requestId };
    },
  };
}
