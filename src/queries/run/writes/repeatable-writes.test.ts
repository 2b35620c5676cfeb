// Tests that a write is done only one time, even if it is repeated with the same Idempotency-Key
// within a day. The tests run on SQLite and, if a server is available, on Postgres.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Caller } from "../../../accounts/caller.ts";
import { businessSchema, type BusinessTables } from "../../../businesses/tables/schema.ts";
import { isAppError } from "../../../errors.ts";
import type { Database } from "../../../ports/database/database.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { ada, bob, fillBusiness, idOf } from "../../draft/sample-business.ts";
import { businessMigrations, type Engines, openEngines } from "../../fixtures/engines.ts";
import { loadSpecs } from "../../spec/load-specs.ts";
import { runQuery } from "../run-query.ts";

const set = await loadSpecs({ dir: "query-specs", schema: businessSchema });
let engines: Engines<BusinessTables>;
beforeAll(async () => {
  engines = await openEngines<BusinessTables>({
    migrations: businessMigrations,
    withPostgres: await hasPostgres(),
    fill: fillBusiness,
  });
}, 60_000);
afterAll(() => engines[Symbol.asyncDispose]());

const user = (userId: string): Caller => ({ kind: "user", businessId: "one", userId });
let ids = 0;

interface Write {
  readonly key?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly userId?: string;
  readonly at?: string;
}

async function write(
  database: Database<BusinessTables>,
  { key, parameters, name = "projects.create", userId = ada, at = "2026-01-01T00:00:00.000Z" }: Write,
): Promise<string> {
  const newId = () => {
    ids += 1;
    return `0193c000-0000-7000-8000-${ids.toString(16).padStart(12, "0")}`;
  };
  const deps = { set, database, cursorKey: new Uint8Array(32), clock: { now: () => at, newId } };
  try {
    const call = { name, method: "POST", parameters, idempotencyKey: key } as const;
    return (await runQuery(deps, user(userId), call)).body;
  } catch (err) {
    if (isAppError(err) && err.code !== "INTERNAL") return err.code;
    throw err;
  }
}

async function countOf(database: Database<BusinessTables>, table: string): Promise<number> {
  const { rows } = await database.run(`select count(*) as "n" from "${table}"`, []);
  return Number(rows[0]!.n);
}

test("twenty concurrent requests with the same key write one row and return the same result", async () => {
  for (const { database } of engines.all) {
    const before = await countOf(database, "projects");
    const one = { key: crypto.randomUUID(), parameters: { name: "at once" } };
    // On a slow machine, some requests wait for the other requests until the time limit of the query is reached.
    // These requests are repeated.
    const writePatiently = async (): Promise<string> => {
      const answer = await write(database, one);
      return answer === "QUERY_TIMEOUT" ? writePatiently() : answer;
    };
    const answers = await Promise.all(Array.from({ length: 20 }, writePatiently));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("at once");
    expect(await countOf(database, "projects")).toBe(before + 1);
  }
}, 60_000);

test("if a user sends a different write with a used Idempotency-Key, the write is refused", async () => {
  for (const { database } of engines.all) {
    const first = await write(database, { key: "mine", parameters: { name: "first" } });
    expect(await write(database, { key: "mine", parameters: { name: "second" } })).toBe(
      "IDEMPOTENCY_MISMATCH",
    );
    const rename = { projectId: idOf(ada, "project", 0), name: "first" };
    expect(await write(database, { key: "mine", name: "projects.rename", parameters: rename })).toBe(
      "IDEMPOTENCY_MISMATCH",
    );
    const ofBob = await write(database, { key: "mine", parameters: { name: "second" }, userId: bob });
    expect(ofBob).toContain("second");
    expect(await write(database, { key: "mine", parameters: { name: "first" } })).toBe(first);
  }
});

test("the Idempotency-Key of a refused write can be used again", async () => {
  for (const { database } of engines.all) {
    const parameters = { trackId: "none", title: "x" };
    expect(await write(database, { key: "refused", name: "tracks.rename", parameters })).toBe("NOT_FOUND");
    expect(await write(database, { key: "refused", parameters: { name: "now" } })).toContain("now");
  }
});

test("a repeated write returns the first result for a day", async () => {
  for (const { database } of engines.all) {
    const one = { key: "day", parameters: { name: "a day" }, at: "2030-01-01T00:00:00.000Z" };
    const first = await write(database, one);
    expect(await write(database, { ...one, at: "2030-01-01T23:59:59.999Z" })).toBe(first);
    const next = await write(database, { ...one, at: "2030-01-02T00:00:00.001Z" });
    expect(next).toContain("a day");
    expect(next).not.toBe(first);
    for (let at = 0; at < 3; at += 1)
      await write(database, {
        key: `later ${at}`,
        parameters: { name: "later" },
        at: "2035-01-01T00:00:00.000Z",
      });
    expect(await countOf(database, "repeatableWrites")).toBe(3);
  }
});

test("expired results don't count towards a caller's limit of stored results", async () => {
  for (const { database } of engines.all) {
    const insert = (userId: string, count: number, expiresAt: string) =>
      database.transaction(async (trx) => {
        for (let i = 0; i < count; i += 1)
          await trx
            .insertInto("repeatableWrites")
            .values({ id: crypto.randomUUID(), userId, requestHash: "", answer: "", expiresAt })
            .execute();
      });
    await insert(ada, 1_000, "2026-02-01T00:00:00.000Z");
    await insert(bob, 1_000, "2026-02-02T00:00:00.000Z");
    const at = (time: string) =>
      write(database, { key: crypto.randomUUID(), parameters: { name: "later" }, userId: bob, at: time });
    expect(await at("2026-02-01T12:00:00.000Z")).toBe("TOO_MANY_REQUESTS");
    expect(await at("2026-02-03T00:00:00.000Z")).toContain("later");
    await database.kysely.deleteFrom("repeatableWrites").execute();
  }
});
