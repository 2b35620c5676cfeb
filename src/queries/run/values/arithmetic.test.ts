// Tests calculations in queries. All engines give the same result. If the result does not fit the number type, all
// engines refuse the query, and a refused write changes nothing. Without a Postgres server, only SQLite is tested.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Caller } from "../../../accounts/caller.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { ask, dump, type Engines, openEngines } from "../../fixtures/engines.ts";
import {
  ann,
  fillShelves,
  type ShelfTables,
  shelfId,
  shelfMigrations,
  shelfSchema,
} from "../../fixtures/shelf-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

const caller: Caller = { kind: "user", businessId: "one", userId: ann };
const by = { param: "by" };
const number = { param: "number" };
const parameters = {
  by: { type: "string", format: "int64", default: "1" },
  number: { type: "number", default: 1 },
};
const used = (select: object) => JSON.stringify(select);

const read = (name: string, columns: object) => ({
  name: `shelves.${name}`,
  summary: "Calculates.",
  method: "GET",
  scope: "user",
  parameters: Object.fromEntries(
    Object.entries(parameters).filter(([key]) => used(columns).includes(`"param":"${key}"`)),
  ),
  tables: ["shelves"],
  query: {
    select: {
      from: "shelves",
      as: "s",
      columns,
      orderBy: used(columns).includes("sum") || used(columns).includes("average") ? [] : [{ by: "s.id" }],
    },
  },
  returns: "many",
});
const specs = [
  read("add", { n: { add: ["s.room", by] } }),
  read("subtract", { n: { subtract: ["s.room", by] } }),
  read("multiply", { n: { multiply: ["s.room", by] } }),
  read("parameters", { n: { multiply: [by, by] } }),
  read("deep", { n: { add: [{ multiply: [{ add: ["s.room", 1] }, by] }, 1] } }),
  read("sum", { n: { sum: { coalesce: ["s.room", by] } }, a: { average: { coalesce: ["s.room", by] } } }),
  read("sumOfRanks", {
    n: { sum: "s.rank" },
    a: { average: "s.rank" },
    b: { sum: { multiply: ["s.rank", by] } },
  }),
  read("numbers", {
    p: { multiply: [number, number] },
    s: { add: [number, number] },
    d: { subtract: ["s.room", number] },
  }),
  read("sumOfFractions", {
    n: { sum: { multiply: ["s.rank", number] } },
    a: { average: { multiply: ["s.rank", number] } },
    few: { sum: { multiply: ["s.rank", number] }, where: { column: "s.open", equals: true } },
    none: { sum: { multiply: ["s.rank", number] }, where: { column: "s.rank", lessThan: -5 } },
  }),
  read("mixed", {
    c: { coalesce: ["s.room", number] },
    // biome-ignore lint/suspicious/noThenProperty: specs have the keys `when` and `then`, and no code awaits a spec
    w: { case: [{ when: { column: "s.open", equals: true }, then: "s.room" }], else: number },
  }),
  {
    ...read("rank", {}),
    method: "POST",
    parameters: { by: parameters.by, id: { type: "string", format: "id" } },
    query: {
      update: {
        table: "shelves",
        set: { rank: { add: [{ coalesce: ["rank", 0] }, by] } },
        where: [{ column: "id", equals: { param: "id" } }],
        returning: { rank: "rank" },
      },
    },
  },
];
const { queries, faults } = proveSpecs(
  specs.map((spec) => ({ file: `${spec.name}.json`, text: JSON.stringify(spec) })),
  shelfSchema,
);
const set = createQuerySet(queries);

let engines: Engines<ShelfTables>;
beforeAll(async () => {
  engines = await openEngines<ShelfTables>({
    migrations: shelfMigrations,
    withPostgres: await hasPostgres(),
    fill: fillShelves,
  });
});
afterAll(() => engines[Symbol.asyncDispose]());

/** Returns the body of the answer, or the code of the error. Fails the test if the engines give different answers. */
async function answerOf(name: string, given: Record<string, unknown>): Promise<string> {
  const call = { name: `shelves.${name}`, caller, parameters: given };
  const answers = await Promise.all(engines.all.map((engine) => ask(set, engine, call)));
  expect([name, given, ...answers]).toEqual([name, given, ...answers.map(() => answers[0]!)]);
  return answers[0]!;
}

const most = "9223372036854775807";
const least = "-9223372036854775808";

test("a whole number is exact up to 64 bits and refused beyond 64 bits", async () => {
  expect(faults).toEqual([]);
  for (const name of ["add", "subtract", "multiply", "deep"]) {
    for (const given of ["0", "1", "-1", "2", "3", "1000000", most, least, "4611686018427387904"])
      await answerOf(name, { by: given });
  }
  expect(await answerOf("multiply", { by: most })).toBe("NUMBER_OUT_OF_RANGE");
  expect(await answerOf("add", { by: most })).toBe("NUMBER_OUT_OF_RANGE");
  expect(await answerOf("deep", { by: most })).toBe("NUMBER_OUT_OF_RANGE");
  expect(await answerOf("parameters", { by: "4294967296" })).toBe("NUMBER_OUT_OF_RANGE");
  expect(await answerOf("parameters", { by: "3037000499" })).toContain('"9223372030926249001"');
  expect(await answerOf("multiply", { by: "1" })).toContain('"9007199254740993"');
});

test("a sum of whole numbers is exact up to 64 bits and refused beyond 64 bits", async () => {
  expect(await answerOf("sum", { by: "0" })).toContain('"n":"-4593671619917905908"');
  expect(await answerOf("sum", { by: least })).toBe("NUMBER_OUT_OF_RANGE");
  expect(await answerOf("sum", { by: most })).not.toBe("NUMBER_OUT_OF_RANGE");
  await answerOf("sumOfRanks", { by: "3" });
  expect(await answerOf("sumOfRanks", { by: "1000000000000000000" })).toBe("NUMBER_OUT_OF_RANGE");
});

test("a floating-point result that is too close to 0 to be represented is refused", async () => {
  for (const given of [0, 1.5, -0.1, 9007199254740991, 1e-200, 0.1])
    await answerOf("numbers", { number: given });
  for (const given of [0.1, 1.1, 0.7, -0.3, 1e-10, 123456789.123])
    await answerOf("sumOfFractions", { number: given });
  for (const given of [0, 1.5]) await answerOf("mixed", { number: given });
  expect(await answerOf("numbers", { number: 1e-200 })).toBe("NUMBER_OUT_OF_RANGE");
});

test("a write of a number beyond 32 bits to an integer column is refused and changes nothing", async () => {
  const before = await Promise.all(engines.all.map(({ database }) => dump(database, ["shelves"])));
  const id = shelfId(ann, 1);
  for (const given of ["2147483647", "-2147483700", most]) {
    expect(await answerOf("rank", { id, by: given })).toBe("NUMBER_OUT_OF_RANGE");
  }
  expect(await Promise.all(engines.all.map(({ database }) => dump(database, ["shelves"])))).toEqual(before);
  expect(await answerOf("rank", { id, by: "2147483638" })).toBe('{"items":[{"rank":2147483647}]}');
});
