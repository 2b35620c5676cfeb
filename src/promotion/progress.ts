// Defines the progress events that are reported while a business is moved to another database.
export type MoveEvent =
  | {
      readonly event: "step";
      readonly step: "prepare" | "copy" | "index" | "wait" | "pause" | "switch" | "check";
    }
  | {
      readonly event: "rows";
      readonly table: string;
      /** The rows that this command has copied. */
      readonly rows: number;
      /** The rows that this command has to copy. An interrupted move may have copied other tables before. */
      readonly rowsTotal: number;
      readonly rowsPerSecond: number;
      readonly secondsLeft: number;
    };

export type OnMoveEvent = (event: MoveEvent) => void;

const everyMs = 500;

/**
 * Returns the function that counts copied rows of all tables, and reports the sums at most twice
 * per second. `table` is the table of the latest rows. The last rows can remain unreported.
 */
export function countRows(rowsTotal: number, onEvent: OnMoveEvent): (table: string, rows: number) => void {
  const startedAt = performance.now();
  let rows = 0;
  let reportedAt = startedAt;
  return (table, more) => {
    rows += more;
    const now = performance.now();
    if (now - reportedAt < everyMs) return;
    reportedAt = now;
    const rowsPerSecond = Math.round((rows / (now - startedAt)) * 1_000);
    const secondsLeft = Math.ceil(Math.max(0, rowsTotal - rows) / Math.max(1, rowsPerSecond));
    onEvent({ event: "rows", table, rows, rowsTotal, rowsPerSecond, secondsLeft });
  };
}
