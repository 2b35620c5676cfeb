// Sends hostile strings (for example SQL, quotes and control characters) in every text parameter of every spec. The
// calls run on SQLite and, if a server is available, on Postgres. A call may be refused only with NOT_FOUND, with
// CONFLICT, or with an error that names the parameter. If the call succeeds, a name or title that it wrote is returned
// unchanged, and a search finds only rows that match the string.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import { AppError } from "../../errors.ts";
import { foldText } from "../../ports/database/fold-text.ts";
import { hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { ada, bob, fillBusiness, idOf } from "../draft/sample-business.ts";
import { businessMigrations, type Engine, type Engines, openEngines } from "../fixtures/engines.ts";
import { hostileTexts } from "../fixtures/hostile-texts.ts";
import { sampleParameters, type TextPlace, textPlaces } from "../fixtures/sample-parameters.ts";
import {
  ann,
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
import { createQuerySet, type QuerySet, type ReadyQuery } from "./query-set.ts";
import { runQuery } from "./run-query.ts";

setDefaultTimeout(60_000);

/** A full run uses 10,000 strings: RONDO_HOSTILE_TEXTS=10000 bun test src/queries/run/hostile.test.ts */
const count = Number(Bun.env.RONDO_HOSTILE_TEXTS ?? 150);
const texts = hostileTexts(count);
const withPostgres = await hasPostgres();
const tally = { places: 0, calls: 0, answered: 0, refused: 0 };

type Row = Readonly<Record<string, unknown>>;

/** Maps a parameter of a write to the column of the result that must contain its value. */
const echoes: Readonly<Record<string, string>> = { name: "name", title: "title" };
/**
 * Each function returns whether a row of a search result matches the string. No function checks whether a matching row
 * is missing from the result.
 */
const searches: Readonly<Record<string, (row: Row, text: string) => boolean>> = {
  "tracks.search text": (row, text) => foldText(String(row.title)).includes(foldText(text)),
  "projects.list search": (row, text) => foldText(String(row.name)).includes(foldText(text)),
  "books.search holds": (row, text) => foldText(String(row.title)).includes(foldText(text)),
  "books.search starts": (row, text) => foldText(String(row.title)).startsWith(foldText(text)),
  "books.search ends": (row, text) => foldText(String(row.title)).endsWith(foldText(text)),
};

async function outcomeOf<Tables>(
  set: QuerySet,
  engine: Engine<Tables>,
  userId: string,
  query: ReadyQuery,
  parameters: Row,
) {
  const { database, clock } = engine;
  const caller =
    query.scope === "user"
      ? ({ kind: "user", businessId: "one", userId } as const)
      : ({ kind: "business", businessId: "one", keyId: "key" } as const);
  const call = { name: query.name, method: query.method, parameters, source: "json" } as const;
  try {
    const { body } = await runQuery({ set, database, clock, cursorKey: new Uint8Array(32) }, caller, call);
    return { body };
  } catch (err) {
    return { err };
  }
}

/** Sorts reads before writes, because writes leave thousands of rows that each read would have to scan. */
const readsFirst = (set: QuerySet) =>
  [...set.queries.values()].sort((one, other) => one.method.localeCompare(other.method));

const itemsOf = (body: string): readonly Row[] => {
  const { item, items } = JSON.parse(body) as { item?: Row | null; items?: Row[] };
  return items ?? (item === null || item === undefined ? [] : [item]);
};

function checkOutcome(
  query: ReadyQuery,
  place: TextPlace,
  text: string,
  outcome: { body?: string; err?: unknown },
): void {
  tally.calls += 1;
  if (outcome.body === undefined) {
    const { err } = outcome;
    if (!(err instanceof AppError)) throw err;
    tally.refused += 1;
    if (err.code === "INVALID_PARAMETER") {
      expect(err.faults?.map(({ at }) => at.split("/")[0])).toEqual([place.parameter]);
    } else {
      expect(["NOT_FOUND", "CONFLICT"]).toContain(err.code);
    }
    return;
  }
  tally.answered += 1;
  const rows = itemsOf(outcome.body);
  const echo = query.method === "POST" && place.format === undefined ? echoes[place.parameter] : undefined;
  if (echo !== undefined && rows[0] !== undefined && rows[0][echo] !== text) expect(rows[0][echo]).toBe(text);
  const holds = searches[`${query.name} ${place.parameter}`];
  if (holds !== undefined) expect(rows.filter((row) => !holds(row, text))).toEqual([]);
}

interface Case<Tables> {
  readonly title: string;
  readonly userId: string;
  readonly known: Row;
  readonly tables: readonly string[];
  load(): Promise<QuerySet>;
  open(): Promise<Engines<Tables>>;
}

function hostile<Tables>({ title, userId, known, tables, load, open }: Case<Tables>): void {
  describe(title, () => {
    let set: QuerySet;
    let engines: Engines<Tables>;
    beforeAll(async () => {
      set = await load();
      engines = await open();
    });
    afterAll(async () => {
      await engines[Symbol.asyncDispose]();
      console.log(`hostile texts so far: ${JSON.stringify(tally)}`);
    });

    test("every call with a hostile string has an expected outcome, which is equal on all engines", async () => {
      for (const query of readsFirst(set)) {
        for (const place of textPlaces(query.parameters)) {
          tally.places += 1;
          const base = { ...sampleParameters(query.parameters, { which: "demanded", known }) };
          if (!Object.hasOwn(base, place.parameter)) base[place.parameter] = known[place.parameter] ?? [{}];
          for (const text of texts) {
            const parameters = place.put(base, text);
            const outcomes = await Promise.all(
              engines.all.map((engine) => outcomeOf(set, engine, userId, query, parameters)),
            );
            for (const outcome of outcomes) checkOutcome(query, place, text, outcome);
            const [one, ...others] = outcomes.map((outcome) =>
              "body" in outcome ? outcome.body : (outcome.err as AppError).code,
            );
            for (const other of others)
              if (other !== one)
                expect(`${query.name} ${JSON.stringify(text)} ${other}`).toBe(
                  `${query.name} ${JSON.stringify(text)} ${one}`,
                );
          }
        }
      }
      for (const { database } of engines.all) {
        for (const table of tables)
          expect(
            (await database.run(`select count(*) as "n" from "${table}"`, [])).rows[0]!.n,
          ).toBeGreaterThan(0);
      }
    }, 3_600_000);
  });
}

hostile<BusinessTables>({
  title: "hostile texts in the parameters of Rondo's own specs",
  userId: ada,
  known: {
    trackId: idOf(ada, "track", 0),
    projectId: idOf(ada, "project", 0),
    versionId: idOf(ada, "version", 0),
  },
  tables: ["users", "projects", "tracks", "versions", "generations"],
  load: () => loadSpecs({ dir: "query-specs", schema: businessSchema }),
  open: () =>
    openEngines<BusinessTables>({
      migrations: businessMigrations,
      withPostgres,
      fill: (db) => fillBusiness(db, { users: [ada, bob], tracksPerUser: 14 }),
    }),
});

hostile<ShelfTables>({
  title: "hostile texts in specs that use every part of the query language",
  userId: ann,
  known: { shelfId: shelfId(ann, 0), bookId: bookId(ann, 0), id: "saved" },
  tables: Object.keys(shelfSchema),
  load: async () => createQuerySet(proveSpecs([...shelfSpecs, ...upsertSpecs], shelfSchema).queries),
  open: () => openEngines<ShelfTables>({ migrations: shelfMigrations, withPostgres, fill: fillShelves }),
});
