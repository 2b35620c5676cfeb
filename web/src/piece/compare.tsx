// Compares two versions of a piece, A and B. Each version has a button. While the player plays this piece, the button
// switches to the version of the button, and the position stays. If the player has another piece or none, the version
// plays from the beginning. The differences between the two plans are shown below. If fewer than two versions are
// playable (have not failed), nothing is shown.
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
   * The version that plays now and the version that played before it, in the order of their numbers. If one of them is
   * unknown or has failed, it is replaced by the latest playable version.
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
