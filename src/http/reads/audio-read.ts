// Answers requests for the audio of a version. Players send many of them, one for each range.
import type { VersionAudio } from "../audio/version-audio.ts";
import { openFile } from "../answers/cors.ts";
import { problemResponse } from "../answers/problem.ts";
import type { Read } from "./read.ts";

export interface AudioReadDeps {
  readonly audio: VersionAudio;
}

const prefix = "/v1/versions/";
const pattern = /^\/v1\/versions\/([^/]+)\/audio$/;

export const createAudioRead = ({ audio }: AudioReadDeps): Read<{ versionId: string }> => ({
  route: "/v1/versions/:versionId/audio",
  match(path) {
    const versionId = path.startsWith(prefix) ? pattern.exec(path)?.[1] : undefined;
    return versionId === undefined ? undefined : { versionId };
  },
  answer: ({ request, caller, requestId }, { versionId }) =>
    audio.answer(request, versionId, caller, requestId),
  answerError: (err, requestId) => openFile(problemResponse(err, requestId)),
});
