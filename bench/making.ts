// bun bench/making.ts: measures the time of a start, the time from a prompt to the first audio, and the speed of
// generation. The API and the worker run on this machine, and at the end the memory of both processes is measured.
import { join } from "node:path";
import { createRondoClient, readByOffset } from "../src/testing/whole/processes/rondo-client.ts";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";
import { createTemporaryDirectory } from "../src/testing/temporary-directory.ts";

const rounds = 20;
const generations = 10;

const percentile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ??
  Number.NaN;
const ms = (value: number) => `${value.toFixed(0)} ms`;

/** Returns the milliseconds from `bun start` until the page is served. Rondo must be installed and built. */
async function measureStart(): Promise<number> {
  await using directory = await createTemporaryDirectory();
  const startedMs = performance.now();
  const child = Bun.spawn([process.execPath, "start"], {
    cwd: join(import.meta.dirname, ".."),
    env: {
      PATH: Bun.env.PATH,
      HOME: Bun.env.HOME,
      RONDO_DATA: directory.path,
      PORT: "0",
      RONDO_LOG: "error",
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let url: string | undefined;
  while (url === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`bun start ended before the page was served:\n${text}`);
    text += decoder.decode(value, { stream: true });
    url = /Rondo is at (\S+)/.exec(text)?.[1];
  }
  await (await fetch(url)).text();
  const took = performance.now() - startedMs;
  child.kill("SIGTERM");
  await child.exited;
  return took;
}

async function measureMaking() {
  await using rondo = await startRondo({ RONDO_LOG: "info" });
  const client = await createRondoClient(rondo.url);
  const answered: number[] = [];
  const firstChunk: number[] = [];
  for (let round = 0; round < rounds + 2; round++) {
    const startedMs = performance.now();
    const started = await client.start({
      prompt: "slow piano in the rain",
      durationSeconds: 10,
      seed: round,
    });
    const answeredMs = performance.now();
    const res = await fetch(`${started.links.chunks}?offset=-1&live=long-poll`, { headers: client.headers });
    await res.arrayBuffer();
    const heardMs = performance.now();
    await client.untilEnded(started);
    // The first two rounds only warm up the processes, so they are not counted.
    if (round < 2) continue;
    answered.push(answeredMs - startedMs);
    firstChunk.push(heardMs - startedMs);
  }
  const made: number[] = [];
  for (let index = 0; index < generations; index++) {
    const startedMs = performance.now();
    const started = await client.start({
      prompt: ["house", "jazz trio", "lo-fi", "strings"][index % 4],
      durationSeconds: 60,
      seed: index,
    });
    await readByOffset(started.links.chunks, client.headers);
    made.push(60_000 / (performance.now() - startedMs));
  }
  return { answered, firstChunk, made, residentBytes: await rondo.residentBytes() };
}

if (import.meta.main) {
  // The first start only warms up the machine, so it is not counted.
  await measureStart();
  const starts = [await measureStart(), await measureStart(), await measureStart()];
  const { answered, firstChunk, made, residentBytes } = await measureMaking();
  const rows = [
    ["`bun start`, warm, until the page is served", ms(percentile(starts, 0.5)), "1,500 ms"],
    [
      "POST answered, p50 / p99",
      `${ms(percentile(answered, 0.5))} / ${ms(percentile(answered, 0.99))}`,
      "50 ms",
    ],
    [
      "POST → first chunk received by a listener, p50 / p99",
      `${ms(percentile(firstChunk, 0.5))} / ${ms(percentile(firstChunk, 0.99))}`,
      "",
    ],
    [
      "60 s of music, from the prompt to the last byte, as a multiple of real time (slowest of ten)",
      `${Math.min(...made).toFixed(1)}×`,
      "10×",
    ],
    [
      "memory of both processes after ten generations",
      `${(residentBytes / 2 ** 20).toFixed(0)} MiB`,
      "350 MiB",
    ],
  ];
  console.log("| What | Measured | Goal |\n|---|---|---|");
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}
