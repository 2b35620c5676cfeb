// Tests that SQLite and Postgres accept the same random writes, with the same results and the same
// rows, and that a refused write changes nothing. The codes of refusals are not compared. Each
// write is called twice, with new random parameters.
// A longer run: RANDOM_WRITES=3000 RANDOM_SEED=2 bun test ./src/queries/run/writes/random-writes.test.ts
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Caller } from "../../../accounts/caller.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { type Ask, ask, dump, openEngines } from "../../fixtures/engines.ts";
import { chanceOf, randomWrite } from "../../fixtures/random-writes.ts";
import {
  ann,
  fillShelves,
  type ShelfTables,
  shelfMigrations,
  shelfSchema,
} from "../../fixtures/shelf-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

setDefaultTimeout(300_000);

const writes = Number(process.env.RANDOM_WRITES ?? 60);
const seed = Number(process.env.RANDOM_SEED ?? 1);
const caller: Caller = { kind: "user", businessId: "one", userId: ann };
const tables = Object.keys(shelfSchema);
const withPostgres = await hasPostgres();

test.skipIf(!withPostgres)(
  `${writes} random writes (seed ${seed}) have the same effect on both engines`,
  async () => {
    await using engines = await openEngines<ShelfTables>({
      migrations: shelfMigrations,
      withPostgres,
      fill: fillShelves,
    });
    const rows = () => Promise.all(engines.all.map(({ database }) => dump(database, tables)));
    const chance = chanceOf(seed);
    const counts = { writes: 0, answered: 0, refused: 0 };
    for (let made = 0; made < writes; made += 1) {
      const write = randomWrite(chance);
      const { queries, faults } = proveSpecs([write.file], shelfSchema);
      if (faults.length > 0) continue;
      const set = createQuerySet(queries);
      counts.writes += 1;
      for (let calls = 0; calls < 2; calls += 1) {
        const call: Ask = { name: "things.write", caller, parameters: write.call() };
        const [before] = await rows();
        const [sqlite, postgres] = await Promise.all(engines.all.map((engine) => ask(set, engine, call)));
        const [one, other] = await rows();
        const what = `${write.file.text}\n${JSON.stringify(call.parameters)}`;
        const answered = sqlite!.startsWith("{");
        counts[answered ? "answered" : "refused"] += 1;
        // If a write has two faults, the engines can report different faults, so two refusals are not compared.
        if (answered || postgres!.startsWith("{")) expect(`${what}\n${postgres}`).toBe(`${what}\n${sqlite}`);
        if (!answered && one !== before)
          throw new Error(`The write was refused, but it has changed rows:\n${what}`);
        if (one !== other) throw new Error(`The engines have different rows:\n${what}`);
      }
    }
    console.log(`random writes, seed ${seed}:`, counts);
    expect(counts.answered).toBeGreaterThan(writes / 10);
  },
);
