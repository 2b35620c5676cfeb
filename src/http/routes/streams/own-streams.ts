// Serves the writes to a business's own streams at /v1/stream/{path} with the Durable Streams protocol.
// src/http/reads/stream-read.ts serves the reads of these streams.
import { Hono } from "hono";
import type { BusinessCaller } from "../../../accounts/caller.ts";
import { AppError, notFound } from "../../../errors.ts";
import type { StreamKey } from "../../../ports/chunk-store/chunk-store.ts";
import { ownKey } from "../../../streams/stream-keys.ts";
import type { LibraryThreads } from "../../../library/files/threads/library-threads.ts";
import type { Streams } from "../../../streams/streams.ts";
import { createTurns } from "../../../process/turns.ts";
import { type HttpContext, type HttpEnv, requireBusiness } from "../../wire.ts";
import { streamRoutes } from "../../durable-streams/router.ts";

export const ownStreamsAt = "/v1/stream/";

export interface OwnStreamRoutesDeps {
  readonly streams: Streams;
  readonly threads: Pick<LibraryThreads, "run">;
}

export function ownStreamRoutes({ streams, threads }: OwnStreamRoutesDeps) {
  const turns = createTurns({
    what: "large bodies are being read",
    runningMax: 4,
    waitingMax: 40,
    perCallerMax: 8,
  });
  const splitMessages = async (c: HttpContext, body: Uint8Array, messagesMax: number) => {
    const { signal } = c.req.raw;
    const end = await turns.take(requireBusiness(c, "streams").businessId, signal);
    try {
      return (await threads.run({ kind: "split", body, messagesMax }, {}, signal)) as Uint8Array[];
    } finally {
      end();
    }
  };
  const keyOf = (c: HttpContext, address: string) => keyOfOwn(requireBusiness(c, "streams"), address);
  return new Hono<HttpEnv>().route(
    "/",
    streamRoutes({
      streams,
      splitMessages,
      resolveKey: (c: HttpContext) => keyOf(c, c.req.path),
      resolveSource: (c: HttpContext, forkedFrom) => keyOf(c, forkedFrom),
    }),
  );
}

/**
 * Returns the key of a business's own stream. `address` is the path of the URL. Errors: NOT_FOUND if nothing follows
 * /v1/stream/, INVALID_PARAMETER if the percent-encoding is not valid.
 */
export const keyOfOwn = ({ businessId }: BusinessCaller, address: string): StreamKey =>
  ownKey(businessId, pathOf(address));

/** Returns the part of the URL's path after /v1/stream/, decoded. */
function pathOf(address: string): string {
  if (!address.startsWith(ownStreamsAt) || address.length === ownStreamsAt.length) throw notFound("stream");
  const path = address.slice(ownStreamsAt.length);
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new AppError("INVALID_PARAMETER", "The stream's path is not valid percent-encoding.", { cause });
  }
}
