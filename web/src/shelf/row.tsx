// Shows one piece as a row of the list of pieces. The content of the row comes from the library and the player.
import { Show } from "solid-js";
import { go, pieceAddress } from "../address/address.ts";
import type { TrackSummary } from "../api/wire.ts";
import { useTrash } from "../library/use-trash.ts";
import { useLibrary, useMaking, usePlayer } from "../studio.tsx";
import type { Selection } from "./create-selection.ts";
import { beginDrag, canDrag } from "./drag-rows.ts";
import { Downloads } from "./downloads.tsx";
import { pickAlbum } from "../albums/pick-album.ts";
import { standingOf } from "./standing.ts";
import { TrackRow } from "./track-row.tsx";

interface RowProps {
  track: TrackSummary;
  queue: readonly string[] | undefined;
  selection: Selection | undefined;
  onDeleted(): void;
}

export function Row(props: RowProps) {
  const library = useLibrary();
  const listening = usePlayer();
  const making = useMaking();
  const trash = useTrash();
  const version = () => listening.shownVersion(props.track);
  const standing = () => standingOf(making.makings, version()!);
  /** If the row is selected, all selected rows are dragged. */
  const drag = (event: DragEvent) => {
    const { id, title } = props.track;
    beginDrag(event, props.selection?.has(id) ? props.selection.ids() : [id], title);
  };

  return (
    <Show when={version()}>
      <TrackRow
        title={props.track.title}
        prompt={version()?.prompt ?? ""}
        peaks={version()?.peaks ?? null}
        createdAt={props.track.createdAt}
        seconds={standing().seconds}
        note={standing().note}
        progress={standing().progress}
        versionCount={props.track.versions.length}
        isCurrent={listening.isCurrent(props.track.id)}
        isSounding={listening.isCurrent(props.track.id) && listening.player.isSounding()}
        address={pieceAddress(props.track.id)}
        downloads={<Downloads version={version()!} isKept={standing().isKept} />}
        isLiked={Boolean(props.track.likedAt)}
        isSelected={props.selection?.has(props.track.id)}
        onLike={() => void library.like(props.track.id, !props.track.likedAt)}
        onSelect={() => props.selection?.toggle(props.track.id)}
        onPlay={() => listening.play(props.track, version(), props.queue)}
        onChange={() => go(pieceAddress(props.track.id))}
        onAlbum={() => pickAlbum([props.track.id])}
        onRename={(title) => void making.rename(props.track.id, title)}
        onDelete={() => {
          void trash.put({ kind: "track", id: props.track.id }, props.track.title);
          props.onDeleted();
        }}
        onDrag={canDrag() ? drag : undefined}
      />
    </Show>
  );
}
