// Writes the response to one listener as fast as the listener receives the data, and aborts the response if the
// listener stops receiving.
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";
import type { BodySink } from "./body.ts";
import type { Follower, FollowerEvent } from "./follower.ts";
import type { Streams } from "../streams.ts";

export interface ListenerBodyOptions {
  readonly follower: Follower;
  /** Encodes an event of the stream. Returns undefined if nothing is sent for this event. */
  readonly encode: (event: Exclude<FollowerEvent, { kind: "gone" }>) => Uint8Array | undefined;
  /**
   * The cache key of the encoding. Listeners with the same key can share an encoded chunk. If the key is undefined,
   * nothing is shared.
   */
  readonly encodingKey?: string | undefined;
  /**
   * The event that is sent first, before the events of `follower`: for example, an event that the caller has already
   * taken from the follower.
   */
  readonly first?: FollowerEvent;
  /**
   * The maximum size of one piece of the response, in bytes. It also limits the buffer of a listener that receives
   * nothing.
   */
  readonly burstBytes: number;
  /**
   * When the stream has had no new data for this time, `encode` gets a "quiet" event. The event can be late by up to
   * half of this time. `encode` also gets a "quiet" event if the response reaches `lifeMs` while it
   * waits for new data.
   */
  readonly quietMs: number;
  /**
   * After this time, the response ends as soon as the current piece is sent. This is checked about every `quietMs / 2`.
   * The listener then reconnects with its offset.
   */
  readonly lifeMs: number;
  /** Returns true if `encode` has returned everything that the listener asked for. Then the response ends. */
  readonly isOver?: () => boolean;
  /**
   * Set this for a listener that can't resume by offset, so that an incomplete response does not look complete. With
   * `isOver`, the response is aborted if it ends before `isOver` returns true. Without `isOver`, the response is
   * aborted if the stream is deleted or the process shuts down before the end of the stream; `lifeMs` must then be
   * Infinity, because a response that reaches `lifeMs` would look complete.
   */
  readonly isBrokenOffUnlessWhole?: boolean;
  readonly request?: Request | undefined;
}

/**
 * The bytes that were sent to one listener after a change of the stream. They are sent again to the next listeners at
 * the same position, so that the change is not encoded for each listener. Only the latest piece is kept. So if a
 * listener with another encoding key comes in between, the change is encoded again.
 */
interface SentPiece {
  /** The state of the stream after the change. States are compared by identity: each change creates a new object. */
  readonly state: StreamState;
  readonly from: number;
  readonly to: number;
  readonly encodingKey: string;
  readonly bytes: Uint8Array;
}

let lastPiece: SentPiece | undefined;

/**
 * Streams to one listener. The end of the response depends on its cause:
 * - The stream ends: the response ends.
 * - The stream is deleted, or the process shuts down: the response ends, or is aborted with `isBrokenOffUnlessWhole`.
 * - The listener stalls, or reading or encoding throws an error: the response is aborted. The error is not logged.
 *
 * In every case, this function calls `leave` of the follower.
 */
