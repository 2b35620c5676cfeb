import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { resumeWrites } from "./resume-writes.ts";

test("if a command ends an interrupted move before the sweep takes the move over, the sweep stores no record of it", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness("acme");
  const moves = createMoveDeps(stores.config, stores.deps, []);
  const { kysely } = stores.deps.control;
  const longAgo = "2026-01-01T00:00:00.000Z";
  await kysely
    .insertInto("businessMoves")
    .values({
      ...{ businessId: business.id, step: "copying", engine: "sqlite", credentials: null, copied: "[]" },
      ...{ holder: "killed", heldUntil: longAgo, changedAt: longAgo },
    })
    .execute();
  const sealing = {
    ...moves.sealing,
    // The sweep opens the credentials of the business just before it takes the move over.
    open(...sealed: Parameters<typeof moves.sealing.open>) {
      using control = new Database(stores.config.controlUrl.location);
      control.run('delete from "businessMoves"');
      return moves.sealing.open(...sealed);
    },
  };
  const resumed: string[] = [];
  await resumeWrites({ ...moves, sealing }, Date.now(), (slug) => resumed.push(slug));
  expect(resumed).toEqual([]);
  expect(await kysely.selectFrom("businessMoves").select("step").execute()).toEqual([]);
  await moves.close();
});
