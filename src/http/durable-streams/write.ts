// Answers the requests that change a stream: PUT creates it, POST appends to it or closes it, and DELETE deletes it.
import type { Context } from "hono";
import { streamCors } from "../answers/cors.ts";
import { AppError, notFound } from "../../errors.ts";
import type { Append, Producer, StreamKey, StreamOptions } from "../../ports/chunk-store/chunk-store.ts";
import { chunksOf, readBody, tooLarge } from "../../streams/protocol/chunk-body.ts";
import { findForkPosition } from "../../streams/protocol/fork-position.ts";
import type { SplitMessages } from "../../streams/protocol/json-messages.ts";
import { formatOffset } from "../../streams/protocol/offset.ts";
import type { Streams } from "../../streams/streams.ts";
import { nextOffset, streamClosed } from "./headers.ts";

export type ResolveSource = (c: Context, forkedFrom: string) => StreamKey | Promise<StreamKey>;

export interface WriteOptions {
  readonly bodyBytesMax: number;
  /** Splits large JSON bodies on another thread. If undefined, this thread splits all bodies. */
  readonly splitMessages: SplitForCaller | undefined;
}

export interface AppendOptions extends WriteOptions {
  /**
   * This prefix is added to the producer's id. Give each kind of caller a different prefix, so that
   * callers of different kinds never use the same producer.
   */
  readonly producerPrefix?: string;
  /** Returns the chunks to store. Throws an error to refuse the append. */
  readonly shape?: (chunks: readonly Uint8Array[]) => readonly Uint8Array[];
  /**
   * If true, the header Stream-Closed of a request is ignored, so this caller can't close the stream.
   * A request with Stream-Closed and without a body then changes nothing, and is answered with 204.
   */
  readonly neverCloses?: boolean;
}

export type SplitForCaller = (c: Context, ...of: Parameters<SplitMessages>) => ReturnType<SplitMessages>;

const mediaType = /^[\w-]+\/[\w.+-]+/;

export async function answerCreate(
  streams: Streams,
  c: Context,
  key: StreamKey,
  {
    bodyBytesMax,
    splitMessages,
    resolveSource,
  }: WriteOptions & { readonly resolveSource: ResolveSource | undefined },
): Promise<Response> {
  const fork = await forkOf(streams, c, key, resolveSource);
  const contentType = contentTypeOf(c);
  const options: StreamOptions = {
    ...(contentType === undefined ? {} : { contentType }),
    ...expiryOf(c),
    ...(fork === undefined ? {} : { fork: fork.fork }),
  };
  const type = contentType ?? fork?.contentType ?? "application/octet-stream";
  const body = await bodyOf(c, bodyBytesMax);
  const chunks = await chunksOf(type, body, splitMessages && ((...of) => splitMessages(c, ...of)));
  const { created, state } = await streams.create(key, options, { chunks, close: isClosing(c) });
  const headers: Record<string, string> = {
    ...streamCors.answer,
    "content-type": state.contentType,
    [nextOffset]: formatOffset(state.tail, state.id),
  };
  if (created) headers.location = c.req.url.split("?", 1)[0] ?? c.req.url;
  if (state.closed) headers[streamClosed] = "true";
  return new Response(null, { status: created ? 201 : 200, headers });
}

export async function answerAppend(
  streams: Streams,
  c: Context,
  key: StreamKey,
  { bodyBytesMax, splitMessages, producerPrefix = "", shape, neverCloses = false }: AppendOptions,
): Promise<Response> {
  const producer = producerOf(c, producerPrefix);
  const close = isClosing(c) && !neverCloses;
  const body = await bodyOf(c, bodyBytesMax);
  const contentType = c.req.header("content-type") ?? "";
  if (body.byteLength === 0 && isClosing(c) && neverCloses)
    return new Response(null, { status: 204, headers: streamCors.answer });
  if (body.byteLength === 0 && !close) {
    throw new AppError("INVALID_BODY", "An append needs a body.", {
      hint: "To close a stream without appending, send Stream-Closed: true.",
    });
  }
  if (body.byteLength > 0 && contentType === "") {
    throw new AppError("INVALID_BODY", "An append needs the stream's Content-Type.");
  }
  const split = await chunksOf(contentType, body, splitMessages && ((...of) => splitMessages(c, ...of)));
  const chunks = shape === undefined ? split : shape(split);
  if (body.byteLength > 0 && chunks.length === 0) {
    throw new AppError("INVALID_BODY", "An append can't be an empty array.");
  }
  const sequence = c.req.header("stream-seq");
  const append: Append = {
    chunks,
    close,
    ...(chunks.length === 0 ? {} : { contentType }),
    ...(producer === undefined ? {} : { producer }),
    ...(sequence === undefined ? {} : { sequence }),
  };
  const { state, duplicate, producerSeq } = await streams.append(key, append);
  const headers: Record<string, string> = {
    ...streamCors.answer,
    [nextOffset]: formatOffset(state.tail, state.id),
  };
  if (state.closed) headers[streamClosed] = "true";
  if (producer !== undefined) {
    headers["producer-epoch"] = String(producer.epoch);
    headers["producer-seq"] = String(producerSeq ?? producer.seq);
  }
  const isNews = producer !== undefined && !duplicate && chunks.length > 0;
  return new Response(null, { status: isNews ? 200 : 204, headers });
}

