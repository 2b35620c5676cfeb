// Tests the contract of every Database. Many faults occur only if two processes use the same
// database. So the tests use two handles of one database, and each handle stands for a process.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Transaction } from "kysely";
import { isAppError } from "../../errors.ts";
import type { Database } from "./database.ts";
import { promptMsMax } from "../../testing/measure/time-limits.ts";

export interface ContractTables {
  shelves: { id: string; name: string };
  books: {
    id: string;
    shelfId: string;
    pages: number | string | null;
    lent: boolean | number | null;
    boughtAt: string | null;
    notes: string | null;
  };
}

export interface ContractStore {
  /**
   * Opens two handles of one new, empty database. Both handles get the migrations from the folder
   * `contractMigrations`, but `open` doesn't apply them. Each call opens another database.
   */
  open(): Promise<readonly [Database<ContractTables>, Database<ContractTables>]>;
}

export const contractMigrations = `${import.meta.dir}/fixtures/migrations`;

export function databaseContract(technology: string, store: ContractStore): void {
  describe(`with a database in ${technology},`, () => {
    let one: Database<ContractTables>;
    let other: Database<ContractTables>;
    const bind = (at: number) => (one.dialect === "postgres" ? `$${at}` : "?");
    const insertShelf = () => `insert into "shelves" ("id", "name") values (${bind(1)}, ${bind(2)})`;
    const names = async (db: Database<ContractTables>, prefix: string) => {
      const sql = `select "name" from "shelves" where "id" like ${bind(1)} order by "id"`;
      return (await db.run(sql, [`${prefix}%`])).rows.map(({ name }) => name);
    };
    /** A query that takes much longer than any time limit of this suite. */
    const endless = `select count(*) as "n" from "shelves" a, "shelves" b, "shelves" c, "shelves" d, "shelves" e`;

    beforeAll(async () => {
      [one, other] = await store.open();
      const applied = await Promise.all([one.migrate(), other.migrate()]);
      expect(applied.flatMap((result) => result.applied)).toEqual(["202601010000_create_shelves"]);
      await one.transaction(async (trx) => {
        for (let at = 0; at < 400; at += 1) {
          await trx
            .insertInto("shelves")
            .values({ id: `bulk-${at}`, name: `bulk ${at}` })
            .execute();
        }
      });
    });

    afterAll(async () => {
      await one.close();
      await other.close();
    });

    test("migrating twice changes nothing", async () => {
      expect(await one.migrate()).toEqual({ applied: [] });
    });

    test("rows that one handle has written can be read by the other handle immediately", async () => {
      expect((await one.run(insertShelf(), ["seen-1", "Seen"])).changes).toBe(1);
      expect(await names(other, "seen-")).toEqual(["Seen"]);
    });

    test("a select reports 0 changes", async () => {
      expect((await one.run('select "id" from "shelves" limit 3', [])).changes).toBe(0);
    });

    test("an insert with a `returning` clause returns the new row", async () => {
      const result = await one.run(`${insertShelf()} returning "id", "name"`, ["ret-1", "Returned"]);
      expect(result).toEqual({ rows: [{ id: "ret-1", name: "Returned" }], changes: 1 });
    });

    test("statements of `changeTables` can use the tables of earlier statements", async () => {
      await one.changeTables(async ({ trx, explain }) => {
        await trx.schema
          .createTable("labels")
          .addColumn("id", "text", (column) => column.primaryKey().notNull())
          .execute();
        const plan = await explain('select "id" from "labels" where "id" = \'x\'', []);
        expect(plan.reach).toBe("lookups");
        await expect(explain('select "l"."none" from "labels" as "l"', [])).rejects.toThrow();
        await trx
          .insertInto("labels" as "shelves")
          .values({ id: "first" } as never)
          .execute();
      });
      const { rows } = await other.run('select "id" from "labels"', []);
      expect(rows).toEqual([{ id: "first" }]);
    });

    test("a failed `changeTables` leaves the tables unchanged", async () => {
      const failure = new Error("on purpose");
      const outcome = one.changeTables(async ({ trx }) => {
        await trx.schema.createTable("covers").addColumn("id", "text").execute();
        await trx.schema.dropTable("books").execute();
        throw failure;
      });
      await expect(outcome).rejects.toBe(failure);
      expect((await other.run('select count(*) as "n" from "books"', [])).rows).toHaveLength(1);
      await expect(Promise.resolve(other.run('select * from "covers"', []))).rejects.toThrow();
    });

    test("`changeTables` fails with CONFLICT if a foreign key is broken at the end", async () => {
      const book = { id: "lost", shelfId: "no shelf", pages: 1, lent: null, boughtAt: null, notes: null };
      const outcome = one.changeTables(({ trx }) => trx.insertInto("books").values(book).execute());
      await expect(outcome).rejects.toMatchObject({ code: "CONFLICT" });
    });

    test("a transaction that throws changes nothing", async () => {
      const failure = new Error("on purpose");
      const outcome = one.transaction(async (trx) => {
        await trx.insertInto("shelves").values({ id: "rolled-1", name: "Rolled" }).execute();
        throw failure;
      });
      expect(outcome).rejects.toBe(failure);
      await outcome.catch(() => undefined);
      expect(await names(one, "rolled-")).toEqual([]);
    });

    test("a read outside a running transaction does not see the changes of the transaction", async () => {
      const inside = Promise.withResolvers<void>();
      const leave = Promise.withResolvers<void>();
      const whole = one.transaction(async (trx) => {
        await trx.insertInto("shelves").values({ id: "beside-1", name: "Beside" }).execute();
        inside.resolve();
        await leave.promise;
      });
      await inside.promise;
      expect(await names(one, "beside-")).toEqual([]);
      expect(await names(other, "beside-")).toEqual([]);
      leave.resolve();
      await whole;
      expect(await names(one, "beside-")).toEqual(["Beside"]);
    });

    test("if a transaction is rolled back, a write outside the transaction is still stored", async () => {
      const inside = Promise.withResolvers<void>();
      const leave = Promise.withResolvers<void>();
      const whole = one.transaction(async (trx) => {
        await trx.insertInto("shelves").values({ id: "apart-1", name: "Lost" }).execute();
        inside.resolve();
        await leave.promise;
        throw new Error("on purpose");
      });
      await inside.promise;
      const write = one.run(insertShelf(), ["apart-2", "Kept"]);
      leave.resolve();
      await whole.catch(() => undefined);
      await write;
      expect(await names(other, "apart-")).toEqual(["Kept"]);
    });

    test("if twenty transactions increase the same number at once, no increase is lost", async () => {
      await one.run(insertShelf(), ["count", "0"]);
      const step = (db: Database<ContractTables>) =>
        db.transaction(async (trx) => {
          let query = trx.selectFrom("shelves").select("name").where("id", "=", "count");
          if (db.dialect === "postgres") query = query.forUpdate();
          const { name } = await query.executeTakeFirstOrThrow();
          await trx
            .updateTable("shelves")
            .set({ name: `${Number(name) + 1}` })
            .where("id", "=", "count")
            .execute();
        });
      await Promise.all(Array.from({ length: 20 }, () => step(one)));
      expect(await names(other, "count")).toEqual(["20"]);
    });

    test("inserting an existing key fails with CONFLICT", async () => {
      await one.run(insertShelf(), ["twice-1", "Twice"]);
      const again = await Promise.resolve(one.run(insertShelf(), ["twice-1", "Other"])).catch(
        (err: unknown) => err,
      );
      expect(isAppError(again, "CONFLICT")).toBe(true);
      const byKysely = await one.kysely
        .insertInto("shelves")
        .values({ id: "twice-2", name: "Twice" })
        .execute()
        .catch((err: unknown) => err);
      expect(isAppError(byKysely, "CONFLICT")).toBe(true);
    });

    test("inserting a reference to a missing row fails with CONFLICT", async () => {
      const sql = `insert into "books" ("id", "shelfId") values (${bind(1)}, ${bind(2)})`;
      const outcome = await Promise.resolve(one.run(sql, ["book-0", "no-such-shelf"])).catch(
        (err: unknown) => err,
      );
      expect(isAppError(outcome, "CONFLICT")).toBe(true);
    });

    test("reads return integers, instants, JSON and null in the same form on every engine", async () => {
      await one.run(insertShelf(), ["types", "Types"]);
      const insert = (id: string, pages: number | bigint) =>
        one.kysely
          .insertInto("books")
          .values({
            id,
            shelfId: "types",
            pages: pages as number,
            lent: null,
            boughtAt: "2026-11-22T08:00:00.120Z",
            notes: '{"b": 1,  "a": [1.0]}',
          })
          .execute();
      await insert("book-1", 2 ** 53 - 1);
      await insert("book-2", 2n ** 53n + 1n);
      const sql = `select "pages", "lent", "boughtAt", "notes" from "books" where "shelfId" = ${bind(1)} order by "id"`;
      const rest = { lent: null, boughtAt: "2026-11-22T08:00:00.120Z", notes: '{"b": 1,  "a": [1.0]}' };
      const expected = [
        { pages: 9007199254740991, ...rest },
        { pages: "9007199254740993", ...rest },
      ];
      expect((await one.run(sql, ["types"])).rows).toEqual(expected);
      const byKysely = one.kysely.selectFrom("books").select(["pages", "lent", "boughtAt", "notes"]);
      expect(await byKysely.where("shelfId", "=", "types").orderBy("id").execute()).toEqual(expected);
    });

    test("a result with more rows than `maxRows` is refused with RESULT_TOO_LARGE", async () => {
      const read = one.run('select "id" from "shelves"', [], { maxRows: 399 });
      const outcome = await Promise.resolve(read).catch((err: unknown) => err);
      expect(isAppError(outcome, "RESULT_TOO_LARGE")).toBe(true);
    });

    test("each query gets its own result while slow queries, writes and transactions run", async () => {
      const echo = (more: string) =>
        `select ${one.dialect === "postgres" ? "$1::text" : "cast(? as text)"} as "asked", ${more} as "${more}"`;
      const texts = Array.from({ length: 12 }, (_, at) => echo(`${at}`));
      const ask = async (at: number) => {
        const { rows } = await one.run(texts[at % texts.length]!, [`asked ${at}`], { timeoutMs: 10_000 });
        const column = `${at % texts.length}`;
        expect(rows).toEqual([{ asked: `asked ${at}`, [column]: at % texts.length }]);
      };
      const slow = () =>
        Promise.resolve(one.run(endless, [], { timeoutMs: 200 })).catch((err: unknown) => err);
      const write = async (at: number) => {
        const { rows } = await one.run(`${insertShelf()} returning "id"`, [`own-${at}`, `Own ${at}`]);
        expect(rows).toEqual([{ id: `own-${at}` }]);
      };
      const within = (at: number) =>
        one.transaction(async (trx) => {
          const row = { id: `within-${at}`, name: `Within ${at}` };
          expect(await trx.insertInto("shelves").values(row).returning("id").execute()).toEqual([
            { id: row.id },
          ]);
          if (at % 2 === 1) throw new Error("on purpose");
        });
      const slowOnes = [slow(), slow(), slow()];
      const refused = Promise.allSettled(Array.from({ length: 20 }, (_, at) => within(at)));
      await Promise.all(Array.from({ length: 300 }, (_, at) => (at % 10 === 0 ? write(at) : ask(at))));
      for (const outcome of await Promise.all(slowOnes))
        expect(isAppError(outcome, "QUERY_TIMEOUT")).toBe(true);
      const outcomes = await refused;
      expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual(
        outcomes.map((_, at) => at % 2 === 0),
      );
      const counted = `select count(*) as "n" from "shelves" where "id" like ${bind(1)}`;
      expect((await other.run(counted, ["own-%"])).rows).toEqual([{ n: 30 }]);
      expect((await other.run(counted, ["within-%"])).rows).toEqual([{ n: 10 }]);
    }, 60_000);

    test("if more slow queries run than connections exist, quick queries still return", async () => {
      const slow = Array.from({ length: 6 }, () =>
        Promise.resolve(one.run(`${endless} where a."id" <> 'x'`, [], { timeoutMs: 200 })).catch(
          (err: unknown) => err,
        ),
      );
      const byId = `select "name" from "shelves" where "id" = ${bind(1)} and "id" <> 'never'`;
      const quick = Array.from({ length: 6 }, (_, at) => one.run(byId, [`bulk-${at}`], { timeoutMs: 2_000 }));
      const answers = await Promise.all(quick);
      expect(answers.map(({ rows }) => rows)).toEqual(quick.map((_, at) => [{ name: `bulk ${at}` }]));
      for (const outcome of await Promise.all(slow)) expect(isAppError(outcome, "QUERY_TIMEOUT")).toBe(true);
    }, 60_000);

    test("a transaction fails with QUERY_TIMEOUT at its time limit and changes nothing", async () => {
      const leave = Promise.withResolvers<void>();
      const startedAt = performance.now();
      const late = one.transaction(
        async (trx) => {
          await trx.insertInto("shelves").values({ id: "late-1", name: "Late" }).execute();
          await leave.promise;
        },
        { timeoutMs: 200 },
      );
      const outcome = await late.catch((err: unknown) => err);
      expect(outcome).toMatchObject({
        code: "QUERY_TIMEOUT",
        publicMessage: "The write took longer than 200 ms and was rolled back.",
      });
      expect(performance.now() - startedAt).toBeLessThan(promptMsMax);
      leave.resolve();
      await one.transaction((trx) =>
        trx.insertInto("shelves").values({ id: "late-2", name: "After" }).execute(),
      );
      expect(await names(other, "late-")).toEqual(["After"]);
    });

    test("a statement of an ended transaction does not run in another transaction", async () => {
      let left: Transaction<ContractTables> | undefined;
      await one.transaction(async (trx) => {
        left = trx;
      });
      const inside = Promise.withResolvers<void>();
      const leave = Promise.withResolvers<void>();
      const whole = one.transaction(async (trx) => {
        await trx.selectFrom("shelves").select("id").limit(1).execute();
        inside.resolve();
        await leave.promise;
      });
      await inside.promise;
      const stray = left?.insertInto("shelves").values({ id: "stray-1", name: "Stray" }).execute();
      expect(await stray?.catch(() => "refused")).toBe("refused");
      leave.resolve();
      await whole;
      expect(await names(other, "stray-")).toEqual([]);
    });

    test("a write that waits for the end of a transaction doesn't run inside the next transaction", async () => {
      const writes = Array.from({ length: 40 }, async (_, at) => {
        for (let turn = 0; turn < at; turn += 1) await Promise.resolve();
        await one.run(insertShelf(), [`turn-${at}`, `Turn ${at}`]);
      });
      const undone = Array.from({ length: 40 }, () =>
        one
          .transaction(async (trx) => {
            await trx.selectFrom("shelves").select("id").limit(1).execute();
            throw new Error("on purpose");
          })
          .catch(() => undefined),
      );
      await Promise.all([...writes, ...undone]);
      expect(await names(other, "turn-")).toHaveLength(40);
    });

    test("a slow query is stopped at its time limit", async () => {
      const startedAt = performance.now();
      const slow = Promise.resolve(one.run(endless, [], { timeoutMs: 300 })).catch((err: unknown) => err);
      let meanwhile = 0;
      let over = false;
      void slow.then(() => {
        over = true;
      });
      while (!over) {
        await one.run(`select "name" from "shelves" where "id" = ${bind(1)}`, ["bulk-1"]);
        meanwhile += 1;
        await Bun.sleep(1);
      }
      expect(isAppError(await slow, "QUERY_TIMEOUT")).toBe(true);
      expect(performance.now() - startedAt).toBeLessThan(promptMsMax);
      // If the quick queries had waited for the slow query, only the first of them would have returned.
      expect(meanwhile).toBeGreaterThan(1);
      expect(
        (await one.run('select count(*) as "n" from "shelves"', [], { timeoutMs: 2_000 })).rows,
      ).toHaveLength(1);
    });

    test("only SQLite returns the result of a quick read without a promise", async () => {
      const sql = `select "name" from "shelves" where "id" = ${bind(1)}`;
      const read = one.run(sql, ["bulk-7"]);
      expect(read instanceof Promise).toBe(one.dialect === "postgres");
      expect((await read).rows).toEqual([{ name: "bulk 7" }]);
      const write = one.run(insertShelf(), ["waited", "Waited"]);
      expect(write instanceof Promise).toBe(true);
      expect((await write).changes).toBe(1);
    });

    test("on SQLite, `changeMark` returns another number after each committed change", async () => {
      const marks: (number | undefined)[] = [one.changeMark()];
      if (one.dialect === "postgres") {
        expect(marks).toEqual([undefined]);
        return;
      }
      const expectChange = (changed: boolean) => {
        const mark = one.changeMark();
        expect(marks.includes(mark)).toBe(!changed);
        marks.push(mark);
      };
      expect(await names(one, "bulk-7")).not.toEqual([]);
      expectChange(false);
      await one.run(insertShelf(), ["mark-1", "By itself"]);
      expectChange(true);
      await other.run(insertShelf(), ["mark-2", "By another"]);
      expectChange(true);
      await one.transaction(async (trx) => {
        await trx.deleteFrom("shelves").where("id", "=", "mark-1").execute();
        expectChange(false);
      });
      expectChange(true);
      await one
        .transaction(async (trx) => {
          await trx.deleteFrom("shelves").where("id", "=", "mark-2").execute();
          throw new Error("never mind");
        })
        .catch(() => {});
      expectChange(false);
      expect(marks.includes(other.changeMark())).toBe(false);
    });

    test("`explain` distinguishes look-ups from table scans", async () => {
      const byId = await one.explain(`select "name" from "shelves" where "id" = ${bind(1)}`, ["x"]);
      expect(byId).toMatchObject({ reach: "lookups", scanned: [] });
      const all = await one.explain(`select "name" from "shelves" as "s" where "name" like ${bind(1)}`, [
        "%x",
      ]);
      expect(all).toMatchObject({ reach: "scan", scanned: ["s"] });
      const wrong = await one
        .explain('select "shelves"."nothing" from "shelves"', [])
        .catch((err: unknown) => err);
      expect(isAppError(wrong, "INTERNAL")).toBe(true);
    });

    test("`close` waits for the running transaction", async () => {
      const [first, second] = await store.open();
      await first.migrate();
      const whole = first.transaction(async (trx) => {
        await trx.insertInto("shelves").values({ id: "last", name: "Last" }).execute();
      });
      await Promise.all([first.close(), first.close()]);
      await whole;
      const late = await Promise.resolve(first.run('select 1 as "x"', [])).catch((err: unknown) => err);
      expect(isAppError(late, "UNAVAILABLE")).toBe(true);
      expect(await names(second, "last")).toEqual(["Last"]);
      await second.close();
    });
  });
}
