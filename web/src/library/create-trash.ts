// Manages the trash: deletes items at once with an undo, lists deleted items, restores them, or deletes them for good.
import { plural, t } from "../i18n/translate.ts";
import { createSignal } from "solid-js";
import { deleteThing, listDeletions, purgeThing, restoreThing } from "../lib/api.ts";
import { notice, noticeError } from "../lib/notices.ts";
import type { Deletion, ThingRef, VersionSummary } from "../lib/wire.ts";
import type { Library } from "./create-library.ts";

export type TrashState = "loading" | "ready" | "failed";

export interface TrashDeps {
  readonly library: Library;
  /** Called before versions are deleted, because one of them may be playing. */
  leave(gone: readonly VersionSummary[]): void;
}

export function createTrash({ library, leave }: TrashDeps) {
  const [items, setItems] = createSignal<readonly Deletion[]>([]);
  const [next, setNext] = createSignal<string | null>(null);
  const [state, setState] = createSignal<TrashState>("loading");
  const forget = (gone: Deletion) => setItems((all) => all.filter((one) => one.id !== gone.id));
  const refOf = ({ kind, subjectId }: Deletion): ThingRef => ({ kind, id: subjectId });

  async function giveBack(...things: readonly ThingRef[]) {
    for (const thing of things) await restoreThing(thing);
    await library.load();
    library.changed.emit();
  }

  /** False if the server refused; the error was shown. */
  const told = (act: Promise<void>): Promise<boolean> =>
    act.then(
      () => true,
      (err) => {
        noticeError(err);
        return false;
      },
    );

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
    async more() {
      const page = await listDeletions(next() ?? undefined).catch(noticeError);
      if (!page) return;
      setItems((all) => [...all, ...page.items]);
      setNext(page.next);
    },
    /** Hides an item at once. It is shown again if the server refuses or the person undoes the deletion. */
    async put(thing: ThingRef, title: string) {
      leave(
        library
          .known()
          .filter(
            (track) =>
              thing.kind === "version" || track[thing.kind === "track" ? "id" : "projectId"] === thing.id,
          )
          .flatMap(({ versions }) => versions)
          .filter((one) => thing.kind !== "version" || one.id === thing.id),
      );
      library.drop(thing);
      if (await told(deleteThing(thing)))
        notice(t("{title} is in the trash.", { title }), undefined, {
          label: "Undo",
          run: () => void told(giveBack(thing)),
        });
      await library.load();
      library.changed.emit();
    },
    /** Deletes pieces together, and restores them together if the person undoes it. */
    async putAll(trackIds: readonly string[]) {
      leave(trackIds.flatMap((id) => library.get(id)?.versions ?? []));
      const things = trackIds.map((id): ThingRef => ({ kind: "track", id }));
      for (const thing of things) library.drop(thing);
      const gone: ThingRef[] = [];
      for (const thing of things) if (await told(deleteThing(thing))) gone.push(thing);
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
