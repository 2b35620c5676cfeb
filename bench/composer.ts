// Measures the composer: `bun bench/composer.ts [seconds] [prompts…]`. It prints the real-time factor of each style, the time to the first chunk, and the memory.

import { createBuiltinGenerator } from "../src/ports/generator/builtin/generator.ts";

const durationSeconds = Number(Bun.argv[2] ?? 30);
const given = Bun.argv.slice(3);
const usual = [
  "lofi with rain",
  "ambient",
  "solo piano",
  "house",
  "jazz",
  "cinematic",
  "folk",
  "chiptune",
  "hip hop",
];
const prompts = given.length > 0 ? given : usual;

const opened = performance.now();
const generator = createBuiltinGenerator();
const start = (prompt: string, seed: number) =>
  generator.start(
    {
      ...{ requestId: crypto.randomUUID(), versionId: crypto.randomUUID() },
      ...{ businessId: "bench", owner: "bench", userId: "bench" },
      ...{ prompt, seed, durationSeconds },
    },
    new AbortController().signal,
  );

/** The milliseconds until the first chunk and until the last chunk. */
const time = async (prompt: string, seed: number) => {
  const started = performance.now();
  let firstMs: number | undefined;
  for await (const _ of (await start(prompt, seed)).chunks) firstMs ??= performance.now() - started;
  return { firstMs: firstMs ?? Number.NaN, wholeMs: performance.now() - started };
};

const cold = await time("house", 1);
console.log(
  `from the creation of the generator to its first chunk, without warm-up: ${Math.round(performance.now() - opened - cold.wholeMs + cold.firstMs)} ms\n`,
);

const rows = [];
let memoryMax = 0;
for (const prompt of prompts) {
  const { firstMs, wholeMs } = await time(prompt, 2);
  memoryMax = Math.max(memoryMax, process.memoryUsage.rss());
  rows.push({
    prompt,
    "first chunk, ms": Math.round(firstMs),
    "times real time": Number(((durationSeconds * 1000) / wholeMs).toFixed(1)),
  });
}
console.table(rows);

const together = await Promise.all([1, 2, 3].map((seed) => time("lofi", seed)));
console.log(
  `three at once: first chunks after ${together.map(({ firstMs }) => Math.round(firstMs)).join(", ")} ms,`,
  `together ${((durationSeconds * 3000) / Math.max(...together.map(({ wholeMs }) => wholeMs))).toFixed(1)} times real time`,
);
console.log(
  `memory of the process: ${Math.round(process.memoryUsage.rss() / 1e6)} MB, after the largest piece ${Math.round(memoryMax / 1e6)} MB`,
);
await generator.close();
