// Compares Rondo with pgloader: both copy the same rows (by default a million) from SQLite to the same Postgres server.
// pgloader can't create the indexes for searching, so psql creates these indexes afterwards.
// Run: bun bench/promotion.ts [rows] [rounds] (by default 2 rounds)
// Requires pgloader and psql. BENCH_POSTGRES_URL is the URL of a Postgres administrator (by default, the role root on
// this machine).
import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import { createBusiness } from "../src/businesses/lifecycle/create-business.ts";
import { addFunctions } from "../src/ports/database/sqlite/functions.ts";
import { createMoveDeps } from "../src/deps/move-deps.ts";
import { moveBusiness, type MoveDeps } from "../src/moves/business/move-business.ts";
import { createSearchIndex } from "../src/ports/database/search-index.ts";
import { createTestStores } from "../src/testing/test-stores.ts";

const rowsWanted = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 2);
const adminUrl = process.env.BENCH_POSTGRES_URL ?? "postgres://root@127.0.0.1:5432/postgres";

/**
 * Fills the file with about `rowsWanted` rows and, in addition, 1,000 users. A twentieth of `rowsWanted` are projects;
 * the others are tracks and versions. Returns the number of all rows, including the users.
 */
function fill(file: string): number {
  const db = new Sqlite(file);
  addFunctions(db);
  db.run("pragma synchronous = off");
  const at = (second: number) => new Date(1_790_000_000_000 + second * 1_037).toISOString();
  const projects = Math.round(rowsWanted / 20);
  const tracks = Math.round((rowsWanted - projects) / 2);
  db.transaction(() => {
    const user = db.prepare(`insert into "users" values (?, 'guest', ?)`);
    for (let one = 0; one < 1_000; one += 1) user.run(`user-${one}`, at(one));
    const project = db.prepare(
      `insert into "projects" ("id", "userId", "name", "createdAt", "updatedAt") values (?, ?, ?, ?, ?)`,
    );
    for (let one = 0; one < projects; one += 1)
      project.run(`project-${one}`, `user-${one % 1_000}`, `Álbum nº ${one}`, at(one), at(one));
    const track = db.prepare(
      `insert into "tracks" ("id", "userId", "projectId", "title", "createdAt", "updatedAt") values (?, ?, ?, ?, ?, ?)`,
    );
    const version = db.prepare(
      `insert into "versions" ("id", "userId", "trackId", "number", "prompt", "seed", "spec", "durationMs", "audioBytes", "createdAt", "updatedAt")
       values (?, ?, ?, 1, ?, ?, ?, 30000, 480000, ?, ?)`,
    );
    for (let one = 0; one < tracks; one += 1) {
      const user = `user-${one % 1_000}`;
      track.run(
        `track-${one}`,
        user,
        `project-${one % projects}`,
        `A quiet piano, take ${one}`,
        at(one),
        at(one),
      );
      const spec = `{"title": "A quiet piano", "tempo": ${60 + (one % 90)}, "key": "C♯ minor"}`;
      version.run(
        `version-${one}`,
        user,
        `track-${one}`,
        "a quiet piano in the rain",
        one,
        spec,
        at(one),
        at(one),
      );
    }
  })();
  db.run("pragma wal_checkpoint(truncate)");
  db.close();
  return projects + 2 * tracks + 1_000;
}

/**
 * Copies the file without the search index. pgloader would copy the index as ordinary tables. Besides, the SQLite
 * version in pgloader can be too old to read the index.
 */
function copyWithoutSearch(file: string, copy: string): void {
  const db = new Sqlite(file);
  db.run(`vacuum into '${copy}'`);
  db.close();
  const stripped = new Sqlite(copy);
  const found = stripped
    .query<{ type: string; name: string }, []>(
      "select type, name from sqlite_schema where name like 'rondo_search_%' and type in ('trigger', 'table') order by type desc, length(name)",
    )
    .all();
  for (const { type, name } of found) stripped.run(`drop ${type} if exists "${name}"`);
  stripped.run("vacuum");
  stripped.close();
}

