// Tests the contract of every provisioner on a real store: the databases of businesses are separate, and a failed
// creation or a deletion leaves nothing behind.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { isAppError } from "../../errors.ts";
import type { BusinessCredentials, BusinessProvisioner, Database } from "./business-provisioner.ts";

export interface ShelfTables {
  shelves: { id: string; name: string };
}

export interface ProvisionerStore extends AsyncDisposable {
  /** Opens a provisioner with the migrations of a folder. All provisioners that are opened here use the same store. */
  open(migrations: string): BusinessProvisioner<ShelfTables>;
  /** Returns the names of all databases, files, branches and roles of businesses in the store. */
  holdings(): Promise<readonly string[]>;
}

const fixtures = join(import.meta.dirname, "fixtures");
export const migrations = join(fixtures, "first");
const laterMigrations = join(fixtures, "later");
const brokenMigrations = join(fixtures, "broken");

const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no error",
    (err: unknown) => err,
  );
const none = async (): Promise<void> => undefined;
export const addShelf = (database: Database<ShelfTables>, id: string): Promise<unknown> =>
  database.kysely.insertInto("shelves").values({ id, name: id }).execute();
const shelvesOf = async (database: Database<ShelfTables>): Promise<readonly string[]> =>
  (await database.kysely.selectFrom("shelves").select("id").orderBy("id").execute()).map(({ id }) => id);

