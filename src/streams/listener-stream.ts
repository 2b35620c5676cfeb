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
  let taken: (() => void) | undefined;

  const leave = (): void => {
    taken?.();
    follower.leave();
    stay();
  };

  const nextHeard = (): Promise<Heard> => {
    const heard = first;
    first = undefined;
    return heard === undefined ? follower.next(burstBytes, quietMs) : Promise.resolve(heard);
  };

  const stay = streams.whenClosing(leave);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        taken?.();
        for (;;) {
          const heard = await nextHeard();
          const bytes = heard.kind === "gone" ? undefined : encode(heard);
          if (bytes !== undefined) {
            streams.counters.sentBytes += bytes.byteLength;
            controller.enqueue(bytes);
          }
          const isLast = heard.kind === "gone" || heard.kind === "end" || options.isOver?.() === true;
          if (isLast || performance.now() >= endsAt) {
            leave();
            controller.close();
            return;
          }
          if (bytes === undefined) continue;
          taken = streams.stalled.waiting(() => {
            streams.counters.listenersCutOff++;
            leave();
            // Without a reason: it is counted, and not worth a line in the log each.
            controller.error();
          });
          return;
        }
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}
