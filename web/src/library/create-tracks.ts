// Holds all loaded pieces by id. The lists of the page contain only ids. So a piece can be found by its id even if no
// list contains it, for example during a search.
import { createStore, produce, reconcile, unwrap } from "solid-js/store";
import type { ThingRef, TrackSummary, VersionSummary } from "../api/wire.ts";

export function createTracks() {
  const [byId, setById] = createStore<Record<string, TrackSummary>>({});

  return {
    get: (id: string | undefined): TrackSummary | undefined => (id === undefined ? undefined : byId[id]),
    all: (): TrackSummary[] => Object.values(byId),
    /** Stores pieces as the server sent them. Only the readers of changed fields are notified. */
    put(tracks: readonly TrackSummary[]) {
      for (const track of tracks) setById(track.id, reconcile(track, { key: "id" }));
    },
    retitle: (id: string, title: string) => byId[id] && setById(id, "title", title),
    like: (id: string, likedAt: string | null) => byId[id] && setById(id, "likedAt", likedAt),
    addVersion: (id: string, version: VersionSummary) =>
      byId[id] && setById(id, "versions", (all) => [...all, version]),
    /**
     * Removes the pieces of an album, one piece, or one version. If the last version of a piece is
     * removed, the piece is removed, too. The affected pieces are copied before the removal, and the copies are
     * returned. A call of `put` with these copies undoes the removal.
     */
    drop({ id }: ThingRef): TrackSummary[] {
      const before = Object.values(unwrap(byId))
        .filter((track) => [track.id, track.projectId, ...track.versions.map((one) => one.id)].includes(id))
        .map((track) => ({ ...track, versions: [...track.versions] }));
      setById(
        produce((all) => {
          for (const track of Object.values(all)) {
            const left = track.versions.filter((one) => one.id !== id);
            if (track.id === id || track.projectId === id || (!left.length && track.versions.length))
              delete all[track.id];
            else if (left.length < track.versions.length) track.versions = left;
          }
        }),
      );
      return before;
    },
  };
}
