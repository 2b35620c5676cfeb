// A version's audio for `<audio>`, while it grows and after: each window is answered at once with what is there, against the total to come.
import { AppError, notFound } from "../errors.ts";
import type { StreamKey, StreamState } from "../ports/chunk-store/chunk-store.ts";
import { type ByteRange, parseRange } from "./byte-range.ts";
import type { Follower } from "./follower.ts";
import { listenerBody } from "./listener-body.ts";
import type { Streams } from "./streams.ts";

export interface AudioRequest {
  /** The total planned, where it is known: exact once the stream is closed without a failure. */
  readonly plannedBytes: number | undefined;
  /** A name for these bytes that outlives the stream; where not given, the stream's own. */
  readonly etag?: string | undefined;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly isHead: boolean;
  /** The listener has left. */
  readonly signal: AbortSignal;
}

export interface AudioAnswer {
  readonly status: 200 | 206 | 302 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | ReadableStream<Uint8Array> | Blob | null;
}

/** Of a closed stream, on disk; undefined where there is no room for it. */
export type OpenWhole = (key: StreamKey, bytes: number, signal: AbortSignal) => Promise<Blob | undefined>;

export interface AudioLimits {
  /** The most that one window of growing audio holds, and the most held for one answer. */
  readonly windowBytes: number;
  /** How long a window waits for its first byte. */
  readonly waitMs: number;
  readonly burstBytes: number;
}

export const audioLimits: AudioLimits = { windowBytes: 1 << 20, waitMs: 25_000, burstBytes: 64 * 1024 };

/** Errors: NOT_FOUND, GONE, RANGE_NOT_SATISFIABLE with `details.total`, UNAVAILABLE when the wait was in vain. */
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
    "cache-control": state.closed ? "private, max-age=3600" : "private, no-store",
  };
  if (state.closed && request.ifNoneMatch?.includes(etag)) return { status: 304, headers, body: null };
  const asked =
    request.ifRange === undefined || request.ifRange === etag ? parseRange(request.range) : undefined;
  const total = totalOf(state, request.plannedBytes);
  if (request.isHead) return { status: 200, headers: { ...headers, ...lengthOf(total) }, body: null };
  const file = (bytes: number): Promise<Blob | undefined> =>
    deps.openWhole?.(key, bytes, request.signal) ?? Promise.resolve(undefined);
  if (asked === undefined) return whole(streams, key, { state, headers, limits, file });
  const bounds = boundsOf(asked, total);
  const window = await waitFor(streams, key, state, bounds.first, {
    signal: request.signal,
    waitMs: limits.waitMs,
  });
  return part(streams, key, {
    state: window,
    bounds,
    total: totalOf(window, request.plannedBytes),
    headers,
    limits,
    file,
  });
}

/** What the whole will be: what it is once closed, else what is planned, unless more than that is there already. */
const totalOf = ({ closed, tail }: StreamState, plannedBytes: number | undefined): number | undefined => {
  if (closed) return tail;
  return plannedBytes === undefined || plannedBytes < tail ? undefined : plannedBytes;
};

interface Bounds {
  readonly first: number;
  /** Inclusive; undefined: as far as there is something. */
  readonly last: number | undefined;
}

export function boundsOf(range: ByteRange, total: number | undefined): Bounds {
  if (range.kind === "suffix") {
    if (total === undefined || range.length === 0) throw unsatisfiable(total);
    return { first: Math.max(0, total - range.length), last: total - 1 };
  }
  if (total !== undefined && range.first >= total) throw unsatisfiable(total);
  const last = total === undefined ? range.last : Math.min(range.last ?? total - 1, total - 1);
  return { first: range.first, last: range.last === undefined ? undefined : last };
}

/** The stream's state once it has the byte asked for, or cannot get it any more. */
async function waitFor(
  streams: Streams,
  key: StreamKey,
  state: StreamState,
  first: number,
  { signal, waitMs }: { readonly signal: AbortSignal; readonly waitMs: number },
): Promise<StreamState> {
  if (first < state.tail) return state;
  if (state.closed) throw unsatisfiable(state.tail);
  const follower = await streams.follow(key, state.tail);
  if (follower === undefined) throw notFound("audio");
  const leave = (): void => follower.leave();
  signal.addEventListener("abort", leave, { once: true });
  const stay = streams.whenClosing(leave);
  try {
    return await grownTo(follower, first, waitMs);
  } finally {
    stay();
    signal.removeEventListener("abort", leave);
    leave();
  }
}

