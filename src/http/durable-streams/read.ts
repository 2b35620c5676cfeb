// Answers GET and HEAD of a stream. GET returns existing data. With long-poll or SSE, GET also
// waits for new data. HEAD returns the state of the stream without data.
import { streamCors } from "../answers/cors.ts";
import { hasCopy } from "../answers/etag.ts";
import { AppError, isAppError, notFound } from "../../errors.ts";
import type { ChunkRead, StreamKey, StreamState } from "../../ports/chunk-store/chunk-store.ts";
import { cursorAfter } from "../../streams/protocol/cursor.ts";
import type { Follower, FollowerEvent } from "../../streams/relay/follower.ts";
import { isJsonType, joinMessages } from "../../streams/protocol/json-messages.ts";
import { listenerBody } from "../../streams/relay/listener-body.ts";
import { formatOffset, invalid, parseOffset } from "../../streams/protocol/offset.ts";
import { controlEvent, dataEvents, sseEncodingOf } from "../../streams/protocol/sse-events.ts";
import type { Streams } from "../../streams/streams.ts";
import type { LiveAnswers, LiveCaller } from "../answers/live-answers.ts";
import { readQueryString, type TextParameters } from "../requests/query-string.ts";
import type { CachedPage, CachedPages } from "./cached-pages.ts";
import { cursorHeader, nextOffset, streamClosed, upToDate } from "./headers.ts";

export interface ReadLimits {
  /** The maximum number of bytes in a response, unless a single chunk is larger. */
  readonly pageBytes: number;
  /** The maximum number of bytes that a live listener gets at once, unless a single chunk is larger. */
  readonly burstBytes: number;
  readonly longPollMs: number;
  /** If no data arrives for this time, a control event is sent, so that no proxy closes the connection. */
  readonly keepAliveMs: number;
  /** An SSE connection ends after this time. The client then reconnects with its offset. */
  readonly sseLifeMs: number;
  /**
   * The Cache-Control header of responses whose data never changes. There are three kinds: a long-poll response with
   * data, a page that ends before the tail (the present end of the stream), and the last page of a closed stream.
   */
  readonly settled: string;
}

/**
 * The Cache-Control header for the streams of generations. A cache has to revalidate its copy
 * before each use, because music can be deleted.
 */
export const neverStale: Pick<ReadLimits, "settled"> = { settled: "private, no-cache" };

const readLimits: ReadLimits = {
  pageBytes: 1 << 20,
  burstBytes: 64 * 1024,
  longPollMs: 20_000,
  keepAliveMs: 15_000,
  sseLifeMs: 60_000,
  // The response is private, because access depends on the caller. It can be cached, because data before the end of
  // the stream never changes.
  settled: "private, max-age=60, stale-while-revalidate=300",
};

export async function answerHead(streams: Streams, key: StreamKey): Promise<Response> {
  const state = await streams.head(key);
  if (state === undefined) throw notFound("stream");
  const headers: Record<string, string> = {
    ...streamCors.answer,
    "content-type": state.contentType,
    [nextOffset]: formatOffset(state.tail, state.id),
    "cache-control": "no-store",
    etag: etagOf(state, 0, state.tail, state.closed),
  };
  if (state.closed) headers[streamClosed] = "true";
  if (state.ttlSeconds !== undefined) headers["stream-ttl"] = String(state.ttlSeconds);
  if (state.expiresAtMs !== undefined)
    headers["stream-expires-at"] = new Date(state.expiresAtMs).toISOString();
  return new Response(null, { status: 200, headers });
}

export interface ReadingDeps {
  readonly streams: Streams;
  /**
   * Limits the number of live responses, and ends them when their credential ends. Without `live`, the number
   * is not limited, and a live response doesn't end with its credential.
   */
  readonly live?: LiveAnswers | undefined;
  readonly limits?: Partial<ReadLimits> | undefined;
  /**
   * A cache of responses. It contains only responses that send data of a closed stream. A cached response depends on
   * `limits`. So share the cache only between `ReadingDeps` with the same `limits`.
   */
  readonly pages: CachedPages;
}

interface ReadDeps extends ReadingDeps {
  readonly limits: ReadLimits;
}

export const readingOf = (deps: ReadingDeps): ReadDeps => ({
  ...deps,
  limits: { ...readLimits, ...deps.limits },
});

/**
 * Answers a read. A cached page is returned without a promise, because most reads of a closed stream are answered with
 * a cached page. Any other response is returned as a promise. Errors of the query string, such as INVALID_OFFSET, can
 * be thrown without a promise. Other errors, such as NOT_FOUND, reject the promise.
 */
