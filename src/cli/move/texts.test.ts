// Tests the lines of `rondo move` for moves with and without a known size.
import { expect, test } from "bun:test";
import { countMoved, type StoreMoveEvent } from "../../moves/stores/store-move.ts";
import { eventText, planText, reportText } from "./texts.ts";

/** Returns the line that is printed after 10 seconds, when 20 of 60 items were moved. */
function progressLine(bytesTotal: number | undefined, bytes?: number): string | undefined {
  const events: StoreMoveEvent[] = [];
  let now = 0;
  const count = countMoved(
    { items: 60, bytes: bytesTotal },
    (event) => events.push(event),
    () => now,
  );
  now = 10_000;
  count(20, bytes);
  return events.map(eventText)[0];
}

const ended = { moved: 60, present: 0, troubles: [], totalMs: 30_000 };

test("the lines about a move of jobs show no size", () => {
  expect(progressLine(undefined)).toBe("20 of 60, 20 s left");
  expect(planText({ items: 60, bytes: undefined, present: undefined })).toBe(
    "60 to move. Nothing was changed.",
  );
  expect(reportText({ ...ended, bytes: undefined }, "RONDO_QUEUE_FROM")).toStartWith(
    "60 moved, 30.0 s; 0 were",
  );
});

test("the lines about a move of objects show the size and the speed", () => {
  expect(progressLine(400e6, 100e6)).toBe("20 of 60, 100.0 MB of 400.0 MB, 10.0 MB/s, 30 s left");
  expect(planText({ items: 60, bytes: 400e6, present: 2 })).toBe(
    "60 to move, 400.0 MB; 2 are in the new store already. Nothing was changed.",
  );
  expect(reportText({ ...ended, bytes: 400e6 }, "RONDO_OBJECTS_FROM")).toStartWith(
    "60 moved, 400.0 MB, 30.0 s;",
  );
});
