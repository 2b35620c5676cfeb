// Tests what a move leaves behind if it fails while the control database refuses the record of the move.
import { expect, test } from "bun:test";
import { sql } from "kysely";
import { moveContext } from "../../businesses/databases/open-databases.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { createTestStores, type TestStores } from "../../testing/test-stores.ts";
import { moveBack } from "./end-move.ts";
import { moveBusiness } from "./move-business.ts";

/** Creates a business, and dependencies whose provisioner only records its calls and creates nothing. */
async function createMoving(stores: TestStores) {
  const business = await stores.createBusiness("acme");
  const moves = createMoveDeps(stores.config, stores.deps, []);
  const calls: string[] = [];
  const provisionerOf = () => ({
    ...moves.provisionerOf("sqlite"),
    async provision() {
      calls.push("provision");
      return { engine: "postgres", url: "postgres://127.0.0.1/acme" } as never;
    },
    async drop() {
      calls.push("drop");
    },
    async dropEvery() {
      calls.push("dropEvery");
    },
  });
  const { kysely } = stores.deps.control;
  return {
    business,
    calls,
    deps: { ...moves, provisionerOf, onEvent: () => undefined },
    refuseUpdates: (column: string) =>
      sql`create trigger "refuse" before update of ${sql.ref(column)} on "businessMoves" begin select raise(abort, 'refused'); end`.execute(
        kysely,
      ),
    records: () => kysely.selectFrom("businessMoves").select("step").execute(),
    [Symbol.asyncDispose]: () => moves.close(),
  };
}

test("if the credentials of the new database can't be recorded, the failed move deletes the new database", async () => {
  await using stores = await createTestStores();
  await using moving = await createMoving(stores);
  await moving.refuseUpdates("credentials");
  const move = moveBusiness(moving.deps, "the test", { slug: "acme", engine: "postgres" });
  await expect(move).rejects.toMatchObject({ code: "CONFLICT" });
  expect(moving.calls).toEqual(["dropEvery", "provision", "drop"]);
  expect(await moving.records()).toEqual([]);
});

test("a move that waited for another command deletes no database if the other command has moved the business", async () => {
  await using stores = await createTestStores();
  await using moving = await createMoving(stores);
  const { kysely } = stores.deps.control;
  const heldUntil = new Date(Date.now() + 1_000).toISOString();
  await kysely
    .insertInto("businessMoves")
    .values({
      ...{ businessId: moving.business.id, step: "copying", engine: "postgres", copied: "[]" },
      ...{ credentials: null, holder: "another command", heldUntil, changedAt: "2026-11-30T00:00:00.000Z" },
    })
    .execute();
  const move = moveBusiness(moving.deps, "the test", { slug: "acme", engine: "postgres" });
  await Bun.sleep(300);
  await kysely.updateTable("businesses").set({ engine: "postgres" }).where("slug", "=", "acme").execute();
  await kysely.deleteFrom("businessMoves").execute();
  await expect(move).rejects.toMatchObject({ code: "CONFLICT" });
  expect(moving.calls).toEqual([]);
  expect(await moving.records()).toEqual([]);
});

test("if a move back fails and its record can't be changed, the error contains both errors", async () => {
  await using stores = await createTestStores();
  await using moving = await createMoving(stores);
  const { control, sealing } = stores.deps;
  const former = Buffer.from(JSON.stringify({ engine: "postgres", url: "postgres://127.0.0.1/acme" }));
  await control.kysely
    .insertInto("businessMoves")
    .values({
      ...{ businessId: moving.business.id, step: "returning", engine: "postgres", copied: "[]" },
      ...{ credentials: sealing.seal(former, moveContext(moving.business.id)) },
      ...{ holder: "", heldUntil: "2026-11-30T00:00:00.000Z", changedAt: "2026-11-30T00:00:00.000Z" },
    })
    .execute();
  await moving.refuseUpdates("step");
  const away = new Error("the server is away");
  const deps = { ...moving.deps, openCopy: () => Promise.reject(away) };
  const outcome = await moveBack(deps, "the test", "acme").catch((err: unknown) => err);
  expect(outcome).toMatchObject({ code: "UNAVAILABLE", cause: { errors: [away, { code: "CONFLICT" }] } });
  expect(await moving.records()).toEqual([{ step: "returning" }]);
});