export function listenerBody(streams: Streams, options: ListenerBodyOptions): ReadableStream<Uint8Array> {
  const {
    follower,
    encode,
    encodingKey,
    burstBytes,
    quietMs,
    lifeMs,
    isBrokenOffUnlessWhole = false,
  } = options;
  const { counters, stalled } = streams;
  const endsAt = performance.now() + lifeMs;
  let isOld = false;
  let { first } = options;
  let sink: BodySink | undefined;
  let hasLeft = false;
  /** Whether the listener has received everything and waits for the next change. */
  let isWaiting = false;
  /** Whether something was sent since the timer last fired. */
  let hasSent = false;
  let quietTicks = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const leave = (): void => {
    hasLeft = true;
    isWaiting = false;
    clearInterval(timer);
    forget();
    stay();
    follower.leave();
  };

  const breakOff = (): void => {
    leave();
    // The response is aborted without an error. An error would be logged for each listener, and nobody needs such a log
    // line.
    sink?.cutOff();
  };

  const cutOff = (): void => {
    if (!hasLeft) counters.listenersCutOff++;
    breakOff();
  };

  /**
   * Waits until a slow listener has received its data, and then calls `then`. If the listener stalls, `taken` does not
   * resolve, and `stalled` calls `cutOff`.
   */
  const behind = (taken: Promise<unknown>, then: () => void): void => {
    const unstall = stalled.waiting({
      cutOff,
      unsentBytes: async () => sink?.unsentBytes(),
    });
    void taken.then(() => {
      unstall();
      if (!hasLeft) then();
    });
  };

  /**
   * Ends the response, but only after all listeners have got the last change. To end a response takes longer than to
   * send a chunk. If each response were ended at once, the last listeners would get the last chunk late.
   */
  const end = (): void => {
    leave();
    follower.afterChange(() => sink?.end());
  };

  /** Sends an event. Returns true if the caller has to take the next event now. */
  const send = (event: FollowerEvent): boolean => {
    const bytes = event.kind === "gone" ? undefined : encode(event);
    const taken = bytes === undefined ? undefined : sink?.write(bytes);
    counters.sentBytes += bytes?.byteLength ?? 0;
    hasSent = true;
    const isLast = isTheEnd(event) || isOld || options.isOver?.() === true;
    const isShort = event.kind === "gone" || options.isOver?.() === false;
    const finish = isLast && isShort && isBrokenOffUnlessWhole ? breakOff : end;
    if (
      event.kind === "chunks" &&
      event.isUpToDate &&
      !isLast &&
      encodingKey !== undefined &&
      bytes !== undefined
    ) {
      const { span, state } = event;
      lastPiece = { state, from: span.position, to: span.next, encodingKey, bytes };
    }
    if (taken !== undefined) behind(taken, isLast ? finish : feed);
    else if (isLast) finish();
    return taken === undefined && !isLast;
  };

  const feed = (): void => {
    try {
      while (!hasLeft) {
        const event = first ?? follower.take(burstBytes);
        first = undefined;
        if (event === undefined) {
          isWaiting = true;
          return;
        }
        if (event instanceof Promise) {
          event.then(feedWith, breakOff);
          return;
        }
        if (!send(event)) return;
      }
    } catch {
      breakOff();
    }
  };

  const feedWith = (event: FollowerEvent): void => {
    if (hasLeft) return;
    first = event;
    feed();
  };

  /**
   * Sends the bytes that were encoded for another listener. This function is called for thousands of
   * listeners in a row. Between two calls, the operating system writes to a socket, and the code and data of this function
   * are displaced from the processor's caches. So it has to be short to be fast.
   */
  const sendAgain = ({ to, bytes }: SentPiece): void => {
    follower.moveTo(to);
    counters.sentBytes += bytes.byteLength;
    hasSent = true;
    const taken = sink?.write(bytes);
    if (taken === undefined) return;
    isWaiting = false;
    behind(taken, feed);
  };

  const forget = follower.onChange((state) => {
    if (!isWaiting) return;
    const piece = lastPiece;
    const isSamePiece =
      piece?.state === state &&
      piece?.encodingKey === encodingKey &&
      piece?.from === follower.position() &&
      !isOld;
    if (piece !== undefined && isSamePiece) return sendAgain(piece);
    isWaiting = false;
    feed();
  });

  /**
   * Checks whether the stream is quiet and whether the response has reached its maximum age. One timer calls this
   * function regularly. Starting a new timer after every send would cost more, because there are many sends and few
   * pauses.
   */
  const tick = (): void => {
    quietTicks = hasSent ? 0 : quietTicks + 1;
    hasSent = false;
    isOld = performance.now() >= endsAt;
    if (!isWaiting || (quietTicks < 2 && !isOld)) return;
    const state = follower.state();
    if (state === undefined) return;
    isWaiting = false;
    quietTicks = 0;
    feedWith({ kind: "quiet", state });
  };

  const stay = streams.whenClosing(() => {
    if (isBrokenOffUnlessWhole) breakOff();
    else if (isWaiting) end();
    // Otherwise a read or a write is pending. After `follower.leave`, the next event of the follower says that the
    // stream is gone, and this event ends the response.
    else follower.leave();
  });

  return streams.openBody(
    {
      begin(itself) {
        sink = itself;
        // The response can have ended before it started.
        if (hasLeft) return isBrokenOffUnlessWhole ? itself.cutOff() : itself.end();
        timer = setInterval(tick, Math.min(quietMs, lifeMs) / 2);
        feed();
      },
      left: leave,
    },
    options.request,
  );
}

const isTheEnd = (event: FollowerEvent): boolean =>
  event.kind === "gone" ||
  event.kind === "end" ||
  (event.kind === "chunks" && event.isUpToDate && event.state.closed);
