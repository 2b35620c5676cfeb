// Serves the audio of a version to any player, during and after generation. During generation, bytes are sent as soon
// as they are generated. If the planned length is known during generation, a response to a range or to HEAD declares
// this length as the total.
import { AppError, notFound } from "../../errors.ts";
import type { StreamKey, StreamState } from "../../ports/chunk-store/chunk-store.ts";
import { type ByteRange, parseRange } from "../protocol/byte-range.ts";
import type { Follower } from "../relay/follower.ts";
import { listenerBody } from "../relay/listener-body.ts";
import { readThrough } from "../read-through.ts";
import type { Streams } from "../streams.ts";

export interface AudioRequest {
  /**
   * The planned total in bytes; undefined if it is not known. The stream of a complete generation has exactly this
   * length. After a cancellation or a failure, the stream is usually shorter.
   */
  readonly plannedBytes: number | undefined;
  /** An ETag for these bytes that stays valid after the stream is deleted. The default is the ETag of the stream. */
  readonly etag?: string | undefined;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  /** Whether the client already has the bytes with this ETag. */
  readonly hasCopy: (etag: string) => boolean;
  readonly isHead: boolean;
  /** Aborted when the listener has left. */
  readonly signal: AbortSignal;
  /** The HTTP request, if there is one. On Bun, the code that sends the body uses this object
   * to find the connection. */
  readonly source?: Request | undefined;
}

export interface AudioAnswer {
  readonly status: 200 | 206 | 302 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | ReadableStream<Uint8Array> | Blob | null;
}

/**
 * Opens a closed stream as a file on disk. Returns undefined if no file can be created, for example because the disk is
 * full.
 */
export type OpenWhole = (key: StreamKey, bytes: number, signal: AbortSignal) => Promise<Blob | undefined>;

export interface AudioLimits {
  /** The largest response that is sent with a single read, in bytes. A larger response is streamed. */
  readonly windowBytes: number;
  /**
   * The longest time for which a response waits for its first byte, in milliseconds. After this time, a request with a
   * range is refused. The response to a request without a range starts without audio, and sends the audio later.
   */
  readonly waitMs: number;
  /** A range that starts more than this number of bytes after the end of the existing bytes is refused immediately. */
  readonly aheadBytes: number;
  /** The maximum size of one piece of a streamed response, in bytes. */
  readonly burstBytes: number;
}

/**
 * These values fit together: `waitMs` is long enough to generate `aheadBytes`, even by a generator that is only as fast
 * as playback.
 * So a request that waits gets its audio before `waitMs` is over. A refusal would be bad, because the <audio> element
 * of a browser treats a refusal as the end of the piece.
 */
const audioLimits: AudioLimits = {
  windowBytes: 1 << 20,
  waitMs: 25_000,
  aheadBytes: 400_000,
  burstBytes: 64 * 1024,
};

/**
 * Before playback, players look for tags at the end of the audio (ID3v1 has 128 bytes, APE 160 or more). A range that
 * starts within this number of bytes before the end counts as a request for tags.
 */
const tagsBytes = 4_096;
/** The limit `aheadBytes` for requests in which players look for tags: half a second of audio at 128 kbit/s. */
const tagsAheadBytes = 8_192;

/**
 * Returns the response to a request for audio. For HEAD, the range is ignored. Errors: NOT_FOUND; GONE;
 * RANGE_NOT_SATISFIABLE, with `details.total` if the total is known; UNAVAILABLE if the range starts too far ahead, if
 * its first byte was not generated in time, or if the server shuts down during the wait.
 */
