// The short ways of the GETs that most requests are, tried one after the other; whatever else comes is the router's.
import { createCachedAnswers } from "../../queries/run/cached-answers.ts";
import type { AddressSource } from "../middleware/address.ts";
import type { VersionAudio } from "../audio/version-audio.ts";
import { urlLengthMax } from "../middleware/limit-url.ts";
import { createAudioLane } from "./audio-lane.ts";
import { createQueryLane, type QueryLaneDeps } from "./query-lane.ts";
import { createShortWay, type ShortWayDeps } from "./short-way.ts";
import { createStreamLane, type StreamLaneDeps } from "./stream-lane.ts";

export interface LanesDeps extends ShortWayDeps, StreamLaneDeps, Omit<QueryLaneDeps, "answers"> {
  readonly audio: VersionAudio;
}

/** undefined: the router knows the way. */
export function createLanes(deps: LanesDeps) {
  const answers = createCachedAnswers();
  deps.metrics.watch(
    "rondo_query_answers_kept_found",
    "Reads that were answered by what was read before.",
    () => answers.found,
  );
  const shortWay = createShortWay(deps);
  const query = createQueryLane({ ...deps, answers }, shortWay);
  const stream = createStreamLane(deps, shortWay);
  const audio = createAudioLane(deps.audio, shortWay);
  return (request: Request, source?: AddressSource): Response | Promise<Response> | undefined => {
    if (request.method !== "GET" || request.url.length > urlLengthMax) return undefined;
    const path = pathOf(request.url);
    if (path.includes("%00")) return undefined;
    return stream(request, path, source) ?? audio(request, path, source) ?? query(request, path, source);
  };
}

/** As it was sent: neither decoded nor with its query. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.indexOf("?", start);
  return url.slice(start, end === -1 ? undefined : end);
}
