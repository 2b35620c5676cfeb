// One listener's way along a stream: what is there, then what comes, at its own pace.
import type { Span } from "../../ports/chunk-cache/chunk-cache.ts";
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";
import type { Tail } from "./tail.ts";

export type Heard =
  /** The next chunks. `isUpToDate`: nothing more was there then; `state` is as of then. */
  | {
      readonly kind: "chunks";
      readonly span: Span;
      readonly state: StreamState;
      readonly isUpToDate: boolean;
    }
  /** Nothing came in the time given. */
  | { readonly kind: "quiet"; readonly state: StreamState }
  /** All was given and the stream is closed. */
  | { readonly kind: "end"; readonly state: StreamState }
  /** The stream was deleted, or the listener left. */
  | { readonly kind: "gone" };

export interface Follower {
  readonly streamId: string;
  position(): number;
  state(): StreamState | undefined;
  /** What is there now, at once where it is near; undefined: nothing yet. One call at a time, of this and of `next`. */
  take(maxBytes: number): Heard | Promise<Heard> | undefined;
  /** For who was given the chunks up to there, without a `take`. */
  moveTo(position: number): void;
  /** Calls at each change of the stream, with its state then; the function returned ends that. */
  onChange(call: (state: StreamState | undefined) => void): () => void;
  /** Calls once everyone else who listens has been told of the change, too. */
  afterChange(call: () => void): void;
  /** Waits up to `waitMs`; 0 only looks. */
  next(maxBytes: number, waitMs: number): Promise<Heard>;
  /** May be called twice; ends a wait. */
  leave(): void;
}

interface FollowerOptions {
  readonly tail: Tail;
  readonly position: number;
  /** For what is older than the recent chunks. Undefined when the stream is gone. */
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

  /** False when the time is over without a change. */
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

  const heardOf = (span: Span, state: StreamState): Heard => {
    position = span.next;
    return { kind: "chunks", span, state, isUpToDate: position >= state.tail };
  };

  const take = (maxBytes: number): Heard | Promise<Heard> | undefined => {
    const state = currentState();
    if (state === undefined) return { kind: "gone" };
    if (position >= state.tail) return state.closed ? { kind: "end", state } : undefined;
    const near = tail.recent(position, maxBytes);
    if (near !== undefined) return heardOf(near, state);
    return readOlder(state, position, maxBytes).then((span) =>
      span === undefined || hasLeft ? { kind: "gone" } : heardOf(span, currentState() ?? state),
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
        const heard = await take(maxBytes);
        if (heard !== undefined) return heard;
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
