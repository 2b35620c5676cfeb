// Shows how a version was composed (style, tempo, key, instruments and form), and which words of the prompt had no
// effect.
import { For, Show } from "solid-js";
import type { Described, PlanWords, VersionSummary } from "../api/wire.ts";
import { askedFor } from "../library/versions.ts";
import { splitAt } from "./split-at.ts";
import { quotedList, t } from "../i18n/translate.ts";

export function LinerNotes(props: { version: VersionSummary; described: Described | undefined }) {
  const missed = () => props.described?.notUnderstood ?? [];
  const facts = () => factsOf(props.described?.plan ?? {});

  return (
    <div class="liner-notes">
      <p class="asked-prompt" dir="auto">
        <For each={splitAt(askedFor(props.version), missed())}>
          {(part) => (
            <Show when={part.isFound} fallback={part.text}>
              <span class="missed" title={t("This had no effect")}>
                {part.text}
              </span>
            </Show>
          )}
        </For>
      </p>
      <Show when={facts().length}>
        <p class="notes-facts">{facts().join(" · ")}</p>
      </Show>
      <Show when={props.described?.plan?.form?.length}>
        <p class="facts">{props.described?.plan?.form?.join(", ")}</p>
      </Show>
      <Show when={missed().length}>
        <p class="facts">{t("Without effect: {words}", { words: quotedList(missed()) })}</p>
      </Show>
    </div>
  );
}

const factsOf = ({
  style,
  bpm,
  key,
  meter,
  instruments = [],
  mood = [],
  textures = [],
}: PlanWords): string[] =>
  [
    style,
    bpm === undefined ? undefined : t("{n} bpm", { n: Math.round(bpm) }),
    key,
    meter === "4/4" ? undefined : meter,
    mood.join(", "),
    instruments.join(", "),
    textures.join(", "),
  ].filter((fact): fact is string => Boolean(fact));
