// Defines what a store's move reports: its progress while it runs, and its result.
export type StoreMoveEvent =
  | {
      readonly event: "progress";
      readonly items: number;
      readonly itemsTotal: number;
      readonly bytes: number;
      readonly bytesTotal: number;
      readonly bytesPerSecond: number;
      readonly secondsLeft: number;
    }
  /** The number of items that are still in use. The move waits until they are no longer in use. */
  | { readonly event: "waiting"; readonly items: number }
  /** An item that could not be moved and stays in the former store. */
  | { readonly event: "trouble"; readonly item: string; readonly reason: string };

export type OnStoreMoveEvent = (event: StoreMoveEvent) => void;

export interface StoreMoveReport {
  /** The number of items that this command moved. */
  readonly moved: number;
  /** The size of these items; 0 for jobs. */
  readonly bytes: number;
  /** The number of items that were already in the new store. */
  readonly present: number;
  /** Items that could not be moved, each with its reason. */
  readonly troubles: readonly { readonly item: string; readonly reason: string }[];
  readonly totalMs: number;
}

/** The report of a dry run: what a move would do. */
export interface StoreMovePlan {
  readonly items: number;
  /** The size of these items; 0 for jobs. */
  readonly bytes: number;
  /** The number of objects that are already in the new store and are not part of `items`; 0 for streams and jobs. */
  readonly present: number;
}

const everyMs = 500;

/**
 * Returns a function to be called after each moved item. It adds up the items and bytes, and reports the sums at most
 * twice per second. The final sums are not always reported.
 */
export function countMoved(
  total: { readonly items: number; readonly bytes: number },
  onEvent: OnStoreMoveEvent,
  now: () => number = () => performance.now(),
): (items: number, bytes: number) => void {
  const startedAt = now();
  let [items, bytes, reportedAt] = [0, 0, startedAt];
  return (moreItems, moreBytes) => {
    items += moreItems;
    bytes += moreBytes;
    const at = now();
    if (at - reportedAt < everyMs) return;
    reportedAt = at;
    const bytesPerSecond = Math.round((bytes / (at - startedAt)) * 1_000);
    const secondsLeft = Math.ceil(Math.max(0, total.bytes - bytes) / Math.max(1, bytesPerSecond));
    const totals = { itemsTotal: total.items, bytesTotal: total.bytes };
    onEvent({ event: "progress", items, bytes, ...totals, bytesPerSecond, secondsLeft });
  };
}