export async function answerDelete(streams: Streams, key: StreamKey): Promise<Response> {
  if (!(await streams.delete(key))) throw notFound("stream");
  return new Response(null, { status: 204, headers: streamCors.answer });
}

const isClosing = (c: Context): boolean => c.req.header("stream-closed")?.toLowerCase() === "true";

/**
 * Returns undefined if the Content-Type is missing or malformed. Then a fork has the type of its source, and any other
 * stream has the default type of the protocol.
 */
function contentTypeOf(c: Context): string | undefined {
  const given = c.req.header("content-type")?.trim() ?? "";
  return mediaType.test(given) ? given : undefined;
}

async function bodyOf(c: Context, bytesMax: number): Promise<Uint8Array> {
  if (Number(c.req.header("content-length") ?? 0) > bytesMax) throw tooLarge(bytesMax);
  return readBody(c.req.raw.body, bytesMax);
}

function expiryOf(c: Context): Pick<StreamOptions, "ttlSeconds" | "expiresAtMs"> {
  const ttl = c.req.header("stream-ttl");
  const expiresAt = c.req.header("stream-expires-at");
  if (ttl !== undefined && expiresAt !== undefined) {
    throw badHeader("Stream-TTL", "Give either Stream-TTL or Stream-Expires-At.");
  }
  if (ttl !== undefined) return { ttlSeconds: countOf("Stream-TTL", ttl) };
  if (expiresAt === undefined) return {};
  const expiresAtMs = rfc3339.test(expiresAt) ? Date.parse(expiresAt) : Number.NaN;
  if (Number.isNaN(expiresAtMs)) throw badHeader("Stream-Expires-At", "This is not an RFC 3339 time.");
  return { expiresAtMs };
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function producerOf(c: Context, prefix: string): Producer | undefined {
  const id = c.req.header("producer-id");
  const epoch = c.req.header("producer-epoch");
  const seq = c.req.header("producer-seq");
  if (id === undefined && epoch === undefined && seq === undefined) return undefined;
  if (id === undefined || epoch === undefined || seq === undefined || id === "") {
    throw badHeader("Producer-Id", "Producer-Id, Producer-Epoch and Producer-Seq go together.");
  }
  return { id: `${prefix}${id}`, epoch: countOf("Producer-Epoch", epoch), seq: countOf("Producer-Seq", seq) };
}

async function forkOf(
  streams: Streams,
  c: Context,
  key: StreamKey,
  resolveSource: ResolveSource | undefined,
) {
  const forkedFrom = c.req.header("stream-forked-from");
  const offset = c.req.header("stream-fork-offset");
  const subOffset = c.req.header("stream-fork-sub-offset");
  if (forkedFrom === undefined) {
    if (offset === undefined && subOffset === undefined) return undefined;
    throw badHeader("Stream-Forked-From", "A fork offset needs Stream-Forked-From.");
  }
  if (resolveSource === undefined) throw badHeader("Stream-Forked-From", "This stream cannot be a fork.");
  const count = subOffset === undefined ? 0 : countOf("Stream-Fork-Sub-Offset", subOffset);
  const sourceKey = await resolveSource(c, forkedFrom);
  // A stream of another business is treated as missing.
  if (sourceKey.businessId !== key.businessId) throw notFound("stream to fork");
  const { position, source } = await findForkPosition({ streams }, sourceKey, { offset, subOffset: count });
  const fork = position === undefined ? { path: sourceKey.path } : { path: sourceKey.path, position };
  return { fork, contentType: source.contentType };
}

/** Parses a whole number as the protocol defines it: without a sign, a leading zero or a fraction. */
function countOf(name: string, text: string): number {
  const count = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw badHeader(name, "This is not a whole number.");
  return count;
}

const badHeader = (at: string, message: string): AppError =>
  new AppError("INVALID_PARAMETER", message, { faults: [{ at, message }] });
