// Tests that a moved business can return to its former database, even after newer migrations, after a failed attempt to
// return, or after a failed attempt to delete the former database.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { credentialsContext, moveContext } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import type { BusinessCredentials } from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database as OpenedDatabase } from "../../ports/database/database.ts";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { createTestStores, type TestStores } from "../../testing/test-stores.ts";
import { finishMove, moveBack } from "./end-move.ts";
import { moveBusiness, type MoveDeps } from "./move-business.ts";

setDefaultTimeout(60_000);

/** Statements that undo the migration `store_answers_of_writes`, as if it had never run. */
const undoNewest = [
  'drop table "repeatableWrites"',
  `delete from kysely_migration where name = '202611301000_store_answers_of_writes'`,
];

describe.skipIf(postgresPrograms() === undefined)(
  "when a moved business returns to its former database (skipped where no Postgres is installed),",
  () => {
    let server: PostgresServer;
    let stores: TestStores;

    beforeAll(async () => {
      server = await startPostgresServer();
      stores = await createTestStores();
    });
    afterAll(async () => {
      await stores?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    const openMoveDeps = () => ({
      ...createMoveDeps(stores.config, stores.deps, [{ scheme: "postgres", location: server.adminUrl }]),
      ...{ onEvent: () => {}, announceMs: 0 },
    });

    async function formerOf(businessId: string): Promise<BusinessCredentials> {
      const { credentials } = await stores.deps.control.kysely
        .selectFrom("businessMoves")
        .select("credentials")
        .where("businessId", "=", businessId)
        .executeTakeFirstOrThrow();
      const plain = stores.deps.sealing.open(credentials!, moveContext(businessId));
      return JSON.parse(Buffer.from(plain).toString());
    }

    async function runOnPostgres(url: string, statements: readonly string[]): Promise<void> {
      const { pathname } = new URL(url);
      const sql = new Bun.SQL(Object.assign(new URL(server.superuserUrl), { pathname }).href, { max: 1 });
      for (const text of statements) await sql.unsafe(text);
      await sql.end();
    }

    async function presentOf(businessId: string): Promise<BusinessCredentials> {
      const { credentials } = await stores.deps.control.kysely
        .selectFrom("businesses")
        .select("credentials")
        .where("id", "=", businessId)
        .executeTakeFirstOrThrow();
      const plain = stores.deps.sealing.open(credentials, credentialsContext(businessId));
      return JSON.parse(Buffer.from(plain).toString());
    }

    /**
     * Runs `work` on a new connection to the present database. An older connection can still lead to
     * the former database, because in these tests a move doesn't wait until all processes have
     * noticed it (`announceMs` is 0).
     */
    async function inPresent<T>(
      businessId: string,
      work: (database: Pick<OpenedDatabase<BusinessTables>, "kysely">) => Promise<T>,
    ): Promise<T> {
      const database = await stores.deps.provisioner.open(await presentOf(businessId));
      return work(database).finally(() => database.close());
    }

    const storeAnswer = (businessId: string, id: string) =>
      inPresent(businessId, ({ kysely }) =>
        kysely
          .insertInto("repeatableWrites")
          .values({
            id,
            userId: "alice",
            requestHash: "h",
            answer: "a",
            expiresAt: "2027-01-01T00:00:00.000Z",
          })
          .execute(),
      );
    const setKind = (businessId: string, kind: "member" | "external") =>
      inPresent(businessId, ({ kysely }) => kysely.updateTable("users").set({ kind }).execute());
    const rowsOf = (businessId: string) =>
      inPresent(businessId, async ({ kysely }) => ({
        answers: (await kysely.selectFrom("repeatableWrites").select("id").orderBy("id").execute()).map(
          ({ id }) => id,
        ),
        users: await kysely.selectFrom("users").select("kind").execute(),
      }));

    test("the rows of added and recreated tables are kept", async () => {
      const business = await stores.createBusiness("migrated");
      await stores.createUser(business, "alice");
      const { id } = business;
      const deps: MoveDeps = openMoveDeps();
      await storeAnswer(id, "1");
      await moveBusiness(deps, "test", { slug: "migrated", engine: "postgres" });

      const { file } = await formerOf(id);
      using former = new Database(file);
      for (const text of undoNewest) former.run(text);
      // A table that a migration recreates loses its triggers.
      await runOnPostgres((await presentOf(id)).url!, ["drop trigger rondo_move_log on public.users"]);
      await setKind(id, "member");
      await storeAnswer(id, "2");
      await moveBack(deps, "test", "migrated");
      expect(await rowsOf(id)).toEqual({ answers: ["1", "2"], users: [{ kind: "member" }] });

      await runOnPostgres((await formerOf(id)).url!, undoNewest);
      for (const event of ["insert", "update", "delete"])
        former.run(`drop trigger "rondo_move_log_users_${event}"`);
      await setKind(id, "external");
      await storeAnswer(id, "3");
      await moveBack(openMoveDeps(), "test", "migrated");
      expect(await rowsOf(id)).toEqual({ answers: ["1", "2", "3"], users: [{ kind: "external" }] });
      await finishMove(openMoveDeps(), "migrated");
      await setKind(id, "member");
    });

    test("a failed copy of a new table can be repeated without lost rows", async () => {
      const business = await stores.createBusiness("interrupted");
      await stores.createUser(business, "alice");
      const { id } = business;
      await moveBusiness(openMoveDeps(), "test", { slug: "interrupted", engine: "postgres" });
      {
        using former = new Database((await formerOf(id)).file);
        for (const text of undoNewest) former.run(text);
      }
      await storeAnswer(id, "1");
      const deps = openMoveDeps();
      const openCopy: MoveDeps["openCopy"] = async (credentials) => {
        const copy = await deps.openCopy(credentials);
        const load: typeof copy.writer.load = (table, batches) =>
          table.name === "repeatableWrites"
            ? Promise.reject(new Error("killed"))
            : copy.writer.load(table, batches);
        return { ...copy, writer: { ...copy.writer, load } };
      };
      await expect(moveBack({ ...deps, openCopy }, "test", "interrupted")).rejects.toThrow("killed");
      await storeAnswer(id, "2");
      await moveBack(openMoveDeps(), "test", "interrupted");
      expect((await rowsOf(id)).answers).toEqual(["1", "2"]);
    });

    test("no change is lost if an earlier `--finish` failed", async () => {
      const business = await stores.createBusiness("unfinished");
      await stores.createUser(business, "alice");
      const { id } = business;
      const deps = openMoveDeps();
      await moveBusiness(deps, "test", { slug: "unfinished", engine: "postgres" });
      const drop = () => Promise.reject(new Error("not now"));
      const provisionerOf: MoveDeps["provisionerOf"] = (engine) => ({ ...deps.provisionerOf(engine), drop });
      await expect(finishMove({ ...deps, provisionerOf }, "unfinished")).rejects.toThrow("not now");
      await setKind(id, "member");
      await moveBack(deps, "test", "unfinished");
      expect((await rowsOf(id)).users).toEqual([{ kind: "member" }]);
      await finishMove(deps, "unfinished");
    });
  },
);
