// Holds the selected pieces of a list. Without a selection, the rows play and open their pieces as usual.
import { createSignal } from "solid-js";

/** The server takes at most this number of pieces for one ZIP. */
const SELECTED_MAX = 100;

export function createSelection() {
  const [ids, setIds] = createSignal<ReadonlySet<string>>();
  return {
    isOpen: () => ids() !== undefined,
    ids: (): readonly string[] => [...(ids() ?? [])],
    /** Undefined while nothing can be selected. */
    has: (id: string): boolean | undefined => ids()?.has(id),
    open: () => setIds(new Set<string>()),
    close: () => setIds(undefined),
    toggle(id: string) {
      setIds((before) => {
        const after = new Set(before);
        if (!after.delete(id) && after.size < SELECTED_MAX) after.add(id);
        return after;
      });
    },
    selectAll: (all: readonly string[]) => setIds(new Set(all.slice(0, SELECTED_MAX))),
  };
}

export type Selection = ReturnType<typeof createSelection>;
