// bun bench/fleet.ts: measures two API processes on the full profile (Postgres, MongoDB and Redis). It measures three
// things: the time from the append of a chunk at one process until a listener of the other process receives the chunk;
// the CPU time per listener; and the time until the first response of a process that has not opened the business's
// database before.
import {
  createFleetClient,
  type Fleet,
  type FleetMember,
  startFleet,
} from "../src/testing/whole/processes/fleet.ts";
import { gatherCrowd } from "../src/testing/whole/load/crowd.ts";
import { cpuMsOf } from "../src/testing/whole/processes/process-cpu.ts";

const appends = 100;
const appendEveryMs = 50;
const chunkBytes = 16_000;
const listeners = 200;
const coldBusinesses = 12;

const percentile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ??
  Number.NaN;
const both = (values: readonly number[]) =>
  `${percentile(values, 0.5).toFixed(1)} / ${percentile(values, 0.99).toFixed(1)} ms`;
const now = () => performance.timeOrigin + performance.now();

async function operate<T>(fleet: Fleet, path: string, body: object): Promise<T> {
  const res = await fetch(`${fleet.apis[0].url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${fleet.operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${path} answered ${res.status}: ${await res.text()}`);
  return (await res.json()) as T;
}

/**
 * Appends chunks through the first API, at most one chunk per `appendEveryMs`, and closes the stream.
 * Each chunk begins with its sending time. Returns a map from the sending time of each chunk to the
 * time when the response to the append had arrived. All times are in milliseconds since 1970.
 */
async function write(
  fleet: Fleet,
  name: string,
  authorization: string,
): Promise<ReadonlyMap<string, number>> {
  const url = `${fleet.apis[0].url}/v1/stream/${name}`;
  const headers = { authorization, "content-type": "text/plain" };
  const storedAt = new Map<string, number>();
  for (let i = 0; i < appends; i++) {
    const dueAt = performance.now() + appendEveryMs;
    const sentAt = now().toFixed(3);
    const last: Record<string, string> = i === appends - 1 ? { "stream-closed": "true" } : {};
    const body = `T${sentAt}T`.padEnd(chunkBytes, "x");
    const res = await fetch(url, { method: "POST", headers: { ...headers, ...last }, body });
    if (!res.ok) throw new Error(`an append answered ${res.status}: ${await res.text()}`);
    await res.arrayBuffer();
    storedAt.set(sentAt, now());
    await Bun.sleep(Math.max(0, dueAt - performance.now()));
  }
  return storedAt;
}

async function make(fleet: Fleet, name: string, authorization: string): Promise<void> {
  const res = await fetch(`${fleet.apis[0].url}/v1/stream/${name}`, {
    method: "PUT",
    headers: { authorization, "content-type": "text/plain" },
  });
  if (!res.ok) throw new Error(`${name} was not made: ${res.status}`);
}

/**
 * Reads a stream from an API to its end. Returns a map from the sending time with which each chunk begins to the time
 * when the chunk was received.
 */
async function listen(
  api: FleetMember,
  name: string,
  authorization: string,
): Promise<ReadonlyMap<string, number>> {
  const res = await fetch(`${api.url}/v1/stream/${name}?offset=-1&live=sse`, { headers: { authorization } });
  const heardAt = new Map<string, number>();
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of res.body ?? []) {
    const text = rest + decoder.decode(part, { stream: true });
    for (const [, sentAt = ""] of text.matchAll(/T(\d+\.\d{3})T/g)) {
      if (!heardAt.has(sentAt)) heardAt.set(sentAt, now());
    }
    rest = text.slice(-32);
  }
  return heardAt;
}

async function measureDelay(fleet: Fleet, authorization: string) {
  const name = "delay";
  await make(fleet, name, authorization);
  const heard = Promise.all(Array.from({ length: 5 }, () => listen(fleet.apis[1], name, authorization)));
  const storedAt = await write(fleet, name, authorization);
  const pairs = (await heard).flatMap((heardAt) =>
    [...storedAt].map(([sentAt, stored]) => ({
      sentAt: Number(sentAt),
      stored,
      heard: heardAt.get(sentAt) ?? Infinity,
    })),
  );
  return {
    sinceSent: pairs.map((pair) => pair.heard - pair.sentAt),
    sinceStored: pairs.map((pair) => Math.max(0, pair.heard - pair.stored)),
    storing: [...storedAt].map(([sentAt, stored]) => stored - Number(sentAt)),
  };
}

