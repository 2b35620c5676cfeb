// Measures an API and a worker that serve many businesses in SQLite files on one machine. Run:
// bun bench/many-businesses.ts [businesses] [idle minutes]. Usual values: `10000 10`. For a short run: `500 0`.
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";
import {
  eachOf,
  loadNow,
  type MadeBusiness,
  makeBusiness,
  percentile,
  readUsers,
  withoutLimits,
} from "./operator-calls.ts";

const wanted = Number(process.argv[2] ?? 10_000);
const idleMinutes = Number(process.argv[3] ?? 10);
/**
 * The number of businesses with which the time from the creation to the first response is measured. These businesses
 * are created one after another, and each gets a query at once. The other businesses are created four at a time.
 */
const timed = Math.min(wanted, 300);
const stages = 5;

await using rondo = await startRondo(withoutLimits);
const memory = async () => `${Math.round((await rondo.residentBytes()) / 2 ** 20)} MiB`;
console.log(`load ${await loadNow()}; memory of the API and the worker without businesses ${await memory()}`);

const made: MadeBusiness[] = [];
const firstMs: number[] = [];
const startedAt = performance.now();
const make = async (at: number): Promise<void> => {
  const madeAt = performance.now();
  const business = await makeBusiness(rondo, `business-${at}`);
  if (at < timed) {
    const { status } = await readUsers(rondo, business);
    if (status !== 200) throw new Error(`The first query was answered with ${status}.`);
    firstMs.push(performance.now() - madeAt);
  }
  made.push(business);
};
for (let at = 0; at < timed; at += 1) await make(at);
await eachOf(
  Array.from({ length: wanted - timed }, (_, at) => timed + at),
  4,
  make,
);
console.log(
  `${wanted} businesses created in ${Math.round((performance.now() - startedAt) / 1_000)} s; create to first query p50 ${percentile(firstMs, 0.5).toFixed(1)} ms, p95 ${percentile(firstMs, 0.95).toFixed(1)} ms (goal 50 ms)`,
);

// A restart of the API closes every database that the API has open. The first business then gets 50 queries that warm
// up the API. After that, each other business gets one query. The order of the businesses differs from the order of
// their files.
await rondo.stopApi();
await rondo.startApi();
for (let warming = 0; warming < 50; warming += 1) await readUsers(rondo, made[0]!);
const cold = made.slice(1).sort((a, b) => Number(Bun.hash(a.slug) - Bun.hash(b.slug) > 0n) - 0.5);
const coldMs: number[] = [];
const perStage = Math.ceil(cold.length / stages);
for (let stage = 0; stage < stages; stage += 1) {
  for (const business of cold.slice(stage * perStage, (stage + 1) * perStage)) {
    const { status, ms } = await readUsers(rondo, business);
    if (status !== 200) throw new Error(`A query was answered with ${status}.`);
    coldMs.push(ms);
  }
  console.log(`${coldMs.length} businesses were queried: memory ${await memory()}`);
}
console.log(
  `the first answer of a cold business: p50 ${percentile(coldMs, 0.5).toFixed(1)} ms, p99 ${percentile(coldMs, 0.99).toFixed(1)} ms (goal 20 ms); load ${await loadNow()}`,
);

/**
 * Returns the paths of the businesses' database files that the API and the worker have open, read from /proc. On a
 * system without /proc, the result is empty, so this part of the measurement is valid only on Linux.
 */
function openFiles(): ReadonlySet<string> {
  const files = rondo.pids().flatMap((pid) => {
    const folder = `/proc/${pid}/fd`;
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name) => {
      try {
        return [readlinkSync(`${folder}/${name}`)];
      } catch {
        return []; // the file was closed meanwhile
      }
    });
  });
  return new Set(files.filter((file) => /\/businesses\/[^/]+\.db$/.test(file)));
}

console.log(`${openFiles().size} databases are open`);
if (idleMinutes > 0) {
  const closingAt = performance.now();
  while (openFiles().size > 0 && performance.now() - closingAt < 180_000) await Bun.sleep(500);
  console.log(
    `${openFiles().size} databases are open after ${Math.round((performance.now() - closingAt) / 1_000)} s`,
  );
  let opened = 0;
  let before = openFiles();
  const endAt = performance.now() + idleMinutes * 60_000;
  // After a use, a database usually stays open for at least 60 s. So reading the open files once per second is enough
  // to notice each opening.
  while (performance.now() < endAt) {
    await Bun.sleep(1_000);
    const now = openFiles();
    opened += [...now].filter((file) => !before.has(file)).length;
    before = now;
  }
  console.log(
    `${opened} databases were opened in ${idleMinutes} idle minutes (goal 0); memory ${await memory()}`,
  );
}
