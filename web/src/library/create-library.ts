// Loads the list of this person's pieces, page by page. The server searches and orders the list.
import { createMemo, createSignal, onCleanup } from "solid-js";
import { getTrack, likeTrack, type ListOrder, listTracks, renameTrack } from "../api/api.ts";
import { createEmitter } from "../signals/emitter.ts";
import { oneAtATime } from "../signals/one-at-a-time.ts";
import { isUnreachable, noticeLoad, noticeUndone } from "../shell/notices.ts";
import { hasSession, knowSession } from "../api/session.ts";
import { KEPT_LIST } from "../storage/kept.ts";
import { stored } from "../storage/stored.ts";
import { t } from "../i18n/translate.ts";
import type { ThingRef, TrackSummary, VersionSummary } from "../api/wire.ts";
import { createTracks } from "./create-tracks.ts";

const PAGE = 30;
const SEARCH_DELAY_MS = 200;
const kept = stored(KEPT_LIST);

export type LibraryState = "loading" | "ready" | "failed";

export function createLibrary() {
  const tracks = createTracks();
  /** Notifies of the pieces that the server has sent, for this list or for another view. */
  const listed = createEmitter<readonly TrackSummary[]>();
  /** Notifies that the person has changed the list in this browser tab. */
  const changed = createEmitter<void>();
  /** The shown pieces, in order. */
  const [ids, setIds] = createSignal<readonly string[]>([]);
  const items = createMemo(() => ids().flatMap((id) => tracks.get(id) ?? []));
  const [next, setNext] = createSignal<string | null>(null);
  const [state, setState] = createSignal<LibraryState>("loading");
  const [search, setSearch] = createSignal("");
  const [order, setOrder] = createSignal<ListOrder>("createdAt.desc");
  const [isLikedOnly, setLikedOnly] = createSignal(false);
  const wanted = () => ({
    search: search(),
    // The server's default values are left out of the address.
    orderBy: order() === "createdAt.desc" ? undefined : order(),
    isLiked: isLikedOnly() || undefined,
  });
  const wholeList = JSON.stringify(wanted());
  /** The search, the order and the filter with which the shown pieces were read, as JSON. */
  let shownWish = wholeList;
  let latest = 0;
  let delay: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(delay));

  /**
   * Reads the first page. If the search, the order and the filter are unchanged, the shown pieces
   * that belong below this page stay. If several calls run at the same time, only the last one has an
   * effect. An error is shown as a notice, and the promise never rejects.
   */
  async function load() {
    const mine = ++latest;
    const wish = wanted();
    const asked = JSON.stringify(wish);
    const before = new Set(ids());
    try {
      await knowSession();
      if (!hasSession()) {
        if (mine !== latest) return;
        setIds([]);
        setState("ready");
        return;
      }
      const page = await listTracks({ ...wish, limit: PAGE });
      if (mine !== latest) return;
      tracks.put(page.items);
      const first = page.items.map(({ id }) => id);
      const added = ids().filter((id) => !before.has(id) && !first.includes(id));
      const below =
        asked === shownWish && page.next !== null ? shownBelow(page.items, wish.orderBy !== undefined) : [];
      setIds([...new Set([...added, ...first, ...below])]);
      if (!below.length) setNext(page.next);
      shownWish = asked;
      if (asked === wholeList) kept.write(page.items);
      setState("ready");
      listed.emit(page.items);
    } catch (err) {
      if (mine !== latest) return;
      if (!ids().length && isUnreachable(err)) showKept();
      if (!ids().length) setState("failed");
      noticeLoad(err);
    }
  }

  /** Shows the first page of the list from this browser's storage, because the server can't be reached. */
  function showKept() {
    const items = kept.read();
    if (!Array.isArray(items) || !items.length) return;
    tracks.put(items as TrackSummary[]);
    setIds((items as TrackSummary[]).map(({ id }) => id));
    setState("ready");
  }

  /**
   * Returns the shown pieces that belong below the first page. In the usual order, by time, these are the pieces that
   * are older than the last piece of the page. In another order (`isOrdered`), these are all pieces that are not on the
   * page.
   */
  function shownBelow(page: readonly TrackSummary[], isOrdered: boolean): string[] {
    const known = new Set(page.map(({ id }) => id));
    const { createdAt } = page.at(-1)!;
    return ids().filter(
      (id) => !known.has(id) && (isOrdered || (tracks.get(id)?.createdAt ?? "") <= createdAt),
    );
  }

  /** Reads the next page. Does nothing if there is none, or if a call is in progress. */
  const more = oneAtATime(async () => {
    const after = next();
    if (!after) return;
    const mine = latest;
    try {
      const page = await listTracks({ ...wanted(), limit: PAGE, after });
      if (mine !== latest) return;
      tracks.put(page.items);
      setIds((shown) => [...new Set([...shown, ...page.items.map(({ id }) => id)])]);
      setNext(page.next);
      listed.emit(page.items);
    } catch (err) {
      noticeLoad(err);
    }
  });

  return {
    listed,
    changed,
    items,
    hasMore: () => next() !== null,
    state,
    search,
    order,
    isLikedOnly,
    /** Whether a search or a filter limits the list, so that the list may be empty although there are pieces. */
    isLimited: () => search() !== "" || isLikedOnly(),
    orderBy(wish: ListOrder) {
      setOrder(wish);
      void load();
    },
    showLikedOnly(wish: boolean) {
      setLikedOnly(wish);
      void load();
    },
    /** Returns a loaded piece, even if the list does not show it. */
    get: tracks.get,
    known: tracks.all,
    load,
    more,
    /**
     * Resolves to a piece. If the piece is on a page of the list that is not loaded yet, the piece is
     * requested from the server. Resolves to undefined if the piece no longer exists. If the request
     * fails, rejects with the error of the request.
     */
    async find(id: string): Promise<TrackSummary | undefined> {
      const known = tracks.get(id);
      if (known) return known;
      const found = await getTrack(id);
      if (!found) return undefined;
      tracks.put([found]);
      listed.emit([found]);
      return tracks.get(id);
    },
    /** Stores pieces that another view has read. */
    learn(found: readonly TrackSummary[]) {
      tracks.put(found);
      listed.emit(found);
    },
    /** Shows a piece at the top. If the piece is known already, its data stay unchanged. */
    add(track: TrackSummary) {
      if (!tracks.get(track.id)) tracks.put([track]);
      setIds((shown) => [...new Set([track.id, ...shown])]);
      changed.emit();
    },
    addVersion: (trackId: string, version: VersionSummary) => tracks.addVersion(trackId, version),
    /**
     * Hides a piece, a version or an album's pieces at once. The returned function shows them again. If
     * a list is being read at this moment, it is ignored, because it can still contain what is hidden.
     */
    drop(thing: ThingRef): () => void {
      latest++;
      const before = ids();
      const dropped = tracks.drop(thing);
      setIds((shown) => shown.filter((id) => tracks.get(id)));
      return () => {
        tracks.put(dropped);
        setIds((shown) => [...new Set([...shown.filter((id) => !before.includes(id)), ...before])]);
      };
    },
    searchFor(text: string) {
      setSearch(text);
      clearTimeout(delay);
      delay = setTimeout(() => void load(), SEARCH_DELAY_MS);
    },
    /** Shows the like, or its removal, at once. If the request fails, restores the old state. */
    async like(trackId: string, isLiked: boolean) {
      const was = tracks.get(trackId)?.likedAt ?? null;
      tracks.like(trackId, isLiked ? new Date().toISOString() : null);
      try {
        await likeTrack(trackId, isLiked);
        changed.emit();
      } catch (err) {
        tracks.like(trackId, was);
        const title = tracks.get(trackId)?.title;
        noticeUndone(
          err,
          t("“{title}” was not changed, because the server can’t be reached.", { title }),
          () => void this.like(trackId, isLiked),
        );
      }
    },
    retitle: tracks.retitle,
    /**
     * Shows the new name at once. If the request fails, restores the old name and shows a notice.
     * If the server can't be reached, the notice has the button "Try again", which calls `again`.
     */
    async rename(
      trackId: string,
      title: string,
      again: (trackId: string, title: string) => Promise<void> = (id, to) => this.rename(id, to),
    ): Promise<void> {
      const was = tracks.get(trackId)?.title;
      tracks.retitle(trackId, title);
      try {
        await renameTrack(trackId, title);
        changed.emit();
      } catch (err) {
        if (was !== undefined) tracks.retitle(trackId, was);
        noticeUndone(
          err,
          t("“{title}” was not renamed, because the server can’t be reached.", { title: was }),
          () => void again(trackId, title),
        );
      }
    },
  };
}

export type Library = ReturnType<typeof createLibrary>;
