// Suggests changes of a piece. A change that would have no effect is left out, as far as the plan of the piece is known.
import type { PlanWords } from "../api/wire.ts";

const suggestions: readonly (readonly [string, (plan: PlanWords) => boolean])[] = [
  ["faster", () => true],
  ["in minor", ({ key }) => !key?.includes("minor")],
  ["without drums", ({ instruments }) => !instruments || has(instruments, /drum/)],
  ["add strings", ({ instruments }) => !instruments || !has(instruments, /string/)],
  ["extend by 30 s", () => true],
  ["another take", () => true],
];

const has = (instruments: readonly string[], name: RegExp): boolean =>
  instruments.some((one) => name.test(one));

export const suggestionsFor = (plan: PlanWords = {}): readonly string[] =>
  suggestions.filter(([, isUseful]) => isUseful(plan)).map(([words]) => words);