async function storeReads(fleet: Fleet): Promise<number> {
  const each = fleet.apis.map(async ({ url }) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^rondo_chunk_store_reads (\d+)$/m.exec(text)?.[1]);
  });
  return (await Promise.all(each)).reduce((sum, reads) => sum + reads, 0);
}

/**
 * Appends chunks while `counts[0]` listeners are connected to the first API and `counts[1]` to the second. Returns two
 * numbers for both APIs together: `reads` is how often they read the chunk store, and `cpuMs` is their CPU time per
 * listener. `cpuMs` is correct only if the sum of `counts` is the constant `listeners`.
 */
async function measureListeners(
  fleet: Fleet,
  name: string,
  authorization: string,
  counts: readonly number[],
) {
  await make(fleet, name, authorization);
  const crowds = fleet.apis.flatMap((api, index) =>
    counts[index] === 0
      ? []
      : [
          gatherCrowd(
            `${api.url}/v1/stream/${name}?offset=-1&live=sse`,
            { authorization },
            counts[index] ?? 0,
          ),
        ],
  );
  await Promise.all(crowds.map(({ listening }) => listening));
  const before = fleet.apis.map(({ pid }) => cpuMsOf(pid));
  const readsBefore = await storeReads(fleet);
  await write(fleet, name, authorization);
  await Promise.all(crowds.map(({ ended }) => ended));
  const spent = fleet.apis.map(({ pid }, index) => cpuMsOf(pid) - (before[index] ?? 0));
  return {
    cpuMs: spent.reduce((sum, ms) => sum + ms, 0) / listeners,
    reads: (await storeReads(fleet)) - readsBefore,
  };
}

/**
 * Creates businesses through the first API, and sends one request for each business to the second API, which has to
 * open the database of the business first. Returns the milliseconds until each response, without the first two.
 */
async function measureCold(fleet: Fleet): Promise<readonly number[]> {
  const took: number[] = [];
  for (let i = 0; i < coldBusinesses; i++) {
    const { headers } = await createFleetClient(fleet, `cold-${i}`);
    const askedAt = performance.now();
    const res = await fetch(`${fleet.apis[1].url}/v1/queries/tracks.list`, { headers });
    await res.arrayBuffer();
    if (!res.ok) throw new Error(`the first answer was ${res.status}`);
    took.push(performance.now() - askedAt);
  }
  // The first runs warm up the process.
  return took.slice(2);
}

if (import.meta.main) {
  await using fleet = await startFleet({ RONDO_LOG: "info", RONDO_STREAMS_PER_USER: "1000" });
  await operate(fleet, "/v1/businesses", { slug: "bench" });
  const { key } = await operate<{ key: string }>(fleet, "/v1/businesses/bench/keys", {});
  const authorization = `Bearer ${key}`;

  await measureListeners(fleet, "warm", authorization, [20, 20]);
  const delay = await measureDelay(fleet, authorization);
  const one: Awaited<ReturnType<typeof measureListeners>>[] = [];
  const two: typeof one = [];
  for (const round of [1, 2]) {
    one.push(await measureListeners(fleet, `one-${round}`, authorization, [listeners, 0]));
    two.push(await measureListeners(fleet, `two-${round}`, authorization, [listeners / 2, listeners / 2]));
  }
  const cold = await measureCold(fleet);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [cpuOne, cpuTwo] = [mean(one.map(({ cpuMs }) => cpuMs)), mean(two.map(({ cpuMs }) => cpuMs))];
  const reads = (runs: typeof one) => runs.map((run) => run.reads).join(", ");
  const rows = [
    ["stored → received from the other API, p50 / p99", both(delay.sinceStored), "20 / 60 ms"],
    ["sent to one API → received from the other, p50 / p99", both(delay.sinceSent), ""],
    ["time of an append until its answer, p50 / p99", both(delay.storing), ""],
    [`CPU time of both APIs per listener, ${listeners} listeners at one API`, `${cpuOne.toFixed(2)} ms`, ""],
    [
      `CPU time of both APIs per listener, ${listeners} listeners split over both APIs`,
      `${cpuTwo.toFixed(2)} ms (${((cpuTwo / cpuOne - 1) * 100).toFixed(0)} %)`,
      "+10 % at most",
    ],
    [
      `reads of the store for ${appends} chunks, listeners at one API / at both`,
      `${reads(one)} / ${reads(two)}`,
      "no more reads with listeners at both",
    ],
    ["first answer of a cold business, p50 / p99", both(cold), "60 ms"],
  ];
  console.log("| What | Measured | Goal |\n|---|---|---|");
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}
