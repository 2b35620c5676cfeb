// Defines the messages between the thread of the composer and the built-in generator, which starts the thread.

import type { ErrorCode } from "../errors.ts";
import type { ComposedChunk } from "./chunk.ts";
import type { MusicSpec } from "./spec.ts";

export type ToThread =
  | {
      readonly type: "open";
      readonly soundBank: string | undefined;
      readonly lame: string | undefined;
      /** Whether the thread warms up before it sends "ready". False if a piece already waits for the thread. */
      readonly warmsUp: boolean;
    }
  | {
      readonly type: "start";
      readonly id: number;
      readonly spec: MusicSpec;
      readonly businessId: string;
      readonly owner: string;
    }
  /** The reader has read one more chunk. A piece with too many unread chunks pauses. */
  | { readonly type: "read"; readonly id: number }
  /** Ends a piece. The thread does not answer: an aborted piece gets neither "end" nor "failed". */
  | { readonly type: "abort"; readonly id: number };

export interface ThreadFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

export type FromThread =
  | { readonly type: "ready" }
  | { readonly type: "unusable"; readonly failure: ThreadFailure }
  | { readonly type: "chunk"; readonly id: number; readonly chunk: ComposedChunk }
  | { readonly type: "end"; readonly id: number }
  | { readonly type: "failed"; readonly id: number; readonly failure: ThreadFailure };
