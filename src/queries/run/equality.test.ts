// Tests that the same query returns the same bytes, and changes the same rows, on SQLite and on Postgres.
import { expect } from "bun:test";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import { hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { ada, bob, fillBusiness } from "../draft/sample-business.ts";
import { businessCalls, sampledCalls, span } from "../fixtures/business-calls.ts";
import { businessMigrations, openEngines } from "../fixtures/engines.ts";
import { type Calls, testEqualAnswers } from "../fixtures/equal-answers.ts";
import {
  ann,
  ben,
  bookId,
  fillShelves,
  placeId,
  type ShelfTables,
  shelfId,
  shelfMigrations,
  shelfSchema,
  shelfSpecs,
} from "../fixtures/shelf-data.ts";
import { upsertSpecs } from "../fixtures/upsert-specs.ts";
import { loadSpecs, proveSpecs } from "../spec/load-specs.ts";
import { createQuerySet } from "./query-set.ts";

const withPostgres = await hasPostgres();

const shelfCalls: Calls = {
  "books.page": [
    {},
    { limit: 50 },
    ...["boughtAt", "title", "pages", "length"].flatMap((key) =>
      ["asc", "desc"].map((way) => ({ orderBy: `${key}.${way}` })),
    ),
    { lent: true },
    { lent: false, least: 100, orderBy: "pages.asc", limit: 2 },
    { from: "2026-01-01T00:00:00Z", to: "2026-01-04T00:00:00Z", not: "ÄÖÜ" },
    { from: "2026-01-01T00:00:00Z" },
  ],
  "books.mixedOrder": [{}, { limit: 1 }],
  "books.search": [
    {},
    ...["ä", "%", "_", "\\", "'", "", " ", "Ω", "z", "日"].flatMap((part) => [
      { holds: part },
      { starts: part },
      { ends: part },
      { like: part },
    ]),
    { holds: "a", starts: "A", ends: "a" },
  ],
  "books.byPages": [
    {},
    { pages: [0, 37, 74] },
    { without: [0, 37, 74] },
    { titles: ["z", "Z", "'quoted'", "%_\\", '"'] },
    { lents: [true] },
    { lents: [true, false], pages: [37, 111] },
    { days: ["2025-12-31T22:00:00Z", "2026-01-01T06:00:00+01:00"] },
  ],
  "shelves.tree": [{}],
  "shelves.two": [0, 1, 2, 3, 4, 5, 6].map((at) => ({ shelfId: shelfId(ann, at) })),
  "books.stats": [{}, { extra: 10_000 }],
  "books.groups": [{}, { least: 2 }],
  "books.distinct": [{}, { thin: 0 }],
  "shelves.byRoom": [
    {},
    { room: "9007199254740993" },
    { room: "9007199254740992" },
    { rooms: ["-4611686018427387904", "5", "9007199254740991"] },
  ],
  "shelves.roomy": [{}, { lent: false, limit: 1 }],
  "books.add": [
    { title: "plain" },
    { title: "all", pages: 0, lent: true, shelfId: shelfId(ann, 1) },
    { title: "someone else's shelf", shelfId: shelfId(ben, 1) },
  ],
  "books.addMany": [
    {
      books: [
        { title: "one", boughtAt: "2026-05-05T05:05:05.5Z" },
        {
          title: "'two'",
          pages: 2,
          lent: false,
          shelfId: shelfId(ann, 2),
          boughtAt: "2026-05-05T05:05:05+05:00",
        },
      ],
    },
    {
      books: [
        { title: "mine", boughtAt: span.from },
        { title: "not", shelfId: shelfId(ben, 0), boughtAt: span.from },
      ],
    },
    { books: [{ title: "no pages", pages: null, boughtAt: span.from }] },
    { books: [{ title: "no default for null", lent: null, boughtAt: span.from }] },
  ],
  "shelves.save": [
    { id: "nothing", name: "nothing", label: null },
    { id: "fresh", name: "fresh", label: { a: [1, 2.5, "x"] } },
    { id: shelfId(ann, 1), name: "renamed" },
    { id: shelfId(ann, 2), name: "labelled", label: "text" },
    { id: shelfId(ben, 2), name: "taken over" },
    { id: "other", name: "fresh" },
  ],
  "shelves.ensure": [
    { name: "ensured", builtAt: span.from },
    { name: "ensured", builtAt: span.to, open: true },
  ],
  "books.change": [
    { bookId: bookId(ann, 3), title: "changed" },
    { bookId: bookId(ann, 4), lent: true, shelfId: shelfId(ann, 0) },
    { bookId: bookId(ann, 5), shelfId: shelfId(ben, 0) },
    { bookId: bookId(ben, 5), title: "no" },
    { bookId: bookId(ann, 6) },
    { bookId: bookId(ann, 7), pages: 7, lent: true, shelfId: shelfId(ann, 0) },
    { bookId: bookId(ann, 7), pages: null, lent: null, shelfId: null },
    { bookId: bookId(ann, 8), title: null },
    { bookId: null, title: "none" },
  ],
  "shelves.label": [
    { shelfId: shelfId(ann, 4), label: { a: null }, room: "9007199254740993", rank: 9 },
    { shelfId: shelfId(ann, 4), label: null, rank: null },
    { shelfId: shelfId(ann, 5), label: [null] },
    { shelfId: null, label: null },
    { shelfId: shelfId(ann, 5) },
  ],
  "books.remove": [{ bookIds: [bookId(ann, 9), bookId(ann, 2), bookId(ben, 2), bookId(ann, 30)] }],
  "shelves.empty": [{ shelfId: shelfId(ann, 3) }, { shelfId: shelfId(ann, 2) }, { shelfId: shelfId(ben, 3) }],
  "shelves.start": [
    { name: "started", room: "-9007199254740999" },
    { name: "started", room: "1" },
  ],
};

const anns = (at: number, month: string, rest: object = {}) => ({ bookId: bookId(ann, at), month, ...rest });
const upsertCalls: Calls = {
  "plays.count": [
    anns(0, "2026-01"),
    anns(0, "2026-01", { by: 40 }),
    anns(1, "2026-01", { by: 7 }),
    anns(1, "2026-01", { by: 2_147_483_647 }),
    anns(1, "2026-01"),
    { bookId: "none", month: "2026-01" },
  ],
  "plays.countMany": [
    { plays: [] },
    { plays: [anns(0, "2026-01", { count: 3 }), anns(2, "2026-01", { note: "new" }), anns(3, "2026-01")] },
    { plays: [anns(0, "2026-01", { note: "second" }), anns(2, "2026-02")] },
    { plays: [anns(4, "2026-01"), anns(5, "2026-01"), anns(4, "2026-01")] },
    { plays: [anns(4, "2026-01"), { bookId: "none", month: "2026-01" }] },
    { plays: [anns(4, "2026-01"), anns(0, "2026-01", { count: 2_147_483_647 })] },
  ],
  "plays.addMissing": [
    { plays: [] },
    { plays: [anns(0, "2026-01"), anns(6, "2026-01"), anns(6, "2026-01", { count: 9 }), anns(7, "2026-01")] },
    { plays: [anns(6, "2026-01"), anns(7, "2026-01")] },
    {
      plays: [
        anns(8, "2026-01"),
        { bookId: bookId(ben, 30), month: "2026-01" },
        { bookId: "none", month: "2026-01" },
      ],
    },
  ],
  "plays.addMany": [
    { plays: [] },
    { plays: [anns(9, "2026-01"), anns(10, "2026-01")] },
    { plays: [anns(11, "2026-01"), anns(10, "2026-01")] },
    { plays: [anns(11, "2026-01"), anns(12, "2026-01"), anns(11, "2026-01")] },
  ],
  "plays.addManyOfMonth": [
    { plays: [] },
    { plays: [{ bookId: bookId(ann, 13) }, { bookId: bookId(ann, 14) }, { bookId: bookId(ann, 13) }] },
  ],
  "plays.countManyOfMonth": [
    { plays: [] },
    { plays: [{ bookId: bookId(ann, 13) }, { bookId: bookId(ann, 14) }, { bookId: bookId(ann, 13) }] },
    { plays: [{ bookId: bookId(ann, 0) }, { bookId: "none" }] },
  ],
  "plays.copy": [anns(0, "2026-03"), anns(0, "2026-03"), { bookId: "none", month: "2026-03" }],
  "places.shift": [
    { shelfId: shelfId(ann, 0), by: 1 },
    { shelfId: shelfId(ann, 0), by: -1 },
    { shelfId: shelfId(ann, 0), by: -1 },
    { shelfId: shelfId(ann, 0), by: 1, from: 3 },
  ],
  "places.move": [
    { shelfId: shelfId(ann, 0), by: 1 },
    { shelfId: shelfId(ann, 0), by: -1 },
    { shelfId: shelfId(ann, 0), by: -1 },
    { shelfId: shelfId(ann, 0), by: 0 },
    { shelfId: shelfId(ann, 0), by: 2_147_483_640 },
    { shelfId: shelfId(ann, 0), by: 2_147_483_647 },
    { shelfId: "none", by: 1 },
  ],
  "books.shorten": [{ shelfId: shelfId(ann, 2) }, { shelfId: shelfId(ann, 4) }],
  "books.dropShort": [{ shelfId: shelfId(ann, 4) }, { shelfId: shelfId(ann, 5) }],
  "books.rank": [{ shelfId: shelfId(ann, 0) }, { shelfId: shelfId(ann, 1) }],
  "places.renumber": [{ shelfId: shelfId(ann, 0) }, { shelfId: "none" }],
  "places.swap": [
    { one: placeId(ann, 0), other: placeId(ann, 1) },
    { one: placeId(ann, 0), other: placeId(ann, 0) },
    { one: placeId(ann, 0), other: placeId(ben, 1) },
  ],
};

await testEqualAnswers<BusinessTables>({
  title: "the product's specs",
  calls: businessCalls,
  callsOf: sampledCalls,
  tables: ["users", "projects", "tracks", "versions", "generations", "deletions"],
  people: [ada, bob],
  load: () => loadSpecs({ dir: "query-specs", schema: businessSchema }),
  open: () =>
    openEngines<BusinessTables>({ migrations: businessMigrations, withPostgres, fill: fillBusiness }),
});

await testEqualAnswers<ShelfTables>({
  title: "specs that use the whole query language",
  calls: { ...shelfCalls, ...upsertCalls },
  tables: Object.keys(shelfSchema),
  people: [ann, ben],
  async load() {
    const { queries, faults } = proveSpecs([...shelfSpecs, ...upsertSpecs], shelfSchema);
    expect(faults).toEqual([]);
    return createQuerySet(queries);
  },
  open: () => openEngines<ShelfTables>({ migrations: shelfMigrations, withPostgres, fill: fillShelves }),
});
