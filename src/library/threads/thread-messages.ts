// What a library thread and its owner say to each other.
import type { ErrorCode } from "../../errors.ts";
import type { FileRecipe } from "../formats/file-recipe.ts";

export type ThreadTask =
  /** Writes the file of a recipe to a path where there is none. */
  | { readonly kind: "render"; readonly recipe: FileRecipe; readonly path: string }
  /** Answers the verdict on sound 0. */
  | { readonly kind: "verify" }
  /** Answers the messages of a body in JSON. */
  | { readonly kind: "split"; readonly body: Uint8Array; readonly messagesMax: number };

/** What a task asks of its owner, who has the stores and the keys. */
export type ThreadQuestion =
  /** The next bytes of a sound, undefined at its end; the first of a reader open it. */
  | { readonly ask: "bytes"; readonly reader: number; readonly sound: number; readonly start: number }
  | { readonly ask: "signature"; readonly sound: number; readonly sha256: Uint8Array }
  | { readonly ask: "publicKey"; readonly keyId: string };

export interface ThreadFailure {
  /** Undefined: none of ours. */
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
}

export type ToLibraryThread =
  | { readonly type: "start"; readonly task: number; readonly work: ThreadTask }
  | { readonly type: "answer"; readonly task: number; readonly question: number; readonly value: unknown }
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
  /** Nothing more is read of this one. */
  | { readonly type: "left"; readonly task: number; readonly reader: number }
  | { readonly type: "done"; readonly task: number; readonly value: unknown }
  | { readonly type: "failed"; readonly task: number; readonly failure: ThreadFailure };
