// Defines a language model that answers with JSON. This file does not depend on a specific technology.

export interface ModelMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface ModelRequest {
  readonly messages: readonly ModelMessage[];
  /** The JSON Schema of the answer. A model can ignore the schema, so the caller has to check the answer. */
  readonly schema: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
}

/**
 * "unusable" means that there is no JSON for the caller; `reason` says why. `text` is the answer,
 * cut to a few thousand characters. With the reason "too-long", the answer was not read to its end, and `text` is empty.
 */
export type ModelAnswer =
  | { readonly kind: "json"; readonly value: unknown; readonly text: string }
  | {
      readonly kind: "unusable";
      readonly reason: "truncated" | "refused" | "not-json" | "too-long";
      readonly text: string;
    };

export interface LanguageModel {
  /**
   * Sends the messages and returns the answer. The number of retries is limited. Error: UNAVAILABLE when the model is
   * unreachable, busy or too slow, refuses the key, or violates its protocol.
   * Example: `await model.ask({ messages: [{ role: "user", content: "Hi" }], schema: { name: "greeting", schema } })`.
   */
  ask(request: ModelRequest): Promise<ModelAnswer>;
}
