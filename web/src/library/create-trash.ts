// Manages the trash. Moves items to the trash and offers to undo the move, lists the items in the
// trash, restores them, and deletes them permanently.
import { plural, t } from "../i18n/translate.ts";
import { createSignal } from "solid-js";
import { deleteThing, listDeletions, purgeThing, restoreThing } from "../api/api.ts";
import { isUnreachable, notice, noticeError, noticeUndone } from "../shell/notices.ts";
import { oneAtATime } from "../signals/one-at-a-time.ts";
import type { Deletion, ThingRef, VersionSummary } from "../api/wire.ts";
import type { Library } from "./create-library.ts";

export type TrashState = "loading" | "ready" | "failed";

export interface TrashDeps {
  readonly library: Library;
  /** Called when versions have been moved to the trash, because one of them can be playing. */
  leave(gone: readonly VersionSummary[]): void;
}

export function createTrash({ library, leave }: TrashDeps) {
  const [items, setItems] = createSignal<readonly Deletion[]>([]);
  const [next, setNext] = createSignal<string | null>(null);
  const [state, setState] = createSignal<TrashState>("loading");
  const forget = (gone: Deletion) => setItems((all) => all.filter((one) => one.id !== gone.id));
  const refOf = ({ kind, subjectId }: Deletion): ThingRef => ({ kind, id: subjectId });

  async function giveBack(...things: readonly ThingRef[]) {
    try {
      for (const thing of things) await restoreThing(thing);
    } finally {
      // If a restore fails, the list must still show the things that were restored before the failure.
      await library.load();
      library.changed.emit();
    }
  }

  /** Resolves to true if `act` succeeds. Otherwise calls `show` and resolves to false. */
  const told = (act: Promise<void>, show: (err: unknown) => void = noticeError): Promise<boolean> =>
    act.then(
      () => true,
      (err) => {
        show(err);
        return false;
      },
    );

  /** The versions that are deleted with an item, as far as this page has loaded them. */
  const versionsOf = ({ kind, id }: ThingRef): readonly VersionSummary[] =>
    library
      .known()
      .filter((track) => kind === "version" || track[kind === "track" ? "id" : "projectId"] === id)
      .flatMap(({ versions }) => versions)
      .filter((one) => kind !== "version" || one.id === id);

  return {
    items,
    state,
    hasMore: () => next() !== null,
    async load() {
      setState("loading");
      try {
        const page = await listDeletions();
        setItems(page.items);
        setNext(page.next);
        setState("ready");
      } catch {
        setState("failed");
      }
    },
    /** Must be called only if `hasMore()` is true. Does nothing if a call is in progress. */
    more: oneAtATime(async () => {
      const page = await listDeletions(next() ?? undefined).catch(noticeError);
      if (!page) return;
      setItems((all) => [...all, ...page.items]);
      setNext(page.next);
    }),
    /**
     * Hides an item immediately and asks the server to move it to the trash. The item is shown
     * again if the request fails or the person undoes the deletion.
     */
    async put(thing: ThingRef, title: string) {
      const gone = versionsOf(thing);
      const showAgain = library.drop(thing);
      const isDeleted = await told(deleteThing(thing), (err) => {
        showAgain();
        const words = t("“{title}” was not deleted, because the server can’t be reached.", { title });
        noticeUndone(err, words, () => void this.put(thing, title));
      });
      if (isDeleted) {
        leave(gone);
        notice(t("{title} is in the trash.", { title }), undefined, {
          label: "Undo",
          run: () => void told(giveBack(thing)),
        });
      }
      await library.load();
      library.changed.emit();
    },
    /**
     * Moves pieces to the trash one after the other, and continues if a piece fails. One undo
     * restores all moved pieces. Pieces that failed are shown again.
     */
    async putAll(trackIds: readonly string[]) {
      const deletions = trackIds.map((id) => {
        const thing: ThingRef = { kind: "track", id };
        return { thing, versions: versionsOf(thing), showAgain: library.drop(thing) };
      });
      const gone: ThingRef[] = [];
      const left: string[] = [];
      for (const { thing, versions, showAgain } of deletions) {
        const isDeleted = await told(deleteThing(thing), (err) => {
          showAgain();
          if (isUnreachable(err)) left.push(thing.id);
          else noticeError(err);
        });
        if (!isDeleted) continue;
        leave(versions);
        gone.push(thing);
      }
      if (left.length > 0)
        notice(
          plural(
            left.length,
            "1 piece was not deleted, because the server can’t be reached.",
            "{n} pieces were not deleted, because the server can’t be reached.",
          ),
          undefined,
          { label: "Try again", run: () => void this.putAll(left) },
        );
      if (gone.length > 0)
        notice(plural(gone.length, "1 piece is in the trash.", "{n} pieces are in the trash."), undefined, {
          label: "Undo",
          run: () => void told(giveBack(...gone)),
        });
      await library.load();
      library.changed.emit();
    },
    async restore(deletion: Deletion) {
      if (await told(giveBack(refOf(deletion)))) forget(deletion);
    },
    async purge(deletion: Deletion) {
      if (await told(purgeThing(refOf(deletion)))) forget(deletion);
    },
  };
}

export type Trash = ReturnType<typeof createTrash>;
