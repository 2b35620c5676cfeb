// Defines the messages between two threads. The intake thread converts the audio of generators to chunks. Its owner is
// the thread that started it.

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
  /** The source ended. `isWhole` is false if the source failed. */
  | { readonly type: "end"; readonly id: number; readonly isWhole: boolean }
  /** The reader has read one more chunk. */
  | { readonly type: "read"; readonly id: number }
  /** The owner needs no more chunks of this source. */
  | { readonly type: "leave"; readonly id: number }
  /** Loads and compiles the code for PCM and MP3 before the first source needs it. */
  | { readonly type: "warm" }
  /** The thread answers with "alive". */
  | { readonly type: "check" };

export interface ThreadFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

export type FromThread =
  | { readonly type: "alive" }
  /** The thread has read `bytes` more bytes of the source. The owner limits how many unread bytes it sends. */
  | { readonly type: "taken"; readonly id: number; readonly bytes: number }
  | { readonly type: "chunk"; readonly id: number; readonly chunk: GeneratedChunk }
  | { readonly type: "done"; readonly id: number }
  | { readonly type: "failed"; readonly id: number; readonly failure: ThreadFailure };