export function answerRead(deps: ReadDeps, asked: LiveCaller, key: StreamKey): Response | Promise<Response> {
  const { request } = asked;
  const query = readQueryString(request.url);
  const { live } = query;
  const offset = offsetOf(request, query);
  if (live === undefined) return catchUp(deps, request, key, offset);
  if (live === "long-poll")
    return untilOver(deps, asked, (mine) => longPoll(mine, request, key, offset, cursorOf(query)));
  if (live === "sse")
    return untilOver(deps, asked, (mine) => serverSentEvents(mine, request, key, offset, cursorOf(query)));
  throw new AppError("INVALID_PARAMETER", "live must be long-poll or sse.", {
    faults: [{ at: "live", message: "Unknown mode." }],
  });
}

/**
 * Registers the live response, and ends the response when the caller's credential ends. A long-poll
 * then fails with UNAUTHENTICATED. An SSE response is closed, and the client is refused when it
 * reconnects. Throws TOO_MANY_REQUESTS if the user or the address has too many live responses.
 */
async function untilOver(
  deps: ReadDeps,
  asked: LiveCaller,
  answer: (deps: ReadDeps) => Promise<Response>,
): Promise<Response> {
  const { streams, live } = deps;
  if (live === undefined) return answer(deps);
  const place = live.enter(asked);
  let isOver = false;
  const whenClosing: Streams["whenClosing"] = (call) => {
    const stay = streams.whenClosing(call);
    const forget = place.whenOver(() => {
      isOver = true;
      call();
    });
    return () => {
      stay();
      forget();
      place.leave();
    };
  };
  try {
    return await answer({ ...deps, streams: { ...streams, whenClosing } });
  } catch (err) {
    place.leave();
    if (isOver && isAppError(err, "UNAVAILABLE"))
      throw new AppError("UNAUTHENTICATED", "The credential of this request has ended.");
    throw err;
  }
}

function offsetOf({ headers }: Request, { live, offset: given }: TextParameters): string {
  if (typeof given === "object") throw invalid("There is more than one offset.");
  const offset = (live === "sse" ? headers.get("last-event-id") : null) ?? given;
  if (offset === "") throw invalid("The offset is empty.");
  if (offset === undefined && live !== undefined) throw invalid("A live read needs an offset.");
  return offset ?? "-1";
}

const cursorOf = ({ cursor }: TextParameters): string | undefined =>
  typeof cursor === "object" ? cursor[0] : cursor;

function catchUp(
  deps: ReadDeps,
  request: Request,
  key: StreamKey,
  offset: string,
): Response | Promise<Response> {
  const { streams, pages } = deps;
  const ifNoneMatch = request.headers.get("if-none-match");
  const state = offset === "now" ? undefined : streams.settled(key);
  const known = state && pages.find(state.id, parseOffset(offset, state));
  const send = ({ etag, headers, body }: CachedPage): Response => {
    if (hasCopy(ifNoneMatch, etag)) {
      return new Response(null, { status: 304, headers });
    }
    streams.counters.sentBytes += body.size;
    return new Response(body, { headers });
  };
  return known ? send(known) : makePage(deps, key, offset).then(send);
}

async function makePage(
  { streams, limits, pages }: ReadDeps,
  key: StreamKey,
  offset: string,
): Promise<CachedPage> {
  const seen = streams.settled(key) ?? (await streams.head(key));
  if (seen === undefined) throw notFound("stream");
  const position = parseOffset(offset, seen);
  const isNow = offset === "now";
  // The page of a closed stream can be cached, because the page never changes. But a page of a stream with a TTL is not
  // cached, because each read must reach the store to extend the TTL.
  const canCache = seen.closed && !isNow && seen.ttlSeconds === undefined;
  const known = canCache ? pages.find(seen.id, position) : undefined;
  if (known !== undefined) return known;
  const read = await streams.read(key, position, limits.pageBytes, seen);
  if (read === undefined) throw notFound("stream");
  const { state, next } = read;
  const isAtTail = next >= state.tail;
  const isEnd = isAtTail && state.closed;
  const etag = isNow ? "" : etagOf(state, position, next, isEnd);
  const headers: Record<string, string> = {
    ...streamCors.answer,
    "content-type": state.contentType,
    [nextOffset]: formatOffset(next, state.id),
    "cache-control": isNow ? "no-store" : isAtTail && !state.closed ? atTail : limits.settled,
    ...(isNow ? {} : { etag }),
  };
  if (isAtTail) headers[upToDate] = "true";
  if (isEnd) headers[streamClosed] = "true";
  const page = { headers: new Headers(headers), etag, body: new Blob([bodyOf(read)]) };
  if (canCache) pages.add(state.id, position, page);
  return page;
}

const atTail = "private, no-cache";

