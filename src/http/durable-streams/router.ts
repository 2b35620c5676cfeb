// The Durable Streams protocol as one router; whose stream a request may reach is the caller's to say.
import { type Context, Hono } from "hono";
import { streamCors } from "../cors.ts";
import { AppError } from "../../errors.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import type { Streams } from "../../streams/streams.ts";
import { faultResponse } from "./fault.ts";
import type { LiveAnswers } from "../live-answers.ts";
import { type ReadLimits, answerHead, answerRead, createReading } from "./read.ts";
import {
  type ResolveSource,
  type SplitForCaller,
  answerAppend,
  answerCreate,
  answerDelete,
} from "./write.ts";

export type StreamAccess = "read" | "append" | "create" | "delete";

export interface StreamRoutesOptions {
  readonly streams: Streams;
  /** The stream that this caller may reach in this way; throws what the caller may see when it may not. */
  readonly resolveKey: (c: Context, access: StreamAccess) => StreamKey | Promise<StreamKey>;
  /** The stream that `Stream-Forked-From` names. Without it nothing can be forked. */
  readonly resolveSource?: ResolveSource;
  /** What this address allows; the rest is a 405. All where not given. */
  readonly allow?: readonly StreamAccess[];
  readonly bodyBytesMax?: number;
  /** Parses large JSON bodies on another thread; without it, they are parsed on the serving thread. */
  readonly splitMessages?: SplitForCaller;
  readonly limits?: Partial<ReadLimits>;
  readonly live?: LiveAnswers;
}

const bodyBytesMaxDefault = 16 << 20;

/** Mounted at the address of a stream, or above many: it answers every path below. */
export function streamRoutes(options: StreamRoutesOptions): Hono {
  const { streams, resolveKey, resolveSource, splitMessages, bodyBytesMax = bodyBytesMaxDefault } = options;
  const allowed = new Set(options.allow ?? ["read", "append", "create", "delete"]);
  const allow = Object.keys(accessOf)
    .filter((method) => allowed.has(accessOf[method]!))
    .concat("OPTIONS")
    .join(", ");
  const reading = createReading(streams, options.limits, options.live);

  const answer = async (c: Context): Promise<Response> => {
    // Not c.req.method: the router turns HEAD into GET.
    const { method } = c.req.raw;
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: streamCors.preflight });
    const access = accessOf[method];
    if (access === undefined || !allowed.has(access)) {
      throw new AppError("METHOD_NOT_ALLOWED", `${method} is not possible here.`, { details: { allow } });
    }
    const key = await resolveKey(c, access);
    switch (access) {
      case "read":
        return method === "HEAD"
          ? answerHead(streams, key)
          : answerRead(reading, { request: c.req.raw, source: c.env, caller: c.get("caller") }, key);
      case "create":
        return answerCreate(streams, c, key, { bodyBytesMax, splitMessages, resolveSource });
      case "append":
        return answerAppend(streams, c, key, { bodyBytesMax, splitMessages });
      case "delete":
        return answerDelete(streams, key);
    }
  };

  // The faults here rather than in a middleware: every read of a chunk would pay for one.
  return new Hono().all("*", async (c) => {
    try {
      return await answer(c);
    } catch (err) {
      return answerFault(c, err);
    }
  });
}

const accessOf: Readonly<Record<string, StreamAccess>> = {
  GET: "read",
  HEAD: "read",
  PUT: "create",
  POST: "append",
  DELETE: "delete",
};

function answerFault(c: Context, err: unknown): Response {
  c.error =
    err instanceof Error ? err : new Error("A value that is not an Error was thrown.", { cause: err });
  return faultResponse(err, c.get("requestId"));
}