async function runProgram(...command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`${command[0]} failed: ${out}${err}`);
  return out;
}

interface LoaderTimes {
  readonly copyMs: number;
  /**
   * The time for the copy and for the indexes for searching. Rondo's copy has these indexes, too. The indexes of the
   * two tables are created at the same time.
   */
  readonly withSearchMs: number;
}

async function runLoader(file: string): Promise<LoaderTimes> {
  const name = "rondo_bench_pgloader";
  await runProgram(
    "psql",
    adminUrl,
    "-qc",
    `drop database if exists ${name}`,
    "-c",
    `create database ${name}`,
  );
  const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  const startedAt = performance.now();
  const report = await runProgram("pgloader", `sqlite://${file}`, url);
  const copyMs = performance.now() - startedAt;
  if (/\b[1-9]\d* errors?\b/.test(report)) console.log(report);
  // pgloader writes the names of columns in lower case.
  const indexes = [
    createSearchIndex("postgres", { table: "tracks", owner: "userid", columns: ["title"] }),
    createSearchIndex("postgres", { table: "versions", owner: "userid", columns: ["prompt"] }),
  ];
  for (const statement of indexes[0]!.slice(0, -1)) await runProgram("psql", url, "-qc", statement);
  await Promise.all(indexes.map((statements) => runProgram("psql", url, "-qc", statements.at(-1)!)));
  const withSearchMs = performance.now() - startedAt;
  await runProgram("psql", adminUrl, "-qc", `drop database if exists ${name}`);
  return { copyMs, withSearchMs };
}

await using stores = await createTestStores();
const { deps, config } = stores;
const slug = "large";
await createBusiness(deps, "bench", { slug });
const { id } = (await deps.registry.findBySlug(slug))!;
const file = join(config.dataDir, "businesses", `${id}.db`);
const rows = fill(file);
console.log(`${rows} rows, ${Math.round(Bun.file(file).size / 2 ** 20)} MiB`);
const speed = (ms: number) => `${(ms / 1_000).toFixed(1)} s, ${Math.round((rows / ms) * 1_000)} rows/s`;
const ratios: number[] = [];
const bareRatios: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const copy = join(config.dataDir, `copy-${round}.db`);
  copyWithoutSearch(file, copy);
  const loader = await runLoader(copy);
  console.log(`pgloader: ${speed(loader.copyMs)}; with the search's indexes: ${speed(loader.withSearchMs)}`);
  const moveSlug = `large-${round}`;
  const { id: movedId } = await createBusiness(deps, "bench", { slug: moveSlug });
  const target = join(config.dataDir, "businesses", `${movedId}.db`);
  await runProgram("cp", file, target);
  const moving = createMoveDeps(config, deps, [{ scheme: "postgres", location: adminUrl }]);
  const startedAt = performance.now();
  const steps: string[] = [];
  const onEvent: MoveDeps["onEvent"] = (event) => {
    if (event.event === "step")
      steps.push(`${event.step} at ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  };
  const { pauseMs } = await moveBusiness({ ...moving, onEvent }, "bench", {
    slug: moveSlug,
    engine: "postgres",
  });
  const moveMs = performance.now() - startedAt;
  console.log(
    `rondo, with the comparison and the switch: ${speed(moveMs)}, pause of ${Math.round(pauseMs)} ms`,
  );
  console.log(`  ${steps.join(", ")}`);
  ratios.push(loader.withSearchMs / moveMs);
  bareRatios.push(loader.copyMs / moveMs);
  await moving.provisionerOf("postgres").dropEvery({ engine: "postgres", businessId: movedId });
  await moving.close();
}
const listed = (of: readonly number[]) => of.map((ratio) => ratio.toFixed(2)).join(", ");
console.log(
  `time of pgloader, including the indexes for searching, divided by the time of Rondo, in each round: ${listed(ratios)}; without these indexes: ${listed(bareRatios)}`,
);
