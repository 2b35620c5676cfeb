// Starts a server in a separate process, and sends it requests that take long to process. Some are hostile uploads. The
// others have, in every field of every route, the strings that are the worst case for a pattern, a parser or a
// normalization. The goals: each of these requests gets a response within 250 ms, and other requests wait for less than
// 100 ms meanwhile. The program prints the times, but doesn't compare them with the goals.
// Run: bun bench/worst-strings.ts
import { askWorst } from "../src/testing/whole/worst/ask-worst.ts";
import { createWorstStage } from "../src/testing/whole/worst/worst-stage.ts";

await using stage = await createWorstStage();
for (const [name, requests] of [
  ["texts", stage.texts()],
  ["uploads", stage.uploads()],
] as const) {
  const { asked, othersMs, slowest, statuses } = await askWorst(stage.url, requests);
  console.log(
    `${name}: ${asked} requests, other requests waited for at most ${othersMs.toFixed(0)} ms`,
    statuses,
  );
  for (const { ms, status, what } of slowest)
    console.log(`  ${ms.toFixed(0).padStart(6)} ms  ${status}  ${what}`);
}
