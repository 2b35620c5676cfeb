// Converts the report about a language model's endpoint to findings.
import { type Found, good, wrong } from "../../found.ts";
import type { ModelEndpointReport } from "./inspect.ts";

export function modelFindings(model: string, { models }: ModelEndpointReport): readonly Found[] {
  if (models === undefined) return [good("The endpoint answers; it does not list its models.")];
  if (models.includes(model)) return [good(`The endpoint has the model ${model}.`)];
  const some = models.slice(0, 5).join(", ");
  return [
    wrong(
      `The endpoint has no model "${model}".`,
      models.length === 0
        ? "Load a model there first."
        : `Set RONDO_LLM_MODEL to a model of this endpoint, like ${some}`,
    ),
  ];
}
