// Sends the strings and uploads that are the most expensive to read. Tests that they don't block the process.
// `bun bench/worst-strings.ts` sends more requests, and prints how long other callers waited.
import { expect, setDefaultTimeout, test } from "bun:test";
import { askWorst } from "./ask-worst.ts";
import { createWorstStage } from "./worst-stage.ts";

setDefaultTimeout(90_000);

/**
 * This limit is so high that the test also passes on a busy machine. If the server matched slow regular expressions, or
 * accepted strings of any length, other callers would wait many times longer.
 */
const waitMsMax = 10_000;

test("while the server reads the most expensive strings and uploads, other callers wait less than 10 s", async () => {
  await using stage = await createWorstStage();
  const texts = await askWorst(stage.url, stage.texts(true));
  const uploads = await askWorst(stage.url, stage.uploads(4 * 1024 * 1024));
  for (const { asked, slowest, othersMs, statuses } of [texts, uploads]) {
    expect(asked).toBeGreaterThan(10);
    expect(slowest.filter(({ ms }) => ms > waitMsMax)).toEqual([]);
    expect(othersMs).toBeLessThan(waitMsMax);
    expect([statuses[0], statuses[500]]).toEqual([undefined, undefined]);
  }
  // No request was refused because of its size, so each string reached the code that reads its field.
  expect([texts.statuses[413], texts.statuses[414]]).toEqual([undefined, undefined]);
});
