// Sends requests that are slow to read to a server in a separate process: strings that are the worst case for a
// pattern, a parser or a normalization, in every field of every route, and the most hostile uploads. The goals: no
// other request waits for 100 ms, and each of these requests gets a response within 250 ms.
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