export async function audioWindow(
  deps: { readonly streams: Streams; readonly openWhole?: OpenWhole; readonly limits?: AudioLimits },
  key: StreamKey,
  request: AudioRequest,
): Promise<AudioAnswer> {
  const { streams, limits = audioLimits } = deps;
  const state = await streams.head(key);
  if (state === undefined) throw notFound("audio");
  const etag = request.etag ?? `"${state.id}"`;
  const headers = {
    "content-type": state.contentType,
    "accept-ranges": "bytes",
    etag,
    // A cache has to revalidate its copy each time, so that deleted audio is no longer played.
    "cache-control": state.closed ? "private, no-cache" : "private, no-store",
  };
  if (state.closed && request.hasCopy(etag)) return { status: 304, headers, body: null };
  const asked =
    request.ifRange === undefined || request.ifRange === etag ? parseRange(request.range) : undefined;
  const total = totalOf(state, request.plannedBytes);
  if (request.isHead) return { status: 200, headers: { ...headers, ...lengthOf(total) }, body: null };
  const file = (bytes: number): Promise<Blob | undefined> =>
    deps.openWhole?.(key, bytes, request.signal) ?? Promise.resolve(undefined);
  const wait = { waitMs: limits.waitMs, request };
  if (asked === undefined) {
    const begun = (await waitFor(streams, key, state, 0, wait)) ?? state;
    return whole(streams, key, { state: begun, headers, limits, file, source: request.source });
  }
  const { first } = boundsOf(asked, total);
  const isTag = total !== undefined && first >= total - tagsBytes;
  const aheadBytes = isTag ? Math.min(limits.aheadBytes, tagsAheadBytes) : limits.aheadBytes;
  if (!state.closed && first > state.tail + aheadBytes) throw notYet();
  const begun = await waitFor(streams, key, state, first, wait);
  if (begun === undefined) throw notYet();
  const totalNow = totalOf(begun, request.plannedBytes);
  // A 206 has to declare its last byte. Without a known total, this would be the last existing byte, and players would
  // stop there. So the response is a 200 without a length, which can go on.
  if (totalNow === undefined && asked.kind !== "suffix" && first === 0 && asked.last === undefined)
    return whole(streams, key, { state: begun, headers, limits, file, source: request.source });
  return part(streams, key, {
    state: begun,
    bounds: boundsOf(asked, totalNow),
    total: totalNow,
    headers,
    limits,
    file,
    source: request.source,
  });
}

/**
 * Returns the size of a closed stream. For an open stream, returns the planned size; undefined if the stream is
 * already longer than planned.
 */
const totalOf = ({ closed, tail }: StreamState, plannedBytes: number | undefined): number | undefined => {
  if (closed) return tail;
  return plannedBytes === undefined || plannedBytes < tail ? undefined : plannedBytes;
};

interface Bounds {
  readonly first: number;
  /** The position of the last byte, which is included; undefined for a range without an end, such as `bytes=5-`. */
  readonly last: number | undefined;
}

/** Throws RANGE_NOT_SATISFIABLE if the range contains no byte, or if the range is a suffix and `total` is undefined. */
export function boundsOf(range: ByteRange, total: number | undefined): Bounds {
  if (range.kind === "suffix") {
    if (total === undefined || range.length === 0) throw unsatisfiable(total);
    return { first: Math.max(0, total - range.length), last: total - 1 };
  }
  if (total !== undefined && range.first >= total) throw unsatisfiable(total);
  const last = total === undefined ? range.last : Math.min(range.last ?? total - 1, total - 1);
  return { first: range.first, last: range.last === undefined ? undefined : last };
}

interface WaitOptions {
  readonly waitMs: number;
  readonly request: AudioRequest;
}

/**
 * Waits until the stream has the byte at position `first`, and returns the stream's state. Also returns the state if
 * the stream ends empty and `first` is 0. Returns undefined if the byte does not exist after `waitMs`. Errors:
 * RANGE_NOT_SATISFIABLE (the stream ends before this byte), NOT_FOUND (the stream is deleted, or the listener leaves),
 * UNAVAILABLE (the server shuts down).
 */
async function waitFor(
  streams: Streams,
  key: StreamKey,
  state: StreamState,
  first: number,
  { request, waitMs }: WaitOptions,
): Promise<StreamState | undefined> {
  if (first < state.tail || (first === 0 && state.closed)) return state;
  if (state.closed) throw unsatisfiable(state.tail);
  const follower = await streams.follow(key, state.tail);
  if (follower === undefined) throw notFound("audio");
  const { signal } = request;
  const leave = (): void => follower.leave();
  let isClosing = false;
  signal.addEventListener("abort", leave, { once: true });
  const stay = streams.whenClosing(() => {
    isClosing = true;
    leave();
  });
  try {
    return await grownTo(follower, first, waitMs, () => isClosing);
  } finally {
    stay();
    signal.removeEventListener("abort", leave);
    leave();
  }
}

async function grownTo(
  follower: Follower,
  first: number,
  waitMs: number,
  isClosing: () => boolean,
): Promise<StreamState | undefined> {
  const until = performance.now() + waitMs;
  for (;;) {
    const heard = await follower.next(1, Math.max(0, until - performance.now()));
    if (heard.kind === "gone") throw isClosing() ? goingAway() : notFound("audio");
    if (heard.state.tail > first) return heard.state;
    if (heard.kind === "end") {
      if (first === 0) return heard.state;
      throw unsatisfiable(heard.state.tail);
    }
    if (heard.kind === "quiet") return undefined;
  }
}

