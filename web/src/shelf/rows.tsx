// Shows a list of pieces as rows. Only the rows near the visible area are in the DOM, so that a long list stays fast.
import { createMemo, For, Show, Suspense } from "solid-js";
import { lazyView } from "../shell/lazy-view.ts";
import type { TrackSummary } from "../api/wire.ts";
import type { Selection } from "./create-selection.ts";
import { createWindow } from "./create-window.ts";
import { dragged } from "./drag-rows.ts";
import { Row } from "./row.tsx";
import "./rows.css";

const AlbumTray = lazyView(() => import("../albums/album-tray.tsx"));

/** The height of a row in CSS pixels, as in rows.css. */
const ROW_HEIGHT = 64;

interface RowsProps {
  tracks: readonly TrackSummary[];
  /** The ids of the pieces that "next" plays. If absent: the loaded pieces of the library. */
  queue?: readonly string[];
  selection?: Selection;
  onDeleted(): void;
}

export function Rows(props: RowsProps) {
  let list!: HTMLOListElement;
  const { from, to } = createWindow(
    () => list,
    () => props.tracks.length,
    ROW_HEIGHT,
  );
  const shown = createMemo(() => props.tracks.slice(from(), to()));

  return (
    <>
      <ol
        class="tracks"
        ref={list}
        style={{
          "padding-block": `${from() * ROW_HEIGHT}px ${Math.max(0, props.tracks.length - to()) * ROW_HEIGHT}px`,
        }}
      >
        <For each={shown()}>
          {(track) => (
            <Row track={track} queue={props.queue} selection={props.selection} onDeleted={props.onDeleted} />
          )}
        </For>
      </ol>
      <Suspense>
        <Show when={dragged()}>
          <AlbumTray />
        </Show>
      </Suspense>
    </>
  );
}
