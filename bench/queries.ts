// Compares named queries with hand-written servers: each request reads 20 of 100,000 rows by an indexed key, newest
// first. Run: (cd bench && bun install) && bun bench/queries.ts [seconds] [rounds]. Requires wrk, node, and Postgres
// at RONDO_TEST_POSTGRES_URL.
import type { BusinessTables } from "../src/businesses/tables/schema.ts";
import { openPostgres } from "../src/ports/database/postgres/database.ts";
import { openSqlite } from "../src/ports/database/sqlite/database.ts";
import { createTestPostgres } from "../src/testing/servers/postgres/postgres-database.ts";
import { createTemporaryDirectory } from "../src/testing/temporary-directory.ts";
import { askingUser, fillTracks, tracksTotal } from "./queries/data.ts";

const seconds = Number(Bun.argv[2] ?? 4);
const rounds = Number(Bun.argv[3] ?? 2);
const connections = 32;
const migrations = `${import.meta.dir}/../migrations/business`;

await using directory = await createTemporaryDirectory();
await using database = await createTestPostgres();
const file = `${directory.path}/business.db`;
for (const db of [
  await openSqlite<BusinessTables>({ file, migrations }),
  await openPostgres<BusinessTables>({ url: database.url, migrations, max: 2 }),
]) {
  await db.migrate();
  await fillTracks(db);
  if (db.dialect === "postgres") await db.run("analyze", []);
  await db.close();
}

const bun = (variant: string, target: string) => [
  process.execPath,
  `${import.meta.dir}/queries/server.ts`,
  variant,
  target,
];
const servers: Readonly<Record<string, readonly string[]>> = {
  "bare Bun.serve, SQLite": bun("bare-sqlite", file),
  "Rondo, SQLite": bun("rondo-sqlite", file),
  "Rondo, SQLite, data always changing": bun("rondo-sqlite-changing", file),
  "bare Bun.serve, Postgres": bun("bare-postgres", database.url),
  "bare Bun.serve, Postgres, 2 connections": bun("bare-postgres-2", database.url),
  "Rondo, Postgres": bun("rondo-postgres", database.url),
  "Hono + Kysely per request, Postgres": [
    process.execPath,
    `${import.meta.dir}/queries/kysely.mjs`,
    database.url,
    askingUser,
  ],
  "Express 5 + pg on Node, Postgres": [
    "node",
    `${import.meta.dir}/queries/express.cjs`,
    database.url,
    askingUser,
  ],
};

interface Server {
  readonly port: number;
  readonly path: string;
  readonly authorization?: string;
}

interface Measured {
  readonly perSecond: number;
  /**
   * The processor time of the server per request, in microseconds. The processes of Postgres are not counted. Other
   * work on the machine affects this figure less than `perSecond`.
   */
  readonly cpuMicros: number;
  readonly rows: number;
}

/** Returns the user and system time of a process so far, in clock ticks of 10 ms (Linux). */
async function cpuTicks(pid: number): Promise<number> {
  const stat = await Bun.file(`/proc/${pid}/stat`).text();
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

async function measure(command: readonly string[]): Promise<Measured> {
  // The log is discarded here; in production it goes to a file or a collector.
  const child = Bun.spawn([...command], { stdout: "ignore", stderr: "pipe" });
  try {
    const { value } = await child.stderr.getReader().read();
    const { port, path, authorization } = JSON.parse(new TextDecoder().decode(value)) as Server;
    const url = `http://127.0.0.1:${port}${path}`;
    const headers = authorization === undefined ? [] : ["-H", `Authorization: ${authorization}`];
    const response = await fetch(url, { headers: authorization === undefined ? {} : { authorization } });
    const { items } = (await response.json()) as { items: unknown[] };
    await wrk(2, headers, url);
    const before = await cpuTicks(child.pid);
    const perSecond = await wrk(seconds, headers, url);
    const cpuMicros = (((await cpuTicks(child.pid)) - before) * 10_000) / (perSecond * seconds);
    return { perSecond, cpuMicros, rows: items.length };
  } finally {
    child.kill();
    await child.exited;
  }
}

async function wrk(duration: number, headers: readonly string[], url: string): Promise<number> {
  const child = Bun.spawn(["wrk", "-t1", `-c${connections}`, `-d${duration}s`, ...headers, url], {
    stdout: "pipe",
  });
  const text = await new Response(child.stdout).text();
  if (/Non-2xx/.test(text)) throw new Error(text);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
}

const results = new Map<string, Measured[]>(Object.keys(servers).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, command] of Object.entries(servers)) {
    const measured = await measure(command);
    if (measured.rows !== 20) throw new Error(`${name} gave ${measured.rows} rows.`);
    results.get(name)!.push(measured);
    const { perSecond, cpuMicros } = measured;
    console.log(
      `round ${round + 1}  ${name.padEnd(38)} ${Math.round(perSecond)} requests/s, ${cpuMicros.toFixed(0)} µs of processor time per request`,
    );
  }
}

const best = (name: string) => Math.max(...results.get(name)!.map(({ perSecond }) => perSecond));
const least = (name: string) => Math.min(...results.get(name)!.map(({ cpuMicros }) => cpuMicros));
const ratio = (one: string, other: string, goal: number) => {
  const value = best(one) / best(other);
  const byCpu = least(other) / least(one);
  console.log(
    `${one} / ${other}: ${value.toFixed(2)} (goal: at least ${goal})${value < goal ? "  MISSED" : ""}; by processor time ${byCpu.toFixed(2)}`,
  );
};
console.log(`\n${tracksTotal} rows, ${connections} connections, ${seconds} s per round, best of ${rounds}`);
ratio("Rondo, SQLite", "bare Bun.serve, SQLite", 2.0);
ratio("Rondo, SQLite, data always changing", "bare Bun.serve, SQLite", 0.85);
ratio("Rondo, Postgres", "bare Bun.serve, Postgres", 1.0);
ratio("Rondo, Postgres", "bare Bun.serve, Postgres, 2 connections", 1.0);
ratio("Rondo, Postgres", "Express 5 + pg on Node, Postgres", 4);
ratio("Rondo, Postgres", "Hono + Kysely per request, Postgres", 1.8);
