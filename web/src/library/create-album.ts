// Loads the name and the pieces of one album. The pieces are loaded in pages, the newest piece first.
import { createSignal } from "solid-js";
import { getAlbum } from "../api/albums-api.ts";
import { listTracks } from "../api/api.ts";
import { noticeError, noticeLoad } from "../shell/notices.ts";
import { oneAtATime } from "../signals/one-at-a-time.ts";
import type { Album } from "../api/wire.ts";
import type { Library } from "./create-library.ts";

const PAGE = 100;

export function createAlbum(library: Library, id: string) {
  const [album, setAlbum] = createSignal<Album | null>();
  const [ids, setIds] = createSignal<readonly string[]>([]);
  const [isFailed, setFailed] = createSignal(false);
  const [next, setNext] = createSignal<string | null>(null);

  async function read(after?: string) {
    const page = await listTracks({ projectId: id, limit: PAGE, after });
    library.learn(page.items);
    const found = page.items.map((track) => track.id);
    setIds((before) => (after ? [...new Set([...before, ...found])] : found));
    setNext(page.next);
  }

  /** The loaded pieces, without those that were moved to another album in the meantime. */
  const tracks = () =>
    ids()
      .flatMap((one) => library.get(one) ?? [])
      .filter((track) => track.projectId === id);

  return {
    /** Undefined before the album is loaded; null if the album doesn't exist. */
    album,
    /**
     * Whether the album could not be loaded and there is nothing to show. False if only the pieces could not be loaded,
     * and false if an earlier call has loaded the album.
     */
    isFailed,
    ids: () => tracks().map((track) => track.id),
    tracks,

    hasMore: () => next() !== null,
    /** Loads the album and its first page of pieces. Shows an error as a notice, and does not throw it. */
    async load() {
      try {
        setFailed(false);
        setAlbum(await getAlbum(id));
        if (album()) await read();
      } catch (err) {
        setFailed(!album());
        noticeLoad(err);
      }
    },
    /** Adds the next page. Call this only if `hasMore()` is true. Does nothing while an earlier call of `more` runs. */
    more: oneAtATime(() => read(next() ?? undefined).catch(noticeError)),
    /** Changes the shown name. Does not rename the album on the server. */
    rename: (name: string) => setAlbum((before) => before && { ...before, name }),
  };
}
