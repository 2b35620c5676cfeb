// Tests that users can't reach each other's data. The other user can belong to the same business or to a different
// one. A query that is called with an id of another user returns and changes nothing of that user.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import type { Database } from "../../ports/database/database.ts";
import { hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { ada, bob, cyd, fillBusiness, idOf } from "../draft/sample-business.ts";
import { ask, businessMigrations, type Engine, type Engines, openEngines } from "../fixtures/engines.ts";
import { sampleParameters, textPlaces } from "../fixtures/sample-parameters.ts";
import {
  ann,
  ben,
  bookId,
  fillShelves,
  type ShelfTables,
  shelfId,
  shelfMigrations,
  shelfSchema,
  shelfSpecs,
} from "../fixtures/shelf-data.ts";
import { upsertSpecs } from "../fixtures/upsert-specs.ts";
import { loadSpecs, proveSpecs } from "../spec/load-specs.ts";
import { createQuerySet, type QuerySet } from "./query-set.ts";

setDefaultTimeout(60_000);

const withPostgres = await hasPostgres();
const tracksPerUser = 12;
const kinds = ["project", "track", "version", "generation"] as const;

/** Returns the user's own id, and every id that a row of this user could have in the sample business. */
const idsOf = (user: string) => [
  user,
  ...kinds.flatMap((kind) => Array.from({ length: tracksPerUser * 3 }, (_, at) => idOf(user, kind, at))),
];

/** Returns one user's rows in all `tables` as one JSON text. `tables` maps each table to its column with the owner. */
async function rowsOf<Tables>(
  database: Database<Tables>,
  tables: Readonly<Record<string, string>>,
  user: string,
) {
  const bind = database.dialect === "sqlite" ? "?" : "$1";
  const parts = await Promise.all(
    Object.entries(tables).map(([table, owner]) =>
      database.run(`select * from "${table}" where "${owner}" = ${bind} order by "id"`, [user]),
    ),
  );
  return JSON.stringify(parts.map(({ rows }) => rows));
}

interface Case<Tables> {
  readonly title: string;
  readonly engines: () => Engines<Tables>;
  readonly set: () => QuerySet;
  readonly tables: Readonly<Record<string, string>>;
  readonly caller: string;
  readonly other: string;
  readonly foreignIds: readonly string[];
  readonly known: Readonly<Record<string, unknown>>;
}

let asked = 0;

function isolated<Tables>({
  title,
  engines,
  set,
  tables,
  caller,
  other,
  foreignIds,
  known,
}: Case<Tables>): void {
  test(
    title,
    async () => {
      for (const engine of engines().all) {
        const before = await rowsOf(engine.database, tables, other);
        for (const query of set().queries.values()) {
          if (query.scope !== "user") continue;
          const places = textPlaces(query.parameters).filter(({ format }) => format === "id");
          for (const which of ["all", "demanded"] as const) {
            const base = sampleParameters(query.parameters, { which, known });
            for (const place of places) {
              if (!Object.hasOwn(base, place.parameter)) continue;
              for (const foreign of foreignIds) {
                // Only ids of shelves are tested with shelves.save. With any other id, shelves.save creates a shelf of
                // the caller, which is correct.
                if (query.name === "shelves.save" && !foreign.includes("-shelf-")) continue;
                await askWith(engine, query.name, place.put(base, foreign), foreign);
              }
            }
            if (places.length === 0) await askWith(engine, query.name, base, other);
          }
        }
        expect(await rowsOf(engine.database, tables, other)).toBe(before);
      }
      console.log(`${asked} calls with ids of others so far`);
    },
    120_000,
  );

  async function askWith(
    engine: Engine<Tables>,
    name: string,
    parameters: Record<string, unknown>,
    foreign: string,
  ) {
    const body = await ask(set(), engine, {
      name,
      caller: { kind: "user", businessId: "one", userId: caller },
      parameters,
    });
    asked += 1;
    const answered = body.startsWith("{");
    if (!answered) {
      expect(["NOT_FOUND", "CONFLICT"]).toContain(body);
      return;
    }
    expect(body).not.toContain(foreign);
    expect(body).not.toContain(other);
  }
}

const tablesOf = (schema: typeof businessSchema | typeof shelfSchema) =>
  Object.fromEntries(
    Object.entries(schema).flatMap(([table, { access }]) =>
      access === "internal" ? [] : [[table, access.owner]],
    ),
  ) as Record<string, string>;

describe("isolation from other users", () => {
  let set: QuerySet;
  let engines: Engines<BusinessTables>;
  let shelves: QuerySet;
  let shelfEngines: Engines<ShelfTables>;

  beforeAll(async () => {
    set = await loadSpecs({ dir: "query-specs", schema: businessSchema });
    engines = await openEngines<BusinessTables>({
      migrations: businessMigrations,
      withPostgres,
      fill: (db) => fillBusiness(db, { tracksPerUser }),
    });
    shelves = createQuerySet(proveSpecs([...shelfSpecs, ...upsertSpecs], shelfSchema).queries);
    shelfEngines = await openEngines<ShelfTables>({
      migrations: shelfMigrations,
      withPostgres,
      fill: fillShelves,
    });
  });
  afterAll(async () => {
    await engines[Symbol.asyncDispose]();
    await shelfEngines[Symbol.asyncDispose]();
  });

  const own = {
    projectId: idOf(ada, "project", 0),
    trackId: idOf(ada, "track", 0),
    versionId: idOf(ada, "version", 0),
  };
  isolated({
    title:
      "Rondo's own queries, called with another user's ids, neither return nor change that user's content",
    engines: () => engines,
    set: () => set,
    tables: tablesOf(businessSchema),
    caller: ada,
    other: bob,
    foreignIds: idsOf(bob),
    known: own,
  });
  isolated({
    title:
      "Rondo's own queries, called with ids of another business's user, neither return nor change that user's content",
    engines: () => engines,
    set: () => set,
    tables: tablesOf(businessSchema),
    caller: ada,
    other: cyd,
    foreignIds: idsOf(cyd),
    known: own,
  });
  isolated({
    title: "queries for every part of the spec language neither return nor change anything of another user",
    engines: () => shelfEngines,
    set: () => shelves,
    tables: tablesOf(shelfSchema),
    caller: ann,
    other: ben,
    foreignIds: [
      ben,
      ...Array.from({ length: 41 }, (_, at) => bookId(ben, at)),
      ...Array.from({ length: 7 }, (_, at) => shelfId(ben, at)),
    ],
    known: { shelfId: shelfId(ann, 0), bookId: bookId(ann, 0), bookIds: [bookId(ann, 0)], id: "some-shelf" },
  });

  test("after calls with ids of other users, no row refers to another user's row", async () => {
    const links = [
      ["tracks", "projectId", "projects"],
      ["versions", "trackId", "tracks"],
      ["generations", "trackId", "tracks"],
    ] as const;
    for (const { database } of engines.all) {
      for (const [table, column, target] of links) {
        const sql = `select count(*) as "n" from "${table}" a join "${target}" b on b."id" = a."${column}" where a."userId" <> b."userId"`;
        expect((await database.run(sql, [])).rows).toEqual([{ n: 0 }]);
      }
    }
    for (const { database } of shelfEngines.all) {
      const sql = `select count(*) as "n" from "books" a join "shelves" b on b."id" = a."shelfId" where a."readerId" <> b."readerId"`;
      expect((await database.run(sql, [])).rows).toEqual([{ n: 0 }]);
    }
  });
});

test("a spec can't take the owner of a row from a parameter", () => {
  const spec = (query: unknown, parameters: unknown = { userId: { type: "string" } }) => ({
    file: "tracks.steal.json",
    text: JSON.stringify({
      name: "tracks.steal",
      summary: "Steals.",
      method: "POST",
      scope: "user",
      parameters,
      tables: ["tracks"],
      query,
      returns: "many",
    }),
  });
  const values = {
    id: { newId: true },
    title: { value: "x" },
    projectId: { value: "x" },
    createdAt: { now: true },
    updatedAt: { now: true },
  };
  const insert = spec({
    insert: { into: "tracks", values: { ...values, userId: { param: "userId" } }, returning: { id: "id" } },
  });
  const update = spec({
    update: { table: "tracks", set: { userId: { param: "userId" } }, where: [], returning: { id: "id" } },
  });
  for (const [file, at] of [
    [insert, "/query/insert/values/userId"],
    [update, "/query/update/set/userId"],
  ] as const) {
    const { faults, queries } = proveSpecs([file], businessSchema);
    expect(queries).toEqual([]);
    expect(faults.map((fault) => fault.at)).toContain(at);
  }
  const unscoped = JSON.parse(insert.text) as Record<string, unknown>;
  delete unscoped.scope;
  const { faults } = proveSpecs([{ file: insert.file, text: JSON.stringify(unscoped) }], businessSchema);
  expect(faults).toContainEqual({ file: insert.file, at: "", message: '"scope" is missing.' });
});
