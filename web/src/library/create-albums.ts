// Loads the albums, and creates and renames albums. The server sorts the albums by the time of their
// last change, latest first. A renamed album keeps its place until the next load.
import { createSignal } from "solid-js";
import { createAlbum, listAlbums, renameAlbum } from "../api/albums-api.ts";
import { noticeError, noticeLoad } from "../shell/notices.ts";
import { oneAtATime } from "../signals/one-at-a-time.ts";
import type { Album } from "../api/wire.ts";

export function createAlbums() {
  const [items, setItems] = createSignal<readonly Album[]>([]);
  const [next, setNext] = createSignal<string | null>(null);
  const [state, setState] = createSignal<"loading" | "ready" | "failed">("loading");

  async function read(after?: string) {
    try {
      const page = await listAlbums(after);
      setItems((before) => (after ? [...before, ...page.items] : page.items));
      setNext(page.next);
      setState("ready");
    } catch (err) {
      if (!items().length) setState("failed");
      noticeLoad(err);
    }
  }

  return {
    items,
    state,
    hasMore: () => next() !== null,
    load: () => read(),
    /**
     * Adds the next page. If `hasMore()` is false, this loads the first page again. Does nothing while
     * an earlier call of `more` runs.
     */
    more: oneAtATime(() => read(next() ?? undefined)),
    /** Resolves to undefined if the request failed. In this case, the error was already shown. */
    async create(name: string): Promise<Album | undefined> {
      const album = await createAlbum(name).catch(noticeError);
      if (album) setItems((before) => [album, ...before]);
      return album ?? undefined;
    },
    /**
     * Shows the new name immediately. If the request fails, shows the error and the album's old name
     * again, unless the name was changed again meanwhile.
     */
    async rename(id: string, name: string) {
      const old = items().find((one) => one.id === id)?.name ?? name;
      const replace = (from: string, to: string) =>
        setItems((now) =>
          now.map((one) => (one.id === id && one.name === from ? { ...one, name: to } : one)),
        );
      replace(old, name);
      await renameAlbum(id, name).catch((err: unknown) => {
        // Another album may have been created or deleted meanwhile, so only this name is restored.
        replace(name, old);
        noticeError(err);
      });
    },
    /** Removes an album from this list. No request is sent. */
    drop: (id: string) => setItems((before) => before.filter((one) => one.id !== id)),
  };
}
