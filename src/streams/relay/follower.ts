// Keeps one listener's position in a stream. The follower returns existing chunks first and new chunks later, as fast
// as the listener asks for them.
import type { Span } from "../../ports/chunk-cache/chunk-cache.ts";
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";
import type { Tail } from "./tail.ts";

/** The result of one read or one wait of a listener. */
export type FollowerEvent =
  /**
   * The next chunks. `isUpToDate` is true if they reach the end of the stream. `state` is the state of the stream at
   * that time.
   */
  | {
      readonly kind: "chunks";
      readonly span: Span;
      readonly state: StreamState;
      readonly isUpToDate: boolean;
    }
  /** No data arrived within the given time. */
  | { readonly kind: "quiet"; readonly state: StreamState }
  /** The stream is closed, and all its chunks were returned. */
  | { readonly kind: "end"; readonly state: StreamState }
  /** The stream was deleted, or the listener left. */
  | { readonly kind: "gone" };

export interface Follower {
  readonly streamId: string;
  position(): number;
  state(): StreamState | undefined;
  /**
   * Returns the available chunks, without a promise if they are in memory. Returns undefined if the stream is open and
   * has no chunks after the position. At most one call of `take` or `next` may be pending at a time.
   */
  take(maxBytes: number): FollowerEvent | Promise<FollowerEvent> | undefined;
  /** Sets the position. Used when the listener got the chunks before `position` without `take`. */
  moveTo(position: number): void;
  /** Calls `call` with the new state at each change of the stream. The returned function ends these calls. */
  onChange(call: (state: StreamState | undefined) => void): () => void;
  /** Calls `call` once, after all other listeners were notified of the current change. */
  afterChange(call: () => void): void;
  /** Waits up to `waitMs` for chunks. With 0 it doesn't wait. */
  next(maxBytes: number, waitMs: number): Promise<FollowerEvent>;
  /** Stops listening, and ends a pending call of `next`. May be called twice. */
  leave(): void;
}

interface FollowerOptions {
  readonly tail: Tail;
  readonly position: number;
  /** Reads chunks that `tail` no longer has in memory. Returns undefined if the stream is gone. */
  readonly readOlder: (state: StreamState, position: number, maxBytes: number) => Promise<Span | undefined>;
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

  /** Resolves with false if nothing has changed within `waitMs`. */
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
