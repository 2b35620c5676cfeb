// The response to one listener: written in pieces at the listener's pace, and aborted when the listener takes nothing.
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";
import type { BodySink } from "./body.ts";
import type { Follower, Heard } from "./follower.ts";
import type { Streams } from "../streams.ts";

export interface ListenerBodyOptions {
  readonly follower: Follower;
  /** Encodes an event of the stream; undefined if nothing is to be sent. */
  readonly encode: (heard: Exclude<Heard, { kind: "gone" }>) => Uint8Array | undefined;
  /** The cache key of the encoding. Listeners with the same key share one encoded chunk. */
  readonly way?: string | undefined;
  /** An event that was received before the response began. */
  readonly first?: Heard;
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
interface Given {
  /** Compared by identity: each change makes a new object. */
  readonly state: StreamState;
  readonly from: number;
  readonly to: number;
  readonly way: string;
  readonly bytes: Uint8Array;
}

let lastGiven: Given | undefined;

/** Streams to one listener. Ends with the stream and, by default, with its deletion or the shutdown; aborted when the listener stalls. Closes the follower at the end. */
export function listenerBody(streams: Streams, options: ListenerBodyOptions): ReadableStream<Uint8Array> {
  const { follower, encode, way, burstBytes, quietMs, lifeMs, isBrokenOffUnlessWhole = false } = options;
  const { counters, stalled } = streams;
  const endsAt = performance.now() + lifeMs;
  let isOld = false;
  let { first } = options;
  let sink: BodySink | undefined;
  let hasLeft = false;
  /** Whether the listener got everything and waits for the next change. */
  let isWaiting = false;
  /** Whether something was sent since the timer last fired. */
  let hasSpoken = false;
  let quietRings = 0;
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
    // Without a reason: listeners reconnect by offset, and a log line for each would be useless.
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
  const give = (heard: Heard): boolean => {
    const bytes = heard.kind === "gone" ? undefined : encode(heard);
    const taken = bytes === undefined ? undefined : sink?.write(bytes);
    counters.sentBytes += bytes?.byteLength ?? 0;
    hasSpoken = true;
    const isLast = isTheEnd(heard) || isOld || options.isOver?.() === true;
    const isShort = heard.kind === "gone" || options.isOver?.() === false;
    const finish = isLast && isShort && isBrokenOffUnlessWhole ? breakOff : end;
    if (heard.kind === "chunks" && heard.isUpToDate && !isLast && way !== undefined && bytes !== undefined) {
      const { span, state } = heard;
      lastGiven = { state, from: span.position, to: span.next, way, bytes };
    }
    if (taken !== undefined) behind(taken, isLast ? finish : feed);
    else if (isLast) finish();
    return taken === undefined && !isLast;
  };

  const feed = (): void => {
    try {
      while (!hasLeft) {
        const heard = first ?? follower.take(burstBytes);
        first = undefined;
        if (heard === undefined) {
          isWaiting = true;
          return;
        }
        if (heard instanceof Promise) {
          heard.then(feedWith, breakOff);
          return;
        }
        if (!give(heard)) return;
      }
    } catch {
      breakOff();
    }
  };

  const feedWith = (heard: Heard): void => {
    if (hasLeft) return;
    first = heard;
    feed();
  };

  /** Runs for thousands of listeners in a row, and each send replaces the processor's caches: so it is kept short. */
  const giveTheSame = ({ to, bytes }: Given): void => {
    follower.moveTo(to);
    counters.sentBytes += bytes.byteLength;
    hasSpoken = true;
    const taken = sink?.write(bytes);
    if (taken === undefined) return;
    isWaiting = false;
    behind(taken, feed);
  };

  const forget = follower.onChange((state) => {
    if (!isWaiting) return;
    const given = lastGiven;
    const isInStep =
      given?.state === state && given?.way === way && given?.from === follower.position() && !isOld;
    if (given !== undefined && isInStep) return giveTheSame(given);
    isWaiting = false;
    feed();
  });

  /** One timer for the whole life of a listener, so that a send starts no timer: sends are more frequent than silence. */
  const ring = (): void => {
    quietRings = hasSpoken ? 0 : quietRings + 1;
    hasSpoken = false;
    isOld = performance.now() >= endsAt;
    if (!isWaiting || (quietRings < 2 && !isOld)) return;
    const state = follower.state();
    if (state === undefined) return;
    isWaiting = false;
    quietRings = 0;
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
        timer = setInterval(ring, Math.min(quietMs, lifeMs) / 2);
        feed();
      },
      left: leave,
    },
    options.request,
  );
}

const isTheEnd = (heard: Heard): boolean =>
  heard.kind === "gone" ||
  heard.kind === "end" ||
  (heard.kind === "chunks" && heard.isUpToDate && heard.state.closed);
