// Defines the progress events that are reported while a business is moved to another database.
export type MoveEvent =
  | {
      readonly event: "step";
      readonly step: "prepare" | "copy" | "index" | "wait" | "pause" | "switch" | "check";
    }
  | {
      readonly event: "rows";
      readonly table: string;
      /** The number of rows of all tables that this command has copied. */
      readonly rows: number;
      /** The number of rows that this command must copy. Tables that an interrupted command copied are not counted. */
      readonly rowsTotal: number;
      readonly rowsPerSecond: number;
      readonly secondsLeft: number;
    };

export type OnMoveEvent = (event: MoveEvent) => void;

const everyMs = 500;

/**
 * Returns a function to call with the number of rows that were just copied, and their table. The function adds up the
 * rows of all tables, and reports the sums at most twice per second. In a report, `table` is the table of the latest
 * call. The rows of the last calls can remain unreported.
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
