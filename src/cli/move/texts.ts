// Returns the texts that `rondo move` prints for people.
import type { StoreMoveEvent, StoreMovePlan, StoreMoveReport } from "../../moves/store-move.ts";

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export function eventText(event: StoreMoveEvent): string {
  if (event.event === "trouble") return `not moved: ${event.item}: ${event.reason}`;
  if (event.event === "waiting") return `still in use, so the move waits for them: ${event.items}`;
  const { items, itemsTotal, bytes, bytesTotal, bytesPerSecond, secondsLeft } = event;
  const share = `${megabytes(bytes)} of ${megabytes(bytesTotal)}`;
  return `${items} of ${itemsTotal}, ${share}, ${megabytes(bytesPerSecond)}/s, ${secondsLeft} s left`;
}

export const planText = ({ items, bytes, present }: StoreMovePlan): string =>
  `${items} to move, ${megabytes(bytes)}; ${present} are in the new store already. Nothing was changed.`;

export function reportText(report: StoreMoveReport, setting: string): string {
  const { moved, bytes, present, troubles, totalMs } = report;
  const seconds = (totalMs / 1_000).toFixed(1);
  const next =
    troubles.length === 0
      ? `Everything is in the new store: remove ${setting}, and restart the API and the worker.`
      : `Not everything could be moved (${troubles.length}): correct the reasons above, keep ${setting}, and run the command again.`;
  return `${moved} moved, ${megabytes(bytes)}, ${seconds} s; ${present} were in the new store already.\n${next}`;
}
