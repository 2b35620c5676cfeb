// A language model that answers with JSON. Names no technology.

export interface ModelMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface ModelRequest {
  readonly messages: readonly ModelMessage[];
  /** What the answer should look like. A model may ignore it: whoever asks checks the answer. */
  readonly schema: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
}

/** "unusable": it answered, and not with JSON. `text` is what it said, cut to a few thousand characters. */
export type ModelAnswer =
  | { readonly kind: "json"; readonly value: unknown; readonly text: string }
  | {
      readonly kind: "unusable";
      readonly reason: "truncated" | "refused" | "not-json" | "too-long";
      readonly text: string;
    };

export interface LanguageModel {
  /** UNAVAILABLE when the model is away, too slow, or speaks something else than its protocol. Nothing is retried for ever. */
  ask(request: ModelRequest): Promise<ModelAnswer>;
}
