// Tests what `cancelMove` and `finishMove` do if another command changes or removes the move at the same time.
import { expect, test } from "bun:test";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { cancelMove, finishMove } from "./end-move.ts";

/**
 * Creates a move that has reached `step`, and that another command has locked for a second. Then calls `end`, which
 * waits until the lock expires. During the wait, the other command makes the change `meanwhile`.
 */
async function endWhileHeld(
  step: "copying" | "switched",
  end: typeof cancelMove,
  meanwhile: "another step" | "the move is removed",
) {
  await using stores = await createTestStores();
  const business = await stores.createBusiness("acme");
  const moves = createMoveDeps(stores.config, stores.deps, []);
  const { kysely } = stores.deps.control;
  const soon = () => new Date(Date.now() + 1_000).toISOString();
  await kysely
    .insertInto("businessMoves")
    .values({
      ...{ businessId: business.id, step, engine: "sqlite", credentials: null, copied: "[]" },
      ...{ holder: "another command", heldUntil: soon(), changedAt: "2026-11-30T00:00:00.000Z" },
    })
    .execute();
  const dropped: string[] = [];
  const provisionerOf: typeof moves.provisionerOf = (engine) => ({
    ...moves.provisionerOf(engine),
    drop: async () => void dropped.push("drop"),
    dropEvery: async () => void dropped.push("dropEvery"),
  });
  const ending = end({ ...moves, provisionerOf, onEvent: () => undefined }, "acme").catch(
    (err: unknown) => err,
  );
  await Bun.sleep(300);
  if (meanwhile === "another step")
    await kysely.updateTable("businessMoves").set({ step: "switched", changedAt: soon() }).execute();
  else await kysely.deleteFrom("businessMoves").execute();
  const outcome = await ending;
  const left = await kysely.selectFrom("businessMoves").select("step").execute();
  await moves.close();
  return { outcome, dropped, left };
}

test("if another command switches the business meanwhile, a waiting cancellation deletes no database", async () => {
  const { outcome, dropped, left } = await endWhileHeld("copying", cancelMove, "another step");
  expect(outcome).toMatchObject({
    code: "CONFLICT",
    publicMessage: "Another command has changed this move meanwhile.",
  });
  expect(dropped).toEqual([]);
  expect(left).toEqual([{ step: "switched" }]);
});

test.each([
  ["copying", cancelMove],
  ["switched", finishMove],
] as const)(
  "if another command removes a move at the step %s, a waiting command deletes no database",
  async (step, end) => {
    const { outcome, dropped, left } = await endWhileHeld(step, end, "the move is removed");
    expect(outcome).toMatchObject({ code: "CONFLICT" });
    expect(dropped).toEqual([]);
    expect(left).toEqual([]);
  },
);