interface WholeOptions {
  readonly state: StreamState;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: AudioLimits;
  /**
   * Opens the closed stream as a file, because a server can declare the exact length of a file but not of a stream.
   */
  readonly file: (bytes: number) => Promise<Blob | undefined>;
  readonly source: Request | undefined;
}

interface PartOptions extends WholeOptions {
  readonly bounds: Bounds;
  readonly total: number | undefined;
}

async function part(streams: Streams, key: StreamKey, options: PartOptions): Promise<AudioAnswer> {
  const { state, bounds, total, headers, limits, file, source } = options;
  const { first } = bounds;
  // Without a known total, the response contains no bytes beyond those that already exist.
  const last =
    total === undefined
      ? Math.min(bounds.last ?? state.tail - 1, state.tail - 1)
      : (bounds.last ?? total - 1);
  if (last < first) throw unsatisfiable(total);
  const isThere = last < state.tail && last - first < limits.windowBytes;
  const body = isThere
    ? await bytesBetween(streams, key, first, last + 1)
    : ((state.closed ? await file(state.tail) : undefined)?.slice(first, last + 1) ??
      (await pages(streams, key, { from: first, to: last + 1, limits, source })));
  return {
    status: 206,
    headers: {
      ...headers,
      "content-range": `bytes ${first}-${last}/${total ?? "*"}`,
      ...lengthOf(last + 1 - first),
    },
    body,
  };
}

async function whole(streams: Streams, key: StreamKey, options: WholeOptions): Promise<AudioAnswer> {
  const { state, headers, limits, file, source } = options;
  if (state.closed && state.tail <= limits.windowBytes) {
    const body = await bytesBetween(streams, key, 0, state.tail);
    return { status: 200, headers: { ...headers, ...lengthOf(state.tail) }, body };
  }
  const to = state.closed ? state.tail : Infinity;
  const length = state.closed ? lengthOf(state.tail) : {};
  const body =
    (state.closed ? await file(state.tail) : undefined) ??
    (await pages(streams, key, { from: 0, to, limits, source }));
  return { status: 200, headers: { ...headers, ...length }, body };
}

interface PagesOptions {
  readonly from: number;
  /** The end of the bytes, which is not included. Infinity stands for the end of the stream. */
  readonly to: number;
  readonly limits: AudioLimits;
  readonly source: Request | undefined;
}

/**
 * Streams the bytes in pieces of at most `burstBytes`, as soon as they are generated and the listener can receive them.
 * Aborts the response if the stream ends before all promised bytes were sent.
 */
async function pages(streams: Streams, key: StreamKey, { from, to, limits, source }: PagesOptions) {
  const follower = await streams.follow(key, from);
  if (follower === undefined) throw notFound("audio");
  let left = to - from;
  return listenerBody(streams, {
    follower,
    burstBytes: limits.burstBytes,
    encodingKey: to === Infinity ? "bytes" : undefined,
    quietMs: 60_000,
    lifeMs: Infinity,
    encode(heard) {
      if (heard.kind !== "chunks") return undefined;
      const bytes = joined(heard.span.chunks).subarray(0, left);
      left -= bytes.byteLength;
      return bytes;
    },
    ...(to === Infinity ? {} : { isOver: () => left === 0 }),
    isBrokenOffUnlessWhole: true,
    request: source,
  });
}

async function bytesBetween(streams: Streams, key: StreamKey, from: number, to: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const pages = readThrough(streams, key, {
    from,
    to,
    pageBytes: to - from,
    missing: () => notFound("audio"),
  });
  for await (const chunks of pages) parts.push(...chunks);
  streams.counters.sentBytes += to - from;
  return joined(parts).subarray(0, to - from);
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array =>
  chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);

const lengthOf = (bytes: number | undefined): Record<string, string> =>
  bytes === undefined ? {} : { "content-length": String(bytes) };

const unsatisfiable = (total: number | undefined): AppError =>
  new AppError("RANGE_NOT_SATISFIABLE", "The requested range contains no audio.", {
    ...(total === undefined ? {} : { details: { total } }),
  });

const notYet = (): AppError =>
  new AppError("UNAVAILABLE", "This part has not been generated yet.", {
    hint: "Try again later, or request an earlier part.",
    retryAfterSeconds: 1,
  });

const goingAway = (): AppError =>
  new AppError("UNAVAILABLE", "The server is shutting down.", {
    hint: "Try again: another server will answer.",
    retryAfterSeconds: 1,
  });