async function longPoll(
  { streams, limits }: ReadDeps,
  { signal }: Request,
  key: StreamKey,
  offset: string,
  clientCursor: string | undefined,
): Promise<Response> {
  const { pageBytes, longPollMs } = limits;
  const follower = await followFrom(streams, key, offset);
  const leave = (): void => follower.leave();
  signal.addEventListener("abort", leave, { once: true });
  let isClosing = false;
  const stay = streams.whenClosing(() => {
    isClosing = true;
    leave();
  });
  try {
    const start = follower.position();
    const event = await follower.next(pageBytes, longPollMs);
    if (event.kind === "gone" && isClosing)
      throw new AppError("UNAVAILABLE", "The server is shutting down; try again.");
    return answerEvent({ streams, limits }, event, start, cursorAfter(clientCursor, Date.now()));
  } finally {
    stay();
    signal.removeEventListener("abort", leave);
    follower.leave();
  }
}

function answerEvent(
  { streams, limits }: Pick<ReadDeps, "streams" | "limits">,
  event: FollowerEvent,
  start: number,
  cursor: string,
): Response {
  if (event.kind === "gone") throw notFound("stream");
  const { state } = event;
  const headers: Record<string, string> = { ...streamCors.answer, [cursorHeader]: cursor };
  if (event.kind !== "chunks") {
    headers[nextOffset] = formatOffset(start, state.id);
    headers[upToDate] = "true";
    headers["cache-control"] = "no-store";
    if (event.kind === "end") headers[streamClosed] = "true";
    return new Response(null, { status: 204, headers });
  }
  const { span, isUpToDate } = event;
  const isEnd = isUpToDate && state.closed;
  headers["content-type"] = state.contentType;
  headers[nextOffset] = formatOffset(span.next, state.id);
  headers["cache-control"] = limits.settled;
  headers.etag = etagOf(state, start, span.next, isEnd);
  if (isUpToDate) headers[upToDate] = "true";
  if (isEnd) headers[streamClosed] = "true";
  const body = bodyOf({ ...span, state });
  streams.counters.sentBytes += body.byteLength;
  return new Response(body, { status: 200, headers });
}

async function serverSentEvents(
  { streams, limits }: ReadDeps,
  request: Request,
  key: StreamKey,
  offset: string,
  clientCursor: string | undefined,
): Promise<Response> {
  const { burstBytes, keepAliveMs, sseLifeMs } = limits;
  const follower = await followFrom(streams, key, offset);
  // The response waits for the first event, so that it can still have the status 404 for a deleted
  // stream, or 400 for an offset inside a message.
  const first = await follower.next(burstBytes, 0);
  const state = follower.state();
  if (first.kind === "gone" || state === undefined) {
    follower.leave();
    throw notFound("stream");
  }
  const encoding = sseEncodingOf(state.contentType);
  if (encoding === "json" && first.kind === "chunks" && first.span.startsInside) {
    follower.leave();
    throw invalid("The offset is not at the border of a message.");
  }
  const encode = (event: Exclude<FollowerEvent, { kind: "gone" }>): Uint8Array => {
    const isUpToDate = event.kind !== "chunks" || event.isUpToDate;
    const isClosed = isUpToDate && (event.kind === "end" || event.state.closed);
    const control = { isUpToDate, isClosed, cursor: cursorAfter(clientCursor, Date.now()) };
    if (event.kind === "chunks") return dataEvents(event.span, encoding, control);
    return controlEvent(formatOffset(follower.position(), follower.streamId), control);
  };
  const headers: Record<string, string> = {
    ...streamCors.answer,
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
  };
  if (encoding === "base64") headers["stream-sse-data-encoding"] = "base64";
  const body = listenerBody(streams, {
    follower,
    encode,
    encodingKey: clientCursor === undefined ? `sse/${encoding}` : undefined,
    first,
    burstBytes,
    quietMs: keepAliveMs,
    lifeMs: sseLifeMs,
    request,
  });
  return new Response(body, { status: 200, headers });
}

async function followFrom(streams: Streams, key: StreamKey, offset: string): Promise<Follower> {
  const follower = await streams.follow(key, (state) => parseOffset(offset, state));
  if (follower === undefined) throw notFound("stream");
  return follower;
}

function bodyOf({
  state,
  chunks,
  startsInside,
}: Pick<ChunkRead, "state" | "chunks" | "startsInside">): Uint8Array<ArrayBuffer> {
  if (isJsonType(state.contentType)) {
    if (startsInside) throw invalid("The offset is not at the border of a message.");
    return joinMessages(chunks) as Uint8Array<ArrayBuffer>;
  }
  return (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)) as Uint8Array<ArrayBuffer>;
}

const etagOf = ({ id }: StreamState, start: number, end: number, isEnd: boolean): string =>
  `"${id}:${start}:${end}${isEnd ? ":c" : ""}"`;
