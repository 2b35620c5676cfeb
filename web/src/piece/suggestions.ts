// Suggests changes of a piece, in the language of the page. If the plan of the piece is known,
// suggestions that would change nothing are left out, such as "without drums" for a piece without
// drums.
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
