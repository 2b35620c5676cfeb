// Measures the composer in one of three ways:
// - `bun bench/composer.ts [seconds] [styles…]` makes one piece of each style, one after the other. `seconds` is the
//   length of each piece, 30 by default. Prints the memory use and two speeds: one by the clock, and one by processor
//   time, which other work on the machine hardly changes.
// - `bun bench/composer.ts first [styles…]` prints only times to the first chunk: of a first piece without warm-up, of
//   each style (the median of three pieces), and of three pieces that are made at the same time.
// - `bun bench/composer.ts endless [styles…]` makes one hour of an endless piece of each style.

import { styles } from "../src/composer/styles/all-styles.ts";
import { type StyleName, styleNames } from "../src/composer/styles/style.ts";
import { createBuiltinGenerator } from "../src/ports/generator/builtin/generator.ts";

const [what = "30", ...given] = Bun.argv.slice(2);
const wanted = given.length > 0 ? (given as StyleName[]) : styleNames;
const isFirstOnly = what === "first";
const isEndless = what === "endless";
const durationSeconds = isEndless ? 3_600 : isFirstOnly ? 30 : Number(what);

const opened = performance.now();
const generator = createBuiltinGenerator();
const start = (prompt: string, seed: number) =>
  generator.start(
    {
      ...{ requestId: crypto.randomUUID(), versionId: crypto.randomUUID() },
      ...{ businessId: "bench", owner: "bench", userId: "bench" },
      ...{ prompt, seed, durationSeconds },
      ...(isEndless ? { options: { endless: true } } : {}),
    },
    new AbortController().signal,
  );

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/**
 * Makes a piece, or only its first chunk if `isWhole` is false. Returns how long the steps took, and the highest memory
 * use of this process while they ran. For an endless piece, the memory use is only the highest one since the last printed line.
 */
const make = async (prompt: string, seed: number, isWhole = !isFirstOnly) => {
  const [started, cpuStarted] = [performance.now(), cpuSeconds()];
  let firstMs: number | undefined;
  let memoryMax = 0;
  let nextMs = 300_000;
  for await (const { startMs } of (await start(prompt, seed)).chunks) {
    firstMs ??= performance.now() - started;
    memoryMax = Math.max(memoryMax, process.memoryUsage.rss());
    if (!isWhole) break;
    if (!isEndless || startMs < nextMs) continue;
    console.log(
      `${Math.round(startMs / 60_000)} min: at most ${Math.round(memoryMax / 1e6)} MB since the last line`,
    );
    [nextMs, memoryMax] = [nextMs + 300_000, 0];
  }
  const wholeMs = performance.now() - started;
  return { firstMs: firstMs ?? Number.NaN, wholeMs, cpu: cpuSeconds() - cpuStarted, memoryMax };
};

await make("house", 1, false);
console.log(
  `from the creation of the generator to its first chunk, without warm-up: ${Math.round(performance.now() - opened)} ms`,
);

const firstMsOf = async (prompt: string): Promise<number> => {
  const times: number[] = [];
  for (const seed of [2, 3, 4]) times.push((await make(prompt, seed, false)).firstMs);
  return Math.round(times.toSorted((one, other) => one - other)[1] ?? Number.NaN);
};

for (const style of wanted) {
  const prompt = styles[style].label;
  if (isFirstOnly) {
    console.log(`${style}: first chunk after ${await firstMsOf(prompt)} ms, the median of three`);
    continue;
  }
  const { cpu, wholeMs, memoryMax } = await make(prompt, 2);
  console.log(
    `${style}: ${(durationSeconds / cpu).toFixed(1)} × real time by processor time,`,
    `${((durationSeconds * 1000) / wholeMs).toFixed(1)} × by the clock, memory at most ${Math.round(memoryMax / 1e6)} MB`,
  );
}

if (isFirstOnly) {
  const together = await Promise.all([1, 2, 3].map((seed) => make("lofi", seed)));
  console.log(
    `three at once: first chunks after ${together.map(({ firstMs }) => Math.round(firstMs)).join(", ")} ms`,
  );
}
await generator.close();
