// Starts a server in a separate process, and sends it requests that take long to process: hostile uploads, and strings
// that are the worst case for a pattern, a parser or a normalization. These strings are sent in every field of every
// route. The program prints how long these requests take, and how long requests for /health wait meanwhile. The goals
// are 250 ms for each of these requests, and 100 ms for /health. The program doesn't check the goals.
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