async function grownTo(follower: Follower, first: number, waitMs: number): Promise<StreamState> {
  const until = performance.now() + waitMs;
  for (;;) {
    const heard = await follower.next(1, Math.max(0, until - performance.now()));
    if (heard.kind === "gone") throw notYet();
    if (heard.state.tail > first) return heard.state;
    if (heard.kind === "end") throw unsatisfiable(heard.state.tail);
    if (heard.kind === "quiet") throw notYet();
  }
}

interface PartOptions {
  readonly state: StreamState;
  readonly bounds: Bounds;
  readonly total: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: AudioLimits;
  /** A server tells the exact length of a file, and of no stream. */
  readonly file: (bytes: number) => Promise<Blob | undefined>;
}

async function part(streams: Streams, key: StreamKey, options: PartOptions): Promise<AudioAnswer> {
  const { state, bounds, total, headers, limits, file } = options;
  const { first } = bounds;
  const there = Math.min(bounds.last ?? state.tail - 1, state.tail - 1);
  // What is finished is answered as it was asked; what grows, by windows: the player asks for the next one.
  const isStreamed = state.closed && there - first >= limits.windowBytes;
  const last = isStreamed ? there : Math.min(there, first + limits.windowBytes - 1);
  const body = isStreamed
    ? ((await file(state.tail))?.slice(first, last + 1) ??
      (await pages(streams, key, first, last + 1, limits)))
    : await bytesBetween(streams, key, first, last + 1);
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

async function whole(
  streams: Streams,
  key: StreamKey,
  { state, headers, limits, file }: Omit<PartOptions, "bounds" | "total">,
): Promise<AudioAnswer> {
  if (state.closed && state.tail <= limits.windowBytes) {
    const body = await bytesBetween(streams, key, 0, state.tail);
    return { status: 200, headers: { ...headers, ...lengthOf(state.tail) }, body };
  }
  const end = state.closed ? state.tail : Infinity;
  const length = state.closed ? lengthOf(state.tail) : {};
  const body =
    (state.closed ? await file(state.tail) : undefined) ?? (await pages(streams, key, 0, end, limits));
  return { status: 200, headers: { ...headers, ...length }, body };
}

/** As it is taken, and as it grows; never more than one burst held. */
async function pages(
  streams: Streams,
  key: StreamKey,
  from: number,
  to: number,
  { burstBytes }: AudioLimits,
) {
  const follower = await streams.follow(key, from);
  if (follower === undefined) throw notFound("audio");
  let left = to - from;
  return listenerBody(streams, {
    follower,
    burstBytes,
    way: to === Infinity ? "bytes" : undefined,
    quietMs: 60_000,
    lifeMs: Infinity,
    encode(heard) {
      if (heard.kind !== "chunks") return undefined;
      const bytes = joined(heard.span.chunks).subarray(0, left);
      left -= bytes.byteLength;
      return bytes;
    },
    isOver: () => left === 0,
  });
}

async function bytesBetween(streams: Streams, key: StreamKey, from: number, to: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = from; at < to;) {
    const read = await streams.read(key, at, to - at);
    if (read === undefined || read.chunks.length === 0) throw notFound("audio");
    parts.push(...read.chunks);
    at = read.next;
  }
  streams.counters.sentBytes += to - from;
  return joined(parts).subarray(0, to - from);
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array =>
  chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);

const lengthOf = (bytes: number | undefined): Record<string, string> =>
  bytes === undefined ? {} : { "content-length": String(bytes) };

const unsatisfiable = (total: number | undefined): AppError =>
  new AppError("RANGE_NOT_SATISFIABLE", "There is nothing in the range asked for.", {
    ...(total === undefined ? {} : { details: { total } }),
  });

const notYet = (): AppError =>
  new AppError("UNAVAILABLE", "That part has not been made yet.", {
    hint: "Ask again, or for an earlier part.",
    retryAfterSeconds: 1,
  });
