// Keeps one listener's position in a stream. The listener asks the follower for chunks. The follower first returns the
// chunks that exist already, and later the new chunks.
import type { Span } from "../../ports/chunk-cache/chunk-cache.ts";
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";
import type { Tail } from "./tail.ts";

/** The result of one read or one wait of a listener. */
export type FollowerEvent =
  /**
   * The next chunks. `isUpToDate` is true if these chunks reach the end of the stream. `state` is the state of the
   * stream when the chunks were returned.
   */
  | {
      readonly kind: "chunks";
      readonly span: Span;
      readonly state: StreamState;
      readonly isUpToDate: boolean;
    }
  /** Within `waitMs`, no chunk arrived and the stream was not closed. */
  | { readonly kind: "quiet"; readonly state: StreamState }
  /** The stream is closed, and all its chunks were returned. */
  | { readonly kind: "end"; readonly state: StreamState }
  /** The stream was deleted or replaced by another stream, `tail` was stopped, or the listener left. */
  | { readonly kind: "gone" };

export interface Follower {
  readonly streamId: string;
  position(): number;
  /**
   * Returns the state of the stream. Returns undefined in the cases in which `take` returns "gone": the stream is gone,
   * or the listener has left.
   */
  state(): StreamState | undefined;
  /**
   * Returns the next chunks, with at most `maxBytes` bytes in total. A first chunk that is larger is returned alone.
   * Returns undefined if the stream is open and has no chunks after the position. The result is a promise only if the
   * chunks are not in memory. If the store can't be read, rejects with the error of the store. Don't call `take` or
   * `next` while an earlier call of `take` or `next` is pending.
   */
  take(maxBytes: number): FollowerEvent | Promise<FollowerEvent> | undefined;
  /** Sets the position. Call this function if the listener got all bytes below `position` from another source. */
  moveTo(position: number): void;
  /**
   * Calls `call` with the new state after changes of the stream. Several changes in a short time can cause only one
   * call. To end the calls, call the returned function. `leave` does not end the calls.
   */
  onChange(call: (state: StreamState | undefined) => void): () => void;
  /**
   * Calls `call` one time. If the listeners are being notified of a change at this moment, waits until all of them were
   * notified. Otherwise calls `call` immediately.
   */
  afterChange(call: () => void): void;
  /** Like `take`, but if there are no chunks, waits up to `waitMs` for chunks or for the end of the stream. */
  next(maxBytes: number, waitMs: number): Promise<FollowerEvent>;
  /** Ends the listening. A pending call of `next` resolves with "gone". A second call of `leave` does nothing. */
  leave(): void;
}

interface FollowerOptions {
  readonly tail: Tail;
  readonly position: number;
  /** Reads chunks that `tail` does not have in memory. Returns undefined if the stream is gone. */
  readonly readOlder: (state: StreamState, position: number, maxBytes: number) => Promise<Span | undefined>;
  /** Called at the first call of `leave`. */
  readonly left: () => void;
}

export function createFollower({ tail, position: start, readOlder, left }: FollowerOptions): Follower {
  const streamId = tail.state()?.id ?? "";
  let position = start;
  let hasLeft = false;
  let stopWaiting: (() => void) | undefined;

  const currentState = (): StreamState | undefined => {
    const state = tail.state();
    return hasLeft || state?.id !== streamId ? undefined : state;
  };

  /** Resolves with true at a change of the stream or at `leave`, and with false after `waitMs`. */
  const change = (waitMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => finish(false), waitMs);
      const forget = tail.onChange(() => finish(true));
      const finish = (changed: boolean): void => {
        clearTimeout(timer);
        forget();
        stopWaiting = undefined;
        resolve(changed);
      };
      stopWaiting = () => finish(true);
    });

  const chunksEvent = (span: Span, state: StreamState): FollowerEvent => {
    position = span.next;
    return { kind: "chunks", span, state, isUpToDate: position >= state.tail };
  };

  const take = (maxBytes: number): FollowerEvent | Promise<FollowerEvent> | undefined => {
    const state = currentState();
    if (state === undefined) return { kind: "gone" };
    if (position >= state.tail) return state.closed ? { kind: "end", state } : undefined;
    const near = tail.recent(position, maxBytes);
    if (near !== undefined) return chunksEvent(near, state);
    return readOlder(state, position, maxBytes).then((span) =>
      span === undefined || hasLeft ? { kind: "gone" } : chunksEvent(span, currentState() ?? state),
    );
  };

  return {
    streamId,
    position: () => position,
    moveTo(next) {
      position = next;
    },
    state: currentState,
    take,
    onChange: (call) => tail.onChange(call),
    afterChange: (call) => tail.afterChange(call),
    async next(maxBytes, waitMs) {
      const until = performance.now() + waitMs;
      for (;;) {
        const event = await take(maxBytes);
        if (event !== undefined) return event;
        const state = currentState();
        if (state === undefined) return { kind: "gone" };
        const left = until - performance.now();
        if (left <= 0 || !(await change(left))) return { kind: "quiet", state };
      }
    },
    leave() {
      if (hasLeft) return;
      hasLeft = true;
      stopWaiting?.();
      left();
    },
  };
}