export function businessProvisionerContract(openStore: () => Promise<ProvisionerStore>): void {
  describe("with a provisioner,", () => {
    let store: ProvisionerStore;
    let provisioner: BusinessProvisioner<ShelfTables>;
    const made: BusinessCredentials[] = [];
    const provision = async (businessId = Bun.randomUUIDv7()): Promise<BusinessCredentials> => {
      const credentials = await provisioner.provision(businessId);
      made.push(credentials);
      return credentials;
    };

    beforeAll(async () => {
      store = await openStore();
      provisioner = store.open(migrations);
    }, 60_000);
    afterAll(async () => {
      await provisioner.close();
      await store[Symbol.asyncDispose]();
    }, 60_000);

    test("a business can use a table that the owner of its database creates", async () => {
      const credentials = await provision();
      const owner = await provisioner.openAsOwner(credentials);
      await owner.changeTables(({ trx }) =>
        trx.schema.createTable("labels").addColumn("id", "text").execute(),
      );
      await owner.close();
      const database = await provisioner.open(credentials);
      await database.run(`insert into "labels" ("id") values ('own')`, []);
      expect((await database.run('select "id" from "labels"', [])).rows).toEqual([{ id: "own" }]);
      await database.close();
    }, 60_000);

    test("the database of a new business has the schema and no rows", async () => {
      const credentials = await provision();
      expect(credentials.engine).toBe(provisioner.engine);
      const database = await provisioner.open(credentials);
      expect(await shelvesOf(database)).toEqual([]);
      await addShelf(database, "one");
      await database.close();
      const again = await provisioner.open(JSON.parse(JSON.stringify(credentials)));
      expect(await shelvesOf(again)).toEqual(["one"]);
      await again.close();
    }, 60_000);

    test("rows that one business writes do not appear in another business's database", async () => {
      const [one, other] = await Promise.all([provision(), provision()]);
      const [mine, theirs] = await Promise.all([provisioner.open(one), provisioner.open(other)]);
      await addShelf(mine, "mine");
      expect(await shelvesOf(theirs)).toEqual([]);
      await Promise.all([mine.close(), theirs.close()]);
    }, 60_000);

    test("two provisioners can create databases in a new store at the same time", async () => {
      await using fresh = await openStore();
      const pair = [fresh.open(migrations), fresh.open(migrations)];
      const credentials = await Promise.all(pair.flatMap((one) => [one.provision("a"), one.provision("b")]));
      const databases = await Promise.all(credentials.map((one) => pair[0]!.open(one)));
      for (const [at, database] of databases.entries()) await addShelf(database, `shelf-${at}`);
      expect(await Promise.all(databases.map(shelvesOf))).toEqual([
        ["shelf-0"],
        ["shelf-1"],
        ["shelf-2"],
        ["shelf-3"],
      ]);
      await Promise.all(databases.map((database) => database.close()));
      await Promise.all(pair.map((one) => one.close()));
    }, 60_000);

    test("opening a database with an older schema migrates the database without losing rows", async () => {
      const credentials = await provision();
      const before = await provisioner.open(credentials);
      await addShelf(before, "kept");
      await before.close();
      const later = store.open(laterMigrations);
      const [one, other] = await Promise.all([later.open(credentials), later.open(credentials)]);
      expect(await shelvesOf(one)).toEqual(["kept"]);
      await one.run(`insert into "labels" ("id") values ('new')`, []);
      expect((await other.run(`select "id" from "labels"`, [])).rows).toEqual([{ id: "new" }]);
      await Promise.all([one.close(), other.close()]);
      await later.close();
    }, 60_000);

    test("a copy of a database is independent of later writes to its source", async () => {
      const source = await provision();
      const original = await provisioner.open(source);
      await addShelf(original, "before");
      const copyId = Bun.randomUUIDv7();
      const before = await store.holdings();
      const [credentials] = await Promise.all([
        provisioner.provision(copyId, { source, addTables: none }),
        addShelf(original, "meanwhile"),
      ]);
      const copy = await provisioner.open(credentials);
      expect(await shelvesOf(copy)).toContain("before");
      await addShelf(copy, "of the copy");
      await addShelf(original, "of the source");
      expect(await shelvesOf(original)).toEqual(["before", "meanwhile", "of the source"]);
      expect(await shelvesOf(copy)).not.toContain("of the source");
      const twice = await outcomeOf(addShelf(copy, "before"));
      expect(isAppError(twice, "CONFLICT")).toBe(true);
      const secrets = ({ url, file }: BusinessCredentials) => (url ? new URL(url).password : file);
      expect(secrets(credentials)).not.toBe(secrets(source)!);
      await copy.close();
      await provisioner.dropEvery({ engine: provisioner.engine, businessId: copyId });
      expect(await store.holdings()).toEqual(before);
      expect(await shelvesOf(original)).toContain("of the source");
      await original.close();
    }, 60_000);

    test("copying a missing database fails and leaves nothing behind", async () => {
      const source = await provision();
      await provisioner.drop(source);
      made.pop();
      const before = await store.holdings();
      expect(
        isAppError(
          await outcomeOf(provisioner.provision(Bun.randomUUIDv7(), { source, addTables: none })),
          "UNAVAILABLE",
          "NOT_FOUND",
        ),
      ).toBe(true);
      expect(await store.holdings()).toEqual(before);
    }, 60_000);

    test("a failed call of `provision` leaves nothing behind", async () => {
      const before = await store.holdings();
      const broken = store.open(brokenMigrations);
      expect(await outcomeOf(broken.provision(Bun.randomUUIDv7()))).toBeInstanceOf(Error);
      expect(await store.holdings()).toEqual(before);
      await broken.close();
    }, 60_000);

    test("dropping a database in use deletes everything that belongs to the database", async () => {
      const before = await store.holdings();
      const credentials = await provision();
      const database = await provisioner.open(credentials);
      await addShelf(database, "lost");
      await provisioner.drop(credentials);
      await provisioner.drop(credentials);
      await database.close();
      expect(await store.holdings()).toEqual(before);
      const outcome = await outcomeOf(provisioner.open(credentials));
      expect(isAppError(outcome, "UNAVAILABLE")).toBe(true);
      expect(await store.holdings()).toEqual(before);
    }, 60_000);

    test("`dropEvery` deletes every database of a business and nothing of another business", async () => {
      const { engine } = provisioner;
      const [businessId, other] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
      const kept = await provision(other);
      const before = await store.holdings();
      await provision(businessId);
      await provision(businessId);
      expect((await store.holdings()).length).toBeGreaterThan(before.length);
      await provisioner.dropEvery({ engine, businessId });
      await provisioner.dropEvery({ engine, businessId });
      expect(await store.holdings()).toEqual(before);
      await (await provisioner.open(kept)).close();
    }, 60_000);

    test("credentials of another engine or with a missing field are refused", async () => {
      const engine = provisioner.engine === "sqlite" ? "postgres" : "sqlite";
      for (const credentials of [
        { ...(await provision()), engine },
        { engine: provisioner.engine },
      ] as const) {
        expect(isAppError(await outcomeOf(provisioner.open(credentials)), "INTERNAL")).toBe(true);
        expect(isAppError(await outcomeOf(provisioner.drop(credentials)), "INTERNAL")).toBe(true);
      }
    }, 60_000);

    test("closing a provisioner twice is no error", async () => {
      const other = store.open(migrations);
      await (await other.open(await provision())).close();
      await other.close();
      await other.close();
    }, 60_000);
  });
}
