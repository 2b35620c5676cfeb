// Defines the data of a generation in the console's list, the states with their texts, and the
// component for a state.
import { For } from "solid-js";
import { t } from "../../i18n/translate.ts";

export interface Listed {
  readonly requestId: string;
  readonly userId: string;
  readonly state: string;
  readonly title: string;
  readonly durationSeconds: number;
  readonly madeBy: string | null;
  readonly generator: string | null;
  readonly reason: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export const states = () =>
  [
    ["", t("all")],
    ["queued", t("waiting")],
    ["running", t("being made")],
    ["complete", t("finished")],
    ["failed", t("failed")],
    ["cancelled", t("stopped")],
  ] as const;

export const pathOf = (of: string | undefined): readonly string[] =>
  of === undefined ? ["generations"] : ["businesses", of, "generations"];

export const State = (props: { readonly of: string }) => (
  <span class="state" data-state={props.of}>
    <For each={states().filter(([state]) => state === props.of)}>{([, text]) => text}</For>
  </span>
);
