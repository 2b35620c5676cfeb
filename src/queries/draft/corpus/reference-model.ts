// Defines a stand-in for a language model. The corpus contains described queries, each with a reference spec. The
// stand-in answers each description with its reference spec, so that the corpus itself can be checked. It refuses any
// other description.
import type { LanguageModel } from "../../../ports/language-model/language-model.ts";
import type { CorpusQuery } from "./corpus.ts";

export const referenceModel = (corpus: readonly CorpusQuery[]): LanguageModel => ({
  async ask({ messages }) {
    const asked = messages.find(({ role }) => role === "user")?.content ?? "";
    const query = corpus.find(({ wanted }) => asked.includes(JSON.stringify(wanted.description)));
    if (query === undefined) return { kind: "unusable", reason: "refused", text: "There is no such query." };
    return { kind: "json", value: query.reference, text: JSON.stringify(query.reference) };
  },
});
