// Suggests changes of a piece in the language of the page. A change that would have no effect is left out, as far as
// the plan of the piece is known.
import type { PlanWords } from "../api/wire.ts";
import { t } from "../i18n/translate.ts";

const suggestions = (): readonly (readonly [string, (plan: PlanWords) => boolean])[] => [
  [t("faster"), () => true],
  [t("in minor"), ({ key }) => !key?.includes("minor")],
  [t("without drums"), ({ instruments }) => !instruments || has(instruments, /drum/)],
  [t("add strings"), ({ instruments }) => !instruments || !has(instruments, /string/)],
  [t("extend by 30 s"), () => true],
  [t("another take"), () => true],
];

const has = (instruments: readonly string[], name: RegExp): boolean =>
  instruments.some((one) => name.test(one));

export const suggestionsFor = (plan: PlanWords = {}): readonly string[] =>
  suggestions()
    .filter(([, isUseful]) => isUseful(plan))
    .map(([words]) => words);
