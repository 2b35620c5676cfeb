// Writes the response to one listener at the listener's pace, and aborts it when the listener takes nothing.
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";
import type { BodySink } from "./body.ts";
import type { Follower, FollowerEvent } from "./follower.ts";
import type { Streams } from "../streams.ts";

export interface ListenerBodyOptions {
  readonly follower: Follower;
  /** Encodes an event of the stream; undefined if nothing is to be sent. */
  readonly encode: (event: Exclude<FollowerEvent, { kind: "gone" }>) => Uint8Array | undefined;
  /** The cache key of the encoding. Listeners with the same key share one encoded chunk. */
  readonly encodingKey?: string | undefined;
  /** An event that was received before the response began. */
  readonly first?: FollowerEvent;
  /** The maximum size of a piece, and so of the buffer for a listener that takes nothing. */
  readonly burstBytes: number;
  /** After this time without data (up to 1.5 times as long), `encode` gets a "quiet" event. */
  readonly quietMs: number;
  /** The response ends after this time, between two pieces; the listener reconnects with its offset. */
  readonly lifeMs: number;
  /** Whether enough was encoded, so that the response ends here. */
  readonly isOver?: () => boolean;
  /**
   * Whether the listener can't resume by offset. Then an end before the stream's end or `isOver` must not look like a
   * complete response: it is aborted.
   */
  readonly isBrokenOffUnlessWhole?: boolean;
  /** The request of this response. */
  readonly request?: Request | undefined;
}

/** The piece that one listener got at a change of the stream. All listeners that waited at the same position get the same. */
interface SentPiece {
  /** Objects are compared by identity, because each change makes a new object. */
  readonly state: StreamState;
  readonly from: number;
  readonly to: number;
  readonly encodingKey: string;
  readonly bytes: Uint8Array;
}

let lastPiece: SentPiece | undefined;

/** Streams to one listener. Ends with the stream and, by default, with its deletion or the shutdown; aborted when the listener stalls. Closes the follower at the end. */
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
    // No reason is given, because listeners reconnect by offset and a log line for each would be useless.
    sink?.cutOff();
  };

  const cutOff = (): void => {
    if (!hasLeft) counters.listenersCutOff++;
    breakOff();
  };

  /** A slow listener continues after the promise of `write`; a stalled one never does. */
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

  /** Ending a response costs more than a chunk, so all listeners get the last chunk before the first response is ended. */
  const end = (): void => {
    leave();
    follower.afterChange(() => sink?.end());
  };

  /** True when there may be more to send at once. */
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

  /** This function is short, because it runs for thousands of listeners in a row, and each send replaces the processor's caches. */
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

  /** One timer for the whole life of a listener, so that a send starts no timer: sends are more frequent than silence. */
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
    // A pending read is ended by the follower, which then reports that it has left.
    else follower.leave();
  });

  return streams.openBody(
    {
      begin(itself) {
        sink = itself;
        // The response may end before it has begun.
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
