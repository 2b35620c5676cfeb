// Defines the messages between a worker thread of the library and the thread that started it.
import type { Heading } from "../../../composer/notation/heading.ts";
import type { NotationFormat } from "../../../composer/notation/piece-file.ts";
import type { MusicSpec } from "../../../composer/spec.ts";
import type { ErrorCode } from "../../../errors.ts";
import type { FileRecipe } from "../formats/file-recipe.ts";
import type { StemArchive } from "../formats/zip/stem-archive.ts";

export type ThreadTask =
  /** Writes the file of a recipe to a path. Fails if a file exists at this path. */
  | { readonly kind: "render"; readonly recipe: FileRecipe; readonly path: string }
  /**
   * Verifies one sound. The task's questions for the bytes of this sound have `sound: 0`. The resulting value is
   * the verdict.
   */
  | { readonly kind: "verify" }
  /** Draws an SVG. The resulting value is the bytes of the PNG. */
  | { readonly kind: "picture"; readonly svg: string }
  /** Writes the notes of the composer's plan. The resulting value is the bytes of the file. */
  | {
      readonly kind: "notes";
      readonly spec: MusicSpec;
      readonly format: NotationFormat;
      readonly heading: Heading;
    }
  /**
   * Renders the stems of the composer's plan into a ZIP. With `put` questions, sends the bytes of the ZIP
   * from `start` up to, but not including, `end`.
   */
  | { readonly kind: "stems"; readonly archive: StemArchive; readonly start: number; readonly end: number }
  /**
   * Splits a JSON body into messages. The resulting value is the messages. Fails if they are more than `messagesMax`.
   */
  | { readonly kind: "split"; readonly body: Uint8Array; readonly messagesMax: number };

/**
 * A question from a task to the thread that started the worker thread. Only that thread (the owner)
 * has access to the stores and the keys.
 */
export type ThreadQuestion =
  /**
   * Asks for the next bytes of a sound. The answer is undefined at the end of the sound. `reader` is a number that the
   * task chooses. The first question of a reader opens the sound at the byte `start`. Later questions of this reader
   * continue there, and `sound` and `start` are ignored.
   */
  | { readonly ask: "bytes"; readonly reader: number; readonly sound: number; readonly start: number }
  /** Sends bytes that the task has made. The answer is sent when the owner wants more bytes. */
  | { readonly ask: "put"; readonly bytes: Uint8Array }
  | { readonly ask: "signature"; readonly sound: number; readonly sha256: Uint8Array }
  | { readonly ask: "publicKey"; readonly keyId: string };

export interface ThreadFailure {
  /**
   * The code of an AppError, or STORAGE_FULL if the disk is full. Undefined for any other error. In
   * this case, `message` is the stack of the error.
   */
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
}

export type ToLibraryThread =
  | { readonly type: "start"; readonly task: number; readonly work: ThreadTask }
  | { readonly type: "answer"; readonly task: number; readonly question: number; readonly value: unknown }
  /** The owner could not answer the question, or the caller has aborted the task. */
  | {
      readonly type: "refusal";
      readonly task: number;
      readonly question: number;
      readonly failure: ThreadFailure;
    };

export type FromLibraryThread =
  | {
      readonly type: "question";
      readonly task: number;
      readonly question: number;
      readonly asked: ThreadQuestion;
    }
  /** The task has stopped reading a sound with this reader. */
  | { readonly type: "left"; readonly task: number; readonly reader: number }
  | { readonly type: "done"; readonly task: number; readonly value: unknown }
  | { readonly type: "failed"; readonly task: number; readonly failure: ThreadFailure };
