// Shows the versions of a piece: cover, number, instruction or prompt, parent and length. If the
// piece is in the player, the listener can continue with another version at the same position.
import { For, Show } from "solid-js";
import { clockOf } from "../i18n/clock.ts";
import type { TrackSummary, VersionSummary } from "../api/wire.ts";
import { askedFor, lineageOf } from "../library/versions.ts";
import { useTrash } from "../library/use-trash.ts";
import { PlayIcon, SoundIcon } from "../shell/icons.tsx";
import { useMaking, usePlayer } from "../studio.tsx";
import { Cover } from "../shelf/cover.tsx";
import { Downloads } from "../shelf/downloads.tsx";
import { Menu } from "../shelf/menu.tsx";
import { standingOf } from "../shelf/standing.ts";
import { t } from "../i18n/translate.ts";

interface VersionListProps {
  track: TrackSummary;
  /** Called when the listener presses the button "Make a version of it" in the menu of `version`. */
  onChange(version: VersionSummary): void;
}

export function VersionList(props: VersionListProps) {
  const listening = usePlayer();
  const making = useMaking();
  const trash = useTrash();

  return (
    <ol class="versions" aria-label={t("Versions of {title}", { title: props.track.title })}>
      <For each={props.track.versions}>
        {(version) => {
          const name = () => t("version {n}", { n: version.number });
          const standing = () => standingOf(making.makings, version);
          const isCurrent = () => listening.isCurrentVersion(version.id);
          const isSounding = () => isCurrent() && listening.player.isSounding();
          return (
            <li class="version" classList={{ current: isCurrent() }}>
              <button
                class="play"
                type="button"
                aria-label={t(isSounding() ? "Now playing: {title}" : "Play {title}", { title: name() })}
                onClick={() => isSounding() || listening.play(props.track, version)}
              >
                <Cover peaks={version.peaks} />
                <Show when={isSounding()} fallback={<PlayIcon />}>
                  <SoundIcon />
                </Show>
              </button>
              <span class="number">{version.number}</span>
              <p class="asked" title={askedFor(version)}>
                <span class="asked-text" dir="auto">
                  {askedFor(version)}
                </span>
                <Show when={lineageOf(version, props.track)}>
                  {(lineage) => <span class="count">{lineage()}</span>}
                </Show>
              </p>
              <span class="length">{standing().note ?? clockOf(standing().seconds)}</span>
              <Menu label={t("More for {title}", { title: name() })}>
                <button type="button" onClick={() => props.onChange(version)}>
                  {t("Make a version of it")}
                </button>
                <Downloads version={version} isKept={standing().isKept} />
                <button
                  type="button"
                  class="away"
                  onClick={() =>
                    void trash.put(
                      { kind: "version", id: version.id },
                      t("Version {n} of {title}", { n: version.number, title: props.track.title }),
                    )
                  }
                >
                  {t("Delete")}
                </button>
              </Menu>
            </li>
          );
        }}
      </For>
    </ol>
  );
}
