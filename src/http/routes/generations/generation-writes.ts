// Serves POST /v1/generations/{requestId}/chunks and /events with a write token. A generator stores the audio and
// reports its progress here.
import { type Context, Hono } from "hono";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { AppError, notFound } from "../../../errors.ts";
import {
  type WriteGrant,
  writeTokenPrefix,
  type WriteTokens,
} from "../../../generations/run/write-tokens.ts";
import { storedReport } from "../../../generations/run/generator-reports.ts";
import { frameFaultOf } from "../../../streams/audio/mp3-frames.ts";
import { audioKey, eventsKey } from "../../../streams/stream-keys.ts";
import type { Streams } from "../../../streams/streams.ts";
import { faultResponse } from "../../durable-streams/fault.ts";
import { answerAppend } from "../../durable-streams/write.ts";
import type { HttpContext, HttpEnv } from "../../wire.ts";

export interface GenerationWritesDeps {
  readonly streams: Streams;
  readonly registry: BusinessRegistry;
  readonly writeTokens: WriteTokens;
  /**
   * Throws STORAGE_FULL if a disk has too little free space. New work must leave some space of each disk free. A
   * running generation may use a part of this space (`share`, 0 to 1), so it can go on when new work is refused.
   */
  readonly room: { refuseWhenLow(options: { readonly share: number }): void };
}

/** The maximum size of one append of audio, in bytes. This is about a minute of sound. */
const chunkBytesMax = 1 << 20;
const eventBytesMax = 64 * 1024;
const bearer = `Bearer ${writeTokenPrefix}`;

/**
 * Mount these routes before the authentication of users. A request whose credential is not a write token is passed
 * to the next route. A request without any credential is refused here.
 */
export function generationWriteRoutes(deps: GenerationWritesDeps) {
  const { streams, room } = deps;
  return new Hono<HttpEnv>()
    .post("/:requestId/chunks", (c, next) =>
      withGrant(deps, c, next, ({ businessId, versionId }) => {
        room.refuseWhenLow({ share: 0.5 });
        return answerAppend(streams, c, audioKey(businessId, versionId), {
          bodyBytesMax: chunkBytesMax,
          splitMessages: undefined,
          producerPrefix,
          shape: wholeFrames,
        });
      }),
    )
    .post("/:requestId/events", (c, next) =>
      withGrant(deps, c, next, ({ businessId, requestId }) =>
        answerAppend(streams, c, eventsKey(businessId, requestId), {
          bodyBytesMax: eventBytesMax,
          splitMessages: undefined,
          producerPrefix,
          shape: (chunks) => chunks.map(storedReport),
          // Only the worker closes the stream of events, after the stream of audio. If a generator sends an append with
          // the header Stream-Closed, the append is stored, but the stream of events stays open.
          neverCloses: true,
        }),
      ),
    );
}

/**
 * The generator's producer id gets this prefix, so that a generator can't write with the producer id of the worker.
 */
const producerPrefix = "generator/";

async function withGrant(
  { registry, writeTokens }: GenerationWritesDeps,
  c: HttpContext,
  next: () => Promise<void>,
  answer: (grant: WriteGrant) => Promise<Response>,
): Promise<Response | undefined> {
  const authorization = c.req.header("authorization") ?? "";
  const isNobody = authorization === "" && c.req.header("cookie") === undefined;
  if (!isNobody && !authorization.startsWith(bearer)) {
    await next();
    return undefined;
  }
  try {
    if (isNobody)
      throw new AppError("UNAUTHENTICATED", "To append to a generation, a generator needs its write token.");
    const grant = writeTokens.verify(authorization.slice("Bearer ".length));
    if (grant === undefined) throw badToken();
    // The token of another generation gets the same response as a generation that doesn't exist.
    if (grant.requestId !== c.req.param("requestId")) throw notFound("generation");
    if (!(await registry.findById(grant.businessId))) throw notFound("generation");
    return await answer(grant);
  } catch (err) {
    return answerFault(c, err);
  }
}

const badToken = () =>
  new AppError("UNAUTHENTICATED", "This write token is not valid, or its time is over.", {
    hint: "Send the write token that Rondo sent with its request for this generation. The token is valid until the deadline of the generation.",
    isWrongCredential: true,
  });

function wholeFrames(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  const fault = bytes.byteLength === 0 ? undefined : frameFaultOf(bytes);
  if (fault === undefined) return bytes.byteLength === 0 ? [] : [bytes];
  throw new AppError("INVALID_BODY", fault, {
    hint: "Send only whole MP3 frames: 44.1 kHz, 128 kbit/s, from one encoder, without an ID3 tag.",
  });
}

function answerFault(c: Context, err: unknown): Response {
  c.error =
    err instanceof Error ? err : new Error("A value that is not an Error was thrown.", { cause: err });
  return faultResponse(err, c.get("requestId"));
}
