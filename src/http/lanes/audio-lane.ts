// The short way of a version's sound: a player asks for it window by window.
import type { AddressSource } from "../middleware/address.ts";
import { openFile } from "../cors.ts";
import { problemResponse } from "../problem.ts";
import type { VersionAudio } from "../audio/version-audio.ts";
import type { ShortWay } from "./short-way.ts";

const pathPattern = /^\/v1\/versions\/([\w-]+)\/audio$/;

/** undefined: not the sound of a version, the router knows the way. */
export function createAudioLane({ answer }: VersionAudio, shortWay: ShortWay) {
  return (
    request: Request,
    path: string,
    source?: AddressSource,
  ): Response | Promise<Response> | undefined => {
    const versionId = path.startsWith("/v1/versions/") ? pathPattern.exec(path)?.[1] : undefined;
    if (versionId === undefined) return undefined;
    return shortWay(request, source, {
      route: "/v1/versions/:versionId/audio",
      path,
      faultOf: (err, requestId) => openFile(problemResponse(err, requestId)),
      answer: (caller, requestId) => answer(request, versionId, caller, requestId),
    });
  };
}
