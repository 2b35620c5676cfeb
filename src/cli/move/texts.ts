// Returns the texts that `rondo move` prints for people.
import type { StoreMoveEvent, StoreMovePlan, StoreMoveReport } from "../../moves/stores/store-move.ts";

/** Joins the parts with commas. A part that is undefined is left out. */
const joined = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(", ");

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export function eventText(event: StoreMoveEvent): string {
  if (event.event === "trouble") return `not moved: ${event.item}: ${event.reason}`;
  if (event.event === "waiting") return `The move waits for items that are still in use: ${event.items}.`;
  const { items, itemsTotal, bytes, bytesTotal, bytesPerSecond, secondsLeft } = event;
  return joined(
    `${items} of ${itemsTotal}`,
    bytes === undefined || bytesTotal === undefined
      ? undefined
      : `${megabytes(bytes)} of ${megabytes(bytesTotal)}`,
    bytesPerSecond === undefined ? undefined : `${megabytes(bytesPerSecond)}/s`,
    `${secondsLeft} s left`,
  );
}

export function planText({ items, bytes, present }: StoreMovePlan): string {
  const size = bytes === undefined ? undefined : megabytes(bytes);
  const before = present === undefined ? "" : `; ${present} are in the new store already`;
  return `${joined(`${items} to move`, size)}${before}. Nothing was changed.`;
}

export function reportText(report: StoreMoveReport, setting: string): string {
  const { moved, bytes, present, troubles, totalMs } = report;
  const size = bytes === undefined ? undefined : megabytes(bytes);
  const done = joined(`${moved} moved`, size, `${(totalMs / 1_000).toFixed(1)} s`);
  const next =
    troubles.length === 0
      ? `Everything is in the new store: remove ${setting}, and restart the API and the worker.`
      : `Not everything could be moved (${troubles.length}): solve the problems listed above, keep ${setting}, and run the command again.`;
  return `${done}; ${present} were in the new store already.\n${next}`;
}
