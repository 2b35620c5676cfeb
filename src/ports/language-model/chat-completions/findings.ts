// What the report of a language model's endpoint means for Rondo.
import { type Found, good, wrong } from "../../found.ts";
import type { ModelEndpointReport } from "./inspect.ts";

export function modelFindings(model: string, { models }: ModelEndpointReport): readonly Found[] {
  if (models === undefined) return [good("The endpoint answers; it does not list its models.")];
  if (models.includes(model)) return [good(`The endpoint has the model ${model}.`)];
  const some = models.slice(0, 5).join(", ");
  return [
    wrong(
      `The endpoint has no model "${model}".`,
      models.length === 0 ? "Load one there first." : `Set RONDO_LLM_MODEL to one that it has, like ${some}`,
    ),
  ];
}
