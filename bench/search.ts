// Measures how long a search for words in titles takes on SQLite and on Postgres. Some searches are
// for a user who owns half of the titles, and some for a user who owns one title in 5,000.
// Run: bun bench/search.ts [rows]. `rows` is the number of titles, by default a million. Requires Postgres
// at RONDO_TEST_POSTGRES_URL.
import type { BusinessTables } from "../src/businesses/tables/schema.ts";
import { businessSchema } from "../src/businesses/tables/schema.ts";
import type { Database } from "../src/ports/database/database.ts";
import { openPostgres } from "../src/ports/database/postgres/database.ts";
import { openSqlite } from "../src/ports/database/sqlite/database.ts";
import { createQuerySet } from "../src/queries/run/query-set.ts";
import { runQuery } from "../src/queries/run/run-query.ts";
import { proveSpecs } from "../src/queries/spec/load-specs.ts";
import { createTestPostgres } from "../src/testing/servers/postgres/postgres-database.ts";
import { createTemporaryDirectory } from "../src/testing/temporary-directory.ts";

const rowsTotal = Number(Bun.argv[2] ?? 1_000_000);
const calls = 25;
const batch = 10_000;
const migrations = `${import.meta.dir}/../migrations/business`;

const spec = {
  name: "tracks.find",
  summary: "Finds tracks.",
  method: "GET",
  scope: "user",
  parameters: { text: { type: "string", maxLength: 100 } },
  tables: ["tracks"],
  query: {
    select: {
      from: "tracks",
      as: "t",
      columns: { id: "t.id", title: "t.title" },
      where: [{ search: { param: "text" } }, { column: "t.deletedAt", isNull: true }],
      orderBy: [{ by: "t.createdAt", direction: "desc" }],
    },
  },
  returns: "page",
};
const { queries, faults } = proveSpecs(
  [{ file: "tracks.find.json", text: JSON.stringify(spec) }],
  businessSchema,
);
if (faults.length > 0) throw new Error(JSON.stringify(faults));
const set = createQuerySet(queries);

const syllables = ["ra", "mo", "ti", "lé", "ku", "sen", "do", "wal", "ny", "bra", "ö", "fin"];
/** Returns the n-th of 20,000 words. After the last word, the words begin again. */
const word = (n: number): string => {
  let text = "";
  for (let rest = (n % 20_000) + 12; rest > 0; rest = Math.floor(rest / 12)) text += syllables[rest % 12];
  return text;
};
const titleOf = (at: number): string =>
  [at * 7, at * 13 + 5, at % 400, Math.floor(at / 3)].map(word).join(" ") +
  (at % 50_000 === 0 ? " rarität" : "");
const userOf = (at: number): string => (at % 2 === 0 ? "whale" : `user-${at % 5_000}`);

async function fill(database: Database<BusinessTables>): Promise<void> {
  const users = [...new Set(Array.from({ length: 10_000 }, (_, at) => userOf(at)))];
  const rows = (from: number) =>
    JSON.stringify(
      Array.from({ length: Math.min(batch, rowsTotal - from) }, (_, index) => {
        const at = from + index;
        return [`track-${at}`, userOf(at), titleOf(at), new Date(1.7e12 + at * 60_000).toISOString()];
      }),
    );
  const each =
    database.dialect === "sqlite" ? "json_each(?)" : "json_array_elements($1::json) as each(value)";
  const field = (at: number) => (database.dialect === "sqlite" ? `value ->> ${at}` : `value ->> ${at}`);
  const instant = database.dialect === "sqlite" ? field(3) : `(${field(3)})::timestamptz`;
  await database.transaction(async (trx) => {
    for (const id of users)
      await trx
        .insertInto("users")
        .values({ id, kind: "member", createdAt: "2026-01-01T00:00:00.000Z" })
        .execute();
    for (const id of users)
      await trx
        .insertInto("projects")
        .values({
          id: `p-${id}`,
          userId: id,
          name: id,
          createdAt: "2026-01-01T00:00:00.000Z",
          updatedAt: "2026-01-01T00:00:00.000Z",
        })
        .execute();
  });
  for (let from = 0; from < rowsTotal; from += batch)
    await database.run(
      `insert into "tracks" ("id", "userId", "projectId", "title", "createdAt", "updatedAt")
       select ${field(0)}, ${field(1)}, 'p-' || (${field(1)}), ${field(2)}, ${instant}, ${instant} from ${each}`,
      [rows(from)],
    );
}

const caller = (userId: string) => ({ kind: "user", businessId: "one", userId }) as const;
const searches = [
  ["whale", "raritat"],
  ["whale", word(4_321)],
  ["whale", `${word(17)} ${word(2_345).slice(0, 4)}`],
  ["whale", word(77)],
  ["whale", "ra"],
  ["whale", "ra mo"],
  ["whale", "raritat ra"],
  ["user-77", "ra"],
  ["user-77", "nothing here"],
] as const;

await using directory = await createTemporaryDirectory();
await using server = await createTestPostgres();
for (const database of [
  await openSqlite<BusinessTables>({ file: `${directory.path}/business.db`, migrations }),
  await openPostgres<BusinessTables>({ url: server.url, migrations, max: 2 }),
]) {
  await database.migrate();
  const begun = performance.now();
  await fill(database);
  if (database.dialect === "postgres") await database.run("vacuum analyze", []);
  console.log(
    `${database.dialect}: ${rowsTotal} rows in ${Math.round((performance.now() - begun) / 1000)} s`,
  );
  for (const [userId, text] of searches) {
    const times: number[] = [];
    let items = 0;
    for (let call = 0; call < calls; call += 1) {
      const start = performance.now();
      const { body } = await runQuery({ set, database, cursorKey: new Uint8Array(32) }, caller(userId), {
        name: "tracks.find",
        method: "GET",
        parameters: { text, limit: "20" },
      });
      times.push(performance.now() - start);
      items = (JSON.parse(body) as { items: unknown[] }).items.length;
    }
    times.sort((one, other) => one - other);
    const shown = [times[0]!, times[Math.floor(calls / 2)]!, times.at(-1)!].map((ms) => ms.toFixed(1));
    console.log(
      `${database.dialect} ${userId} "${text}": ${items} rows, least/median/most ${shown.join(" / ")} ms`,
    );
  }
  await database.close();
}
