// Defines what a store's move reports: its progress while it runs, and its result.
export type StoreMoveEvent =
  | {
      readonly event: "progress";
      readonly items: number;
      readonly itemsTotal: number;
      /** The three numbers of bytes are undefined for jobs, because their size is not counted. */
      readonly bytes: number | undefined;
      readonly bytesTotal: number | undefined;
      readonly bytesPerSecond: number | undefined;
      readonly secondsLeft: number;
    }
  /** The number of items that are still in use. The move waits until they are no longer in use. */
  | { readonly event: "waiting"; readonly items: number }
  /** An item that could not be moved and stays in the former store. */
  | { readonly event: "trouble"; readonly item: string; readonly reason: string };

export type OnStoreMoveEvent = (event: StoreMoveEvent) => void;

export interface StoreMoveReport {
  /** The number of items that this command moved. Includes objects that were deleted while they were moved. */
  readonly moved: number;
  /** The total size of the moved items. Undefined for jobs, because their size is not counted. */
  readonly bytes: number | undefined;
  /** The number of items that were already in the new store. */
  readonly present: number;
  /** Items that could not be moved, each with its reason. */
  readonly troubles: readonly { readonly item: string; readonly reason: string }[];
  readonly totalMs: number;
}

/** The report of a dry run: what a move would do. */
export interface StoreMovePlan {
  readonly items: number;
  /** The total size of `items`. Undefined for jobs, because their size is not counted. */
  readonly bytes: number | undefined;
  /**
   * The number of objects that are already in the new store and are not part of `items`. Undefined for streams and
   * jobs, because these are not counted.
   */
  readonly present: number | undefined;
}

const everyMs = 500;

/**
 * Returns a function that counts moved items: call it with the number of items (and bytes) that were just moved. It
 * reports the sums at most twice per second, so the last sums may not be reported. The remaining time is estimated from
 * the bytes, or from the items if bytes are not counted.
 */
export function countMoved(
  total: { readonly items: number; readonly bytes: number | undefined },
  onEvent: OnStoreMoveEvent,
  now: () => number = () => performance.now(),
): (items: number, bytes?: number) => void {
  const startedAt = now();
  let [items, bytes, reportedAt] = [0, 0, startedAt];
  return (moreItems, moreBytes = 0) => {
    items += moreItems;
    bytes += moreBytes;
    const at = now();
    if (at - reportedAt < everyMs) return;
    reportedAt = at;
    const seconds = (at - startedAt) / 1_000;
    const [done, whole] = total.bytes === undefined ? [items, total.items] : [bytes, total.bytes];
    onEvent({
      event: "progress",
      items,
      itemsTotal: total.items,
      bytes: total.bytes === undefined ? undefined : bytes,
      bytesTotal: total.bytes,
      bytesPerSecond: total.bytes === undefined ? undefined : Math.round(bytes / seconds),
      secondsLeft: Math.ceil((Math.max(0, whole - done) * seconds) / Math.max(1, done)),
    });
  };
}
