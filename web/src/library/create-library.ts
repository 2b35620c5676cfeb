// The list of this person's pieces: newest first, searched on the server, loaded page by page.
import { createSignal, onCleanup } from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import { listTracks, renameTrack } from "../lib/api.ts";
import { noticeError } from "../lib/notices.ts";
import { hasSession, knowSession } from "../lib/session.ts";
import type { ThingRef, TrackSummary, VersionSummary } from "../lib/wire.ts";

const PAGE = 30;
const SEARCH_DELAY_MS = 200;

export type LibraryState = "loading" | "ready" | "failed";

export function createLibrary(onItems: (items: readonly TrackSummary[]) => void) {
  const [list, setList] = createStore<{ items: TrackSummary[] }>({ items: [] });
  const [next, setNext] = createSignal<string | null>(null);
  const [state, setState] = createSignal<LibraryState>("loading");
  const [search, setSearch] = createSignal("");
  let latest = 0;
  let delay: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(delay));

  async function load() {
    const mine = ++latest;
    try {
      await knowSession();
      if (!hasSession()) {
        setState("ready");
        return;
      }
      const page = await listTracks({ search: search(), limit: PAGE });
      if (mine !== latest) return;
      setList("items", reconcile(page.items, { key: "id" }));
      setNext(page.next);
      setState("ready");
      onItems(page.items);
    } catch (err) {
      if (mine !== latest) return;
      if (!list.items.length) setState("failed");
      noticeError(err);
    }
  }

  async function more() {
    const after = next();
    if (!after) return;
    const mine = latest;
    setNext(null);
    try {
      const page = await listTracks({ search: search(), limit: PAGE, after });
      if (mine !== latest) return;
      const known = new Set(list.items.map((item) => item.id));
      setList("items", (items) => [...items, ...page.items.filter((item) => !known.has(item.id))]);
      setNext(page.next);
      onItems(page.items);
    } catch (err) {
      setNext(after);
      noticeError(err);
    }
  }

  const show = (trackId: string, title: string) =>
    setList("items", (item) => item.id === trackId, "title", title);

  return {
    items: () => list.items,
    hasMore: () => next() !== null,
    state,
    search,
    load,
    more,
    /** Shows a piece at once, before the server lists it. */
    add: (track: TrackSummary) => setList("items", (items) => [track, ...items]),
    addVersion: (trackId: string, version: VersionSummary) =>
      setList(
        "items",
        (item) => item.id === trackId,
        "versions",
        (all) => [...all, version],
      ),
    /** Hides an item before the server has deleted it; a track is hidden with its last version. */
    drop({ id }: ThingRef) {
      latest++;
      setList("items", (items) =>
        items.flatMap((item) => {
          const left = item.versions.filter((one) => one.id !== id);
          if (item.id === id || (!left.length && item.versions.length)) return [];
          return left.length === item.versions.length ? [item] : [{ ...item, versions: left }];
        }),
      );
    },
    find(text: string) {
      setSearch(text);
      clearTimeout(delay);
      delay = setTimeout(() => void load(), SEARCH_DELAY_MS);
    },
    retitle: show,
    /** Renames at once, and restores the old name if the server refuses. */
    async rename(trackId: string, title: string) {
      const was = list.items.find((item) => item.id === trackId)?.title;
      show(trackId, title);
      try {
        await renameTrack(trackId, title);
      } catch (err) {
        if (was !== undefined) show(trackId, was);
        noticeError(err);
      }
    },
  };
}

export type Library = ReturnType<typeof createLibrary>;
