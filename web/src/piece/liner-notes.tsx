// Shows how a version was composed (style, tempo, key, instruments and form), and which words of the prompt had no
// effect.
import { For, Show } from "solid-js";
import type { Described, PlanWords, VersionSummary } from "../api/wire.ts";
import { askedFor } from "../library/versions.ts";
import { splitAt } from "./split-at.ts";
import { music } from "../i18n/music.ts";
import { quotedList, t } from "../i18n/translate.ts";

export function LinerNotes(props: { version: VersionSummary; described: Described | undefined }) {
  const missed = () => props.described?.notUnderstood ?? [];
  /**
   * A text that the person typed is shown unchanged. Any other text contains words of the composer, for example
   * "no" before an instrument, or the reason why a wish had no effect. Such a text is translated.
   */
  const shown = (words: string) => (askedFor(props.version).includes(words) ? words : music(words));
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
        <p class="facts">{listOf(props.described?.plan?.form ?? [])}</p>
      </Show>
      <Show when={missed().length}>
        <p class="facts">{t("Without effect: {words}", { words: quotedList(missed().map(shown)) })}</p>
      </Show>
    </div>
  );
}

const listOf = (words: readonly string[]): string => words.map(music).join(t(", "));

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
    style && music(style),
    bpm === undefined ? undefined : t("{n} bpm", { n: Math.round(bpm) }),
    key && music(key),
    meter === undefined || meter === "4/4" ? undefined : music(meter),
    ...[mood, instruments, textures].map(listOf),
  ].filter((fact): fact is string => Boolean(fact));
