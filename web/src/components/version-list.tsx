// The versions of a piece: number, instruction and parent. Each one plays from the position of the current one.
import { For, Show } from "solid-js";
import { clockOf } from "../lib/clock.ts";
import type { TrackSummary } from "../lib/wire.ts";
import { askedFor, lineageOf } from "../library/versions.ts";
import type { Studio } from "../studio.ts";
import { Downloads } from "./downloads.tsx";
import { PauseIcon, PlayIcon } from "./icons.tsx";
import { Menu } from "./menu.tsx";
import { standingOf } from "./standing.ts";

interface VersionListProps {
  studio: Studio;
  track: TrackSummary;
  onDeleted(): void;
}

export function VersionList(props: VersionListProps) {
  const player = () => props.studio.player;

  return (
    <ol class="versions" aria-label={`Versions of ${props.track.title}`}>
      <For each={props.track.versions}>
        {(version) => {
          const name = () => `version ${version.number}`;
          const standing = () => standingOf(props.studio, version);
          const isCurrent = () => player().playing()?.versionId === version.id;
          const isSounding = () => isCurrent() && player().isSounding();
          return (
            <li class="version" classList={{ current: isCurrent() }}>
              <button
                class="play"
                type="button"
                aria-label={`${isSounding() ? "Pause" : "Play"} ${name()}`}
                onClick={() => props.studio.play(props.track, version)}
              >
                <Show when={isSounding()} fallback={<PlayIcon />}>
                  <PauseIcon />
                </Show>
              </button>
              <span class="number">{version.number}</span>
              <p class="asked" title={askedFor(version)}>
                <span class="asked-text">{askedFor(version)}</span>
                <Show when={lineageOf(version, props.track)}>
                  {(lineage) => <span class="count">{lineage()}</span>}
                </Show>
              </p>
              <Menu label={`More for ${name()}`}>
                <button type="button" onClick={() => props.studio.desk.change(props.track.id, version.id)}>
                  Make a version of it
                </button>
                <Show when={standing().isKept}>
                  <Downloads versionId={version.id} />
                </Show>
                <button
                  type="button"
                  class="away"
                  onClick={() => {
                    const thing = { kind: "version", id: version.id } as const;
                    void props.studio.remove(thing, `Version ${version.number} of ${props.track.title}`);
                    props.onDeleted();
                  }}
                >
                  Delete
                </button>
              </Menu>
              <span class="length">{standing().note ?? clockOf(standing().seconds)}</span>
            </li>
          );
        }}
      </For>
    </ol>
  );
}
