// Every piece that this page knows, by id. Lists are ids, so that a piece stays known when a search leaves it out.
import { createStore, produce, reconcile } from "solid-js/store";
import type { ThingRef, TrackSummary, VersionSummary } from "../lib/wire.ts";

export function createTracks() {
  const [byId, setById] = createStore<Record<string, TrackSummary>>({});

  return {
    get: (id: string | undefined): TrackSummary | undefined => (id === undefined ? undefined : byId[id]),
    all: (): TrackSummary[] => Object.values(byId),
    /** What the server says of pieces; what did not change wakes nobody. */
    put(tracks: readonly TrackSummary[]) {
      for (const track of tracks) setById(track.id, reconcile(track, { key: "id" }));
    },
    retitle: (id: string, title: string) => byId[id] && setById(id, "title", title),
    addVersion: (id: string, version: VersionSummary) =>
      byId[id] && setById(id, "versions", (all) => [...all, version]),
    /** Forgets an album, a piece or a version; a piece goes with its last version. */
    drop({ id }: ThingRef) {
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
    },
  };
}
