// Opens and examines the language model at an endpoint. The only technology is the chat completions protocol, which
// most servers support.
import type { Found } from "../found.ts";
import { type ChatCompletionsOptions, createChatCompletionsModel } from "./chat-completions/model.ts";
import type { LanguageModel } from "./language-model.ts";

export const openLanguageModel = (options: ChatCompletionsOptions): LanguageModel =>
  createChatCompletionsModel(options);

/**
 * Returns a finding that says whether the endpoint has the model. If the endpoint does not list its models, the finding
 * is good and says so. Errors: CONFIG_INVALID if the endpoint refuses the key; UNAVAILABLE if the endpoint can't be
 * reached, answers too late, or answers with a status of 500 or more.
 */
export async function examineLanguageModel({
  url,
  model,
  key,
}: ChatCompletionsOptions): Promise<readonly Found[]> {
  const [{ inspectModelEndpoint }, { modelFindings }] = await Promise.all([
    import("./chat-completions/inspect.ts"),
    import("./chat-completions/findings.ts"),
  ]);
  return modelFindings(model, await inspectModelEndpoint(url, key));
}
