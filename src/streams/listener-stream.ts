// One listener's answer as a stream of bytes: taken piece by piece at the listener's pace, cut off when it takes nothing.
import type { Follower, Heard } from "./follower.ts";
import type { Streams } from "./streams.ts";

export interface ListenerStreamOptions {
  readonly follower: Follower;
  /** The bytes for what was heard, if any. */
  readonly encode: (heard: Exclude<Heard, { kind: "gone" }>) => Uint8Array | undefined;
  /** Heard already, before the answer began. */
  readonly first?: Heard;
  /** At most this much at once, and so the most that is held for a listener who does not take it. */
  readonly burstBytes: number;
  /** After so long without news, `encode` gets a "quiet". */
  readonly quietMs: number;
  /** Ends then, between two pieces; the listener comes back by offset. */
  readonly lifeMs: number;
  /** Enough was encoded: the answer ends here. */
  readonly isOver?: () => boolean;
}

/** Ends well with the stream, its deletion or the shutdown; fails when the listener is cut off. Leaves the follower at the end. */
export function listenerStream(streams: Streams, options: ListenerStreamOptions): ReadableStream<Uint8Array> {
  const { follower, encode, burstBytes, quietMs, lifeMs } = options;
  const endsAt = performance.now() + lifeMs;
  let { first } = options;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let hasLeft = false;
  let stopWaiting: (() => void) | undefined;
  let taken: (() => void) | undefined;
  let quietAt = performance.now() + quietMs;
  let quietTimer: ReturnType<typeof setTimeout> | undefined;

  const leave = (): void => {
    hasLeft = true;
    taken?.();
    stopWaiting?.();
    clearTimeout(quietTimer);
    follower.leave();
    stay();
  };

  const cutOff = (): void => {
    streams.counters.listenersCutOff++;
    leave();
    // Without a reason: it is counted, and not worth a line in the log each.
    controller.error();
  };

  /** True when the listener has something to take, or the end. */
  const give = (heard: Heard): boolean => {
    const bytes = heard.kind === "gone" ? undefined : encode(heard);
    if (bytes !== undefined) {
      streams.counters.sentBytes += bytes.byteLength;
      controller.enqueue(bytes);
    }
    const now = performance.now();
    const isLast = heard.kind === "gone" || heard.kind === "end" || options.isOver?.() === true;
    if (isLast || now >= endsAt) {
      leave();
      controller.close();
      return true;
    }
    quietAt = now + quietMs;
    if (bytes !== undefined) taken = streams.stalled.waiting(cutOff);
    return bytes !== undefined;
  };

  /** No promise where it is near: thousands may wait for the same chunk, and each step of each counts. */
  const feed = (): void | Promise<void> => {
    for (;;) {
      const heard = first ?? follower.take(burstBytes);
      first = undefined;
      if (heard === undefined) return wait();
      if (heard instanceof Promise) return heard.then((later) => (give(later) ? undefined : feed()));
      if (give(heard)) return undefined;
    }
  };

  const wait = (): void => {
    const forget = follower.onChange(() => {
      stopWaiting = undefined;
      feedUnasked();
    });
    stopWaiting = () => {
      stopWaiting = undefined;
      forget();
    };
  };

  /** Outside of a pull nobody else hears of a failure. */
  const feedUnasked = (): void => {
    const fail = (err: unknown): void => {
      leave();
      controller.error(err);
    };
    try {
      feed()?.catch(fail);
    } catch (err) {
      fail(err);
    }
  };

  /** One timer for all of a listener's life, which looks when it rings: news come more often than silence. */
  const watchQuiet = (): void => {
    const state = stopWaiting !== undefined && performance.now() >= quietAt ? follower.state() : undefined;
    if (state !== undefined) {
      stopWaiting?.();
      if (!give({ kind: "quiet", state })) feedUnasked();
    }
    if (hasLeft) return;
    const leftMs = quietAt - performance.now();
    quietTimer = setTimeout(watchQuiet, leftMs > 0 ? leftMs : quietMs);
  };

  const stay = streams.whenClosing(() => {
    const isWaiting = stopWaiting !== undefined;
    leave();
    if (isWaiting) controller.close();
  });
  return new ReadableStream<Uint8Array>(
    {
      start(itself) {
        controller = itself;
        watchQuiet();
      },
      pull() {
        taken?.();
        return feed();
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}
