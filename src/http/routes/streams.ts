// The Durable Streams protocol as one router; whose stream a request may reach is the caller's to say.
import { type Context, Hono } from "hono";
import { AppError, isAppError } from "../../errors.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { formatOffset } from "../../streams/offset.ts";
import type { Streams } from "../../streams/streams.ts";
import { always, nextOffset, preflight, streamClosed } from "../durable-streams/headers.ts";
import { type ReadLimits, answerHead, answerRead, readLimits } from "../durable-streams/read.ts";
import { type ResolveSource, answerAppend, answerCreate, answerDelete } from "../durable-streams/write.ts";

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
  readonly limits?: Partial<ReadLimits>;
}

const bodyBytesMaxDefault = 16 << 20;

/** Mounted at the address of a stream, or above many: it answers every path below. */
export function streamRoutes(options: StreamRoutesOptions): Hono {
  const { streams, resolveKey, resolveSource, bodyBytesMax = bodyBytesMaxDefault } = options;
  const allowed = new Set(options.allow ?? ["read", "append", "create", "delete"]);
  const limits = { ...readLimits, ...options.limits };

  const answer = async (c: Context): Promise<Response> => {
    // Not c.req.method: the router turns HEAD into GET.
    const { method } = c.req.raw;
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: preflight });
    const access = accessOf[method];
    if (access === undefined || !allowed.has(access)) {
      throw new AppError("METHOD_NOT_ALLOWED", `${method} is not possible here.`);
    }
    const key = await resolveKey(c, access);
    switch (access) {
      case "read":
        return method === "HEAD" ? answerHead(streams, key) : answerRead(streams, c, key, limits);
      case "create":
        return answerCreate(streams, c, key, { bodyBytesMax, resolveSource });
      case "append":
        return answerAppend(streams, c, key, { bodyBytesMax });
      case "delete":
        return answerDelete(streams, key);
    }
  };

  const app = new Hono();
  app.use("*", async (c, next) => {
    await next();
    if (c.error !== undefined) describeFault(c, c.error);
  });
  app.all("*", answer);
  return app;
}

const accessOf: Readonly<Record<string, StreamAccess>> = {
  GET: "read",
  HEAD: "read",
  PUT: "create",
  POST: "append",
  DELETE: "delete",
};

/** Adds to an error's answer what a client of the protocol looks for. */
function describeFault(c: Context, err: Error): void {
  const add = (headers: Readonly<Record<string, unknown>>): void => {
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, String(value));
  };
  add(always);
  if (!isAppError(err)) return;
  const { code, details = {} } = err;
  if (code === "STREAM_CLOSED") {
    add({
      [streamClosed]: "true",
      [nextOffset]: formatOffset(Number(details.tail), String(details.streamId)),
    });
  } else if (code === "PRODUCER_FENCED") {
    add({ "producer-epoch": details.epoch });
  } else if (code === "PRODUCER_GAP") {
    add({ "producer-expected-seq": details.expectedSeq, "producer-received-seq": details.receivedSeq });
  }
}
