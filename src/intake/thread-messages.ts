// Defines the messages between the intake's thread and its owner.

import type { ErrorCode } from "../errors.ts";
import type { SourceFormat } from "../ports/generator/audio-intake.ts";
import type { GeneratedChunk } from "../ports/generator/generator.ts";

export type ToThread =
  | {
      readonly type: "open";
      readonly id: number;
      readonly format: SourceFormat | undefined;
      readonly durationMs: number;
      readonly fade: boolean | undefined;
    }
  | { readonly type: "bytes"; readonly id: number; readonly bytes: Uint8Array }
  /** The source ended. It is not whole if it failed. */
  | { readonly type: "end"; readonly id: number; readonly isWhole: boolean }
  /** One more chunk was read. */
  | { readonly type: "read"; readonly id: number }
  | { readonly type: "leave"; readonly id: number }
  /** Loads and compiles everything before the first source needs it. */
  | { readonly type: "warm" }
  /** Answered by "alive". */
  | { readonly type: "check" };

export interface ThreadFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

export type FromThread =
  | { readonly type: "alive" }
  /** The number of the source's bytes that no longer wait. */
  | { readonly type: "taken"; readonly id: number; readonly bytes: number }
  | { readonly type: "chunk"; readonly id: number; readonly chunk: GeneratedChunk }
  | { readonly type: "done"; readonly id: number }
  | { readonly type: "failed"; readonly id: number; readonly failure: ThreadFailure };
