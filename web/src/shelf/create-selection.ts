// Stores which pieces of a list the user has selected. The selection is open while the user selects pieces. While it is
// closed, a press on a row plays or opens the piece of this row.
import { createSignal } from "solid-js";

/** The server takes at most this number of pieces for one ZIP. */
const SELECTED_MAX = 100;

export function createSelection() {
  const [ids, setIds] = createSignal<ReadonlySet<string>>();
  return {
    isOpen: () => ids() !== undefined,
    ids: (): readonly string[] => [...(ids() ?? [])],
    /** Returns whether the piece is selected. Returns undefined if the selection is closed. */
    has: (id: string): boolean | undefined => ids()?.has(id),
    open: () => setIds(new Set<string>()),
    close: () => setIds(undefined),
    /** Selects or deselects a piece. If SELECTED_MAX pieces are selected, does not select another piece. */
    toggle(id: string) {
      setIds((before) => {
        const after = new Set(before);
        if (!after.delete(id) && after.size < SELECTED_MAX) after.add(id);
        return after;
      });
    },
    /** Selects the first SELECTED_MAX of these pieces, and no other pieces. */
    selectAll: (all: readonly string[]) => setIds(new Set(all.slice(0, SELECTED_MAX))),
  };
}

export type Selection = ReturnType<typeof createSelection>;
