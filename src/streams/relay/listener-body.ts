// One listener's answer: given piece by piece at the listener's pace, cut off when it takes nothing.
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";
import type { BodySink } from "./body.ts";
import type { Follower, Heard } from "./follower.ts";
import type { Streams } from "../streams.ts";

export interface ListenerBodyOptions {
  readonly follower: Follower;
  /** The bytes for what was heard, if any. */
  readonly encode: (heard: Exclude<Heard, { kind: "gone" }>) => Uint8Array | undefined;
  /** Names how `encode` writes, where it writes the same chunks alike for every listener: then it is asked once for all. */
  readonly way?: string | undefined;
  /** Heard already, before the answer began. */
  readonly first?: Heard;
  /** At most this much at once, and so the most that is held for a listener who does not take it. */
  readonly burstBytes: number;
  /** After so long without news, or half as long again, `encode` gets a "quiet". */
  readonly quietMs: number;
  /** Ends then, between two pieces; the listener comes back by offset. */
  readonly lifeMs: number;
  /** Enough was encoded: the answer ends here. */
  readonly isOver?: () => boolean;
  /**
   * The listener can't resume by offset, so an end that is not the stream's own, or that comes before `isOver`, must
   * not look like the complete answer: it is cut off.
   */
  readonly isBrokenOffUnlessWhole?: boolean;
  /** The request that is answered. */
  readonly request?: Request | undefined;
}

/** What one listener was given at a change of the stream, and so all who waited at the same place are. */
interface Given {
  /** The object itself: another change has another one. */
  readonly state: StreamState;
  readonly from: number;
  readonly to: number;
  readonly way: string;
  readonly bytes: Uint8Array;
}

let lastGiven: Given | undefined;

/** Streams to one listener. Ends with the stream and, by default, with its deletion or the shutdown; cut off when the listener stalls. Leaves the follower at the end. */
export function listenerBody(streams: Streams, options: ListenerBodyOptions): ReadableStream<Uint8Array> {
  const { follower, encode, way, burstBytes, quietMs, lifeMs, isBrokenOffUnlessWhole = false } = options;
  const { counters, stalled } = streams;
  const endsAt = performance.now() + lifeMs;
  let isOld = false;
  let { first } = options;
  let sink: BodySink | undefined;
  let hasLeft = false;
  /** All was given, and it is its turn as soon as there is more. */
  let isWaiting = false;
  /** Since the timer rang last. */
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
    // Without a reason: who listens comes back by offset, and a line in the log each would be worth nothing.
    sink?.cutOff();
  };

  const cutOff = (): void => {
    if (!hasLeft) counters.listenersCutOff++;
    breakOff();
  };

  /** A listener that is behind goes on by `then`; one that takes nothing does not. */
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

  /** A goodbye costs more than a chunk: whoever waits for the last chunk has it before the first of them. */
  const end = (): void => {
    leave();
    follower.afterChange(() => sink?.end());
  };

  /** True when there may be more to give at once. */
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

  /** A thousand of these follow one another, and each finds the processor's caches full of the send before: little code counts. */
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

  /** One timer for all of a listener's life, so that what is given asks for no time: news come more often than silence. */
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
    // What is under way is ended by the follower, which says that it has left.
    else follower.leave();
  });

  return streams.openBody(
    {
      begin(itself) {
        sink = itself;
        // The answer may be over before it has begun.
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
