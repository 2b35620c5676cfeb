// The part below an open piece: its versions, and the form for a new one.
import { Show } from "solid-js";
import { isFinal } from "../making/making.ts";
import type { TrackSummary } from "../lib/wire.ts";
import type { Studio } from "../studio.ts";
import { VersionForm } from "./version-form.tsx";
import { VersionList } from "./version-list.tsx";

interface TrackDrawerProps {
  studio: Studio;
  track: TrackSummary;
  onDeleted(): void;
}

export function TrackDrawer(props: TrackDrawerProps) {
  const isOne = () => props.track.versions.length === 1;
  const parent = () =>
    props.track.versions.find((one) => one.id === props.studio.desk.parentId()) ??
    props.studio.shownVersion(props.track);

  return (
    <>
      <Show when={!isOne()} fallback={<p class="asked">{props.track.versions[0]?.prompt}</p>}>
        <VersionList {...props} />
      </Show>
      <VersionForm
        parentNumber={isOne() ? undefined : parent()?.number}
        asked={props.studio.desk.asked()}
        onMake={(instruction) => {
          const from = parent()!;
          return isFinal(props.studio.stateOf(from))
            ? props.studio.change(props.track, from, instruction)
            : Promise.reject(new Error("The piece is still being generated. Try again when it is complete."));
        }}
      />
    </>
  );
}
