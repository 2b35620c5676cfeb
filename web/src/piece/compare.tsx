// Compares two versions of a piece, A and B. Each version has a button. If a version of the piece is in the player, the
// button continues playback in the button's version at the same position. Otherwise, the button plays this version from
// the beginning. Below the buttons, the differences between the plans are shown. If fewer than two versions of the
// piece are playable (have not failed), nothing is shown.
import "../hear/takes.css";
import { getGeneration } from "../api/api.ts";
import { createLoaded } from "../signals/create-loaded.ts";
import { differenceOf } from "./plan-difference.ts";
import { createMemo, createSignal, For, Show } from "solid-js";
import type { TrackSummary, VersionSummary } from "../api/wire.ts";
import { askedFor } from "../library/versions.ts";
import { usePlayer } from "../studio.tsx";
import { t } from "../i18n/translate.ts";

export function Compare(props: { track: TrackSummary }) {
  const listening = usePlayer();
  const playable = () => props.track.versions.filter((one) => listening.stateOf(one) !== "failed");
  const [other, setOther] = createSignal<string>();
  /**
   * The current version and the version that was current before, in the order of their numbers. If one of these two
   * versions is unknown or not playable, the latest other playable version takes its place.
   */
  const pair = createMemo<readonly VersionSummary[]>(() => {
    const now = listening.version();
    const all = playable();
    const first = all.find((one) => one.id === now?.id) ?? all.at(-1);
    const second =
      all.find((one) => one.id === other() && one.id !== first?.id) ??
      all.findLast((one) => one.id !== first?.id);
    return first && second ? [first, second].sort((a, b) => a.number - b.number) : [];
  });
  const plans = createLoaded(
    () =>
      pair().length === 2 &&
      pair()
        .map(({ requestId }) => requestId ?? "")
        .join(),
    (ids) =>
      Promise.all(ids.split(",").map((id) => getGeneration(id).then(({ plan }) => plan))).catch(() => []),
  );
  const difference = () => {
    const [from, to] = plans() ?? [];
    return from && to ? differenceOf(from, to) : [];
  };
  const hear = (one: VersionSummary) => {
    const now = listening.version();
    if (listening.track()?.id !== props.track.id) return listening.play(props.track, one);
    setOther(now?.id);
    listening.hearInstead(one);
  };

  return (
    <Show when={pair().length === 2}>
      <fieldset class="compare">
        <legend class="unseen">{t("Compare two versions at the same position")}</legend>
        <For each={pair()}>
          {(one, index) => (
            <button
              type="button"
              aria-pressed={listening.isCurrentVersion(one.id)}
              title={askedFor(one)}
              onClick={() => hear(one)}
            >
              <strong>{index() ? "B" : "A"}</strong> {t("version {n}", { n: one.number })}
            </button>
          )}
        </For>
      </fieldset>
      <Show when={difference().length}>
        <p class="facts">{difference().join(" · ")}</p>
      </Show>
    </Show>
  );
}
