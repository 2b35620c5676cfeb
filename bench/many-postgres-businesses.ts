// Measures an API and a worker with many businesses on one Postgres server. The benchmark starts this server, which
// allows at most 100 connections. Run: bun bench/many-postgres-businesses.ts [businesses] [concurrent businesses]. The
// default, 1000 200, takes minutes. "bun bench/many-postgres-businesses.ts 50 50" is a short run. The benchmark fails
// only if a request is not answered with 200. It prints its goals for the times, but does not check them.
import postgres from "postgres";
import { startPostgresServer } from "../src/testing/servers/postgres/postgres-server.ts";
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

const wanted = Number(process.argv[2] ?? 1_000);
const atOnce = Math.min(wanted, Number(process.argv[3] ?? 200));
const connections = 100;
/**
 * The number of businesses that are created first, one after another. Only for these businesses, the
 * time from the creation to the first response is measured. The others are created four at a time.
 */
const timed = Math.min(wanted, 40);
const p99MsMax = 2_000;

await using server = await startPostgresServer(undefined, {
  max_connections: String(connections),
  shared_buffers: "128MB",
  fsync: "on",
});
await using rondo = await startRondo({
  ...withoutLimits,
  RONDO_CONTROL_URL: server.adminUrl,
  RONDO_BUSINESS_URL: server.adminUrl,
});
console.log(`load ${await loadNow()}`);

const made: MadeBusiness[] = [];
const firstMs: number[] = [];
const startedAt = performance.now();
const make = async (at: number): Promise<void> => {
  const madeAt = performance.now();
  const business = await makeBusiness(rondo, `business-${at}`);
  const { status } = await readUsers(rondo, business);
  if (status !== 200) throw new Error(`The first query was answered with ${status}.`);
  if (at < timed) firstMs.push(performance.now() - madeAt);
  made.push(business);
};
for (let at = 0; at < timed; at += 1) await make(at);
await eachOf(
  Array.from({ length: wanted - timed }, (_, at) => timed + at),
  4,
  make,
);
console.log(
  `${wanted} businesses created in ${Math.round((performance.now() - startedAt) / 1_000)} s; create to first query p50 ${Math.round(percentile(firstMs, 0.5))} ms, p95 ${Math.round(percentile(firstMs, 0.95))} ms (goal 1,000 ms)`,
);

const boss = postgres(server.superuserUrl, { max: 1, onnotice: () => {} });
let mostConnections = 0;
let isOver = false;
const watching = (async () => {
  while (!isOver) {
    const [row] =
      await boss`select count(*)::int as n from pg_stat_activity where usename <> 'boss' and backend_type = 'client backend'`;
    mostConnections = Math.max(mostConnections, Number(row?.n));
    await Bun.sleep(20);
  }
})();

const tookMs: number[] = [];
const statuses = new Map<number, number>();
const ask = async (business: MadeBusiness): Promise<void> => {
  const { status, ms } = await readUsers(rondo, business);
  tookMs.push(ms);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
};
console.log(`load ${await loadNow()}`);
for (let round = 0; round < 2; round += 1)
  for (let at = 0; at < wanted; at += atOnce) {
    const group = made.slice(at, at + atOnce);
    await Promise.all(group.map(ask));
  }
isOver = true;
await watching;
await boss.end({ timeout: 1 });

const p99 = percentile(tookMs, 0.99);
console.log(
  `${tookMs.length} queries, ${atOnce} businesses at once: p50 ${Math.round(percentile(tookMs, 0.5))} ms, p99 ${Math.round(p99)} ms (goal ${p99MsMax} ms), slowest ${Math.round(Math.max(...tookMs))} ms`,
);
console.log(`answers by status: ${JSON.stringify(Object.fromEntries(statuses))}`);
console.log(
  `${mostConnections} of ${connections} connections at most; ${Math.round((await rondo.residentBytes()) / 2 ** 20)} MiB of memory for the API and the worker; load ${await loadNow()}`,
);
if (statuses.size !== 1 || !statuses.has(200)) throw new Error("Not every query was answered.");
