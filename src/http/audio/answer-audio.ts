// Answers requests for the audio of a version, during and after generation, with and without Range. The calling code
// must check access.
import { isAppError } from "../../errors.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import {
  type AudioAnswer,
  type AudioLimits,
  type AudioRequest,
  audioWindow,
  type OpenWhole,
} from "../../streams/audio/audio-window.ts";
import type { Streams } from "../../streams/streams.ts";
import { fileCors, openFile } from "../answers/cors.ts";
import { hasCopy } from "../answers/etag.ts";
import { problemResponse } from "../answers/problem.ts";

export interface AudioDeps {
  readonly streams: Streams;
  readonly openWhole?: OpenWhole;
  readonly limits?: AudioLimits;
}

export interface AudioSource {
  readonly key: StreamKey;
  /** The planned total in bytes, if the generator declared it. */
  readonly plannedBytes: number | undefined;
  /** An ETag that stays valid after the stream of the audio was deleted. Default: the ETag of the stream. */
  readonly etag?: string;
  /** Answers from the object store. Returns undefined if the audio has to be read from its stream instead. */
  readonly fromObject?: ((request: AudioRequest) => Promise<AudioAnswer | undefined>) | undefined;
}

/**
 * Answers GET and HEAD. A range that contains no audio gets a 416 response. Throws all other errors of `fromObject` and
 * of `audioWindow`.
 */
export async function answerAudio(
  deps: AudioDeps,
  asked: Request,
  requestId: string,
  { key, plannedBytes, etag, fromObject }: AudioSource,
): Promise<Response> {
  const request = {
    plannedBytes,
    etag,
    range: asked.headers.get("range") ?? undefined,
    ifRange: asked.headers.get("if-range") ?? undefined,
    hasCopy: (tag: string) => hasCopy(asked.headers.get("if-none-match"), tag),
    isHead: asked.method === "HEAD",
    source: asked,
    // Bun creates `asked.signal` at its first use. This is slow: it takes as long as creating all the headers. With
    // this getter, the signal is created only if the response needs it. A 304 and a response to HEAD don't need it.
    get signal() {
      return asked.signal;
    },
  };
  try {
    const { status, headers, body } =
      (await fromObject?.(request)) ?? (await audioWindow(deps, key, request));
    return new Response(body as BodyInit | null, { status, headers: { ...headers, ...fileCors.answer } });
  } catch (err) {
    if (!isAppError(err, "RANGE_NOT_SATISFIABLE")) throw err;
    const answer = openFile(problemResponse(err, requestId));
    answer.headers.set("content-range", `bytes */${String(err.details?.total ?? "*")}`);
    return answer;
  }
}
