// Moves pieces into an album, and back into their former albums if the person undoes the move.
import { t } from "../i18n/translate.ts";
import { moveTrack } from "../api/albums-api.ts";
import { notice, noticeUndone } from "../shell/notices.ts";
import type { Album, TrackSummary } from "../api/wire.ts";
import type { Library } from "../library/create-library.ts";

type Place = Pick<TrackSummary, "id" | "title" | "projectId" | "projectName">;

/**
 * Moves one piece after the other. If the move of a piece fails, this piece and the remaining pieces stay in their
 * albums, and the error is shown. If the server didn't answer, the notice has a button that tries these moves again.
 */
export async function moveTracks(
  library: Library,
  tracks: readonly TrackSummary[],
  album: Pick<Album, "id" | "name">,
): Promise<void> {
  const before = tracks.map(({ id, title, projectId, projectName }) => ({
    ...{ id, title, projectId, projectName },
  }));
  const moved = await moveAll(
    library,
    before.map((one) => ({ ...one, projectId: album.id, projectName: album.name })),
    (left) =>
      moveTracks(
        library,
        left.flatMap(({ id }) => library.get(id) ?? []),
        album,
      ),
  );
  const [first] = moved;
  if (!first) return;
  const words =
    moved.length === 1
      ? t("“{title}” is in the album “{album}”.", { title: first.title, album: album.name })
      : t("{n} pieces are in the album “{album}”.", { n: moved.length, album: album.name });
  const back = before.filter(({ id }) => moved.some((one) => one.id === id));
  notice(words, undefined, { label: "Undo", run: () => void moveAll(library, back) });
}

/** Moves each piece to the album in its `Place`, until a move fails. Returns the places of the moved pieces. */
async function moveAll(
  library: Library,
  places: readonly Place[],
  again: (left: readonly Place[]) => Promise<unknown> = (left) => moveAll(library, left),
): Promise<readonly Place[]> {
  const moved: Place[] = [];
  try {
    for (const place of places) {
      await moveTrack(place.id, place.projectId);
      moved.push(place);
      const track = library.get(place.id);
      const { projectId, projectName } = place;
      // The lists show the change at once.
      if (track) library.learn([{ ...track, projectId, projectName }]);
    }
  } catch (err) {
    const left = places.slice(moved.length);
    const words =
      left.length === 1
        ? t("“{title}” was not moved, because the server can’t be reached.", { title: left[0]!.title })
        : t("{n} pieces were not moved, because the server can’t be reached.", { n: left.length });
    noticeUndone(err, words, () => void again(left));
  }
  if (moved.length > 0) {
    await library.load();
    library.changed.emit();
  }
  return moved;
}
