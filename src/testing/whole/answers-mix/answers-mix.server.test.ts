// Tests each database engine while the processes of the engine are paused, ended or killed. No request gets the
// response of another request, every status is 200, 503 or 504, and no confirmed write is lost. Each test runs for
// RONDO_MIX_SECONDS, by default 4 s. If this time is longer than 30 s, the test also kills a process of the Postgres
// server. Postgres then ends all its other processes, and recovers by itself.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "bun:test";
import postgres from "postgres";
import { type Backends, backendsOf } from "../../servers/postgres/postgres-backends.ts";
import { startNeonStandIn } from "../../servers/neon/neon-stand-in.ts";
import { postgresPrograms, startPostgresServer } from "../../servers/postgres/postgres-server.ts";
import { openMixHouse } from "./mix-house.ts";
import { type MixFault, type MixOptions, runMix } from "./run-mix.ts";

const seconds = Number(Bun.env.RONDO_MIX_SECONDS ?? 4);
const isLong = seconds > 30;
const timeoutMs = seconds * 1_000 + 90_000;
const between = (least: number, most: number): number => least + Math.random() * (most - least);
/** Returns how long to pause processes, in milliseconds. */
const stallMs = (): number => (isLong ? between(500, 4_000) : between(300, 2_600));

async function expectRight(name: string, options: Omit<MixOptions, "seconds">): Promise<void> {
  const { wrong, lost, ...counts } = await runMix({ ...options, seconds });
  console.log(
    `${name}, ${seconds} s: ${JSON.stringify({ ...counts, wrong: wrong.length, lost: lost.length })}`,
  );
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(lost.slice(0, 5)).toEqual([]);
  expect(counts.answers[200]).toBeGreaterThan(10);
  expect(counts.confirmed).toBeGreaterThan(0);
}

const faultsOf = (backends: Backends): readonly MixFault[] => [
  {
    name: "stalls",
    async happen() {
      await backends.stop();
      await Bun.sleep(stallMs());
      backends.resume();
    },
  },
  { name: "ended", happen: () => backends.terminate() },
  ...(isLong ? [{ name: "crashes", happen: () => backends.crashOne() }] : []),
];

const programs = postgresPrograms();

test.skipIf(programs === undefined)(
  "each response on Postgres is right while the server's processes are paused and ended (skipped where no server is installed)",
  async () => {
    await using server = await startPostgresServer(programs);
    await using house = await openMixHouse({ RONDO_BUSINESS_URL: server.adminUrl });
    const boss = postgres(server.superuserUrl, { max: 1 });
    const [row] = await boss<{ name: string }[]>`
      select datname as name from pg_database where datname like 'rondo\_%' and datname not like '%golden%'`;
    await boss.end({ timeout: 1 });
    await using backends = backendsOf(server.superuserUrl, row!.name);
    await expectRight("Postgres", { house, faults: faultsOf(backends) });
    expect(await backends.idleInTransaction()).toBe(0);
  },
  timeoutMs,
);

test.skipIf(programs === undefined)(
  "each response on Neon's stand-in is right while processes are paused and ended (skipped where no server is installed)",
  async () => {
    await using neon = await startNeonStandIn();
    await using house = await openMixHouse({
      RONDO_BUSINESS_URL: `neon:${neon.projectId}`,
      RONDO_NEON_API_KEY: neon.apiKey,
      RONDO_NEON_API_URL: neon.apiUrl,
    });
    const branch =
      neon.branchNames().find((name) => name.includes(house.businessId)) ?? neon.branchNames().at(-1)!;
    await using backends = backendsOf(neon.superuserUrl(branch, "postgres"), "neondb");
    await expectRight("Neon's stand-in", { house, faults: faultsOf(backends).slice(0, 2) });
  },
  timeoutMs,
);

test(
  "each response on SQLite is right while the reader processes are paused and killed",
  async () => {
    await using house = await openMixHouse({});
    const faults: MixFault[] = [
      {
        name: "stalls",
        async happen() {
          const readers = readerProcesses();
          for (const pid of readers) signal(pid, "SIGSTOP");
          await Bun.sleep(stallMs());
          for (const pid of readers) signal(pid, "SIGCONT");
        },
      },
      {
        name: "kills",
        async happen() {
          for (const pid of readerProcesses().slice(0, 1)) signal(pid, "SIGKILL");
        },
      },
    ];
    await expectRight("SQLite", { house, faults });
  },
  timeoutMs,
);

/**
 * Returns the process ids of the SQLite readers that this process started. On systems other than
 * Linux, returns an empty list, so the test causes no faults there.
 */
function readerProcesses(): readonly number[] {
  const pids = process.platform === "linux" ? readdirSync("/proc").map(Number).filter(Number.isInteger) : [];
  return pids.filter((pid) => {
    try {
      const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return (
        Number(parent) === process.pid &&
        readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("sqlite/reader.ts")
      );
    } catch {
      return false;
    }
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process has already ended.
  }
}
