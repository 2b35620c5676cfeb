// Tests businesses as branches of a Neon project, with the settings of a deployment and a stand-in
// for Neon.
import { expect, test } from "bun:test";
import { startGeneration } from "../../generations/start-generation.ts";
import { startNeonStandIn } from "../../testing/servers/neon/neon-stand-in.ts";
import { postgresPrograms } from "../../testing/servers/postgres/postgres-server.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { createBusiness } from "./create-business.ts";

const programs = postgresPrograms();

test.skipIf(programs === undefined)(
  "on Neon, each business has a branch with its own data",
  async () => {
    await using neon = await startNeonStandIn();
    await using stores = await createTestStores({
      RONDO_BUSINESS_URL: `neon:${neon.projectId}`,
      RONDO_NEON_API_KEY: neon.apiKey,
      RONDO_NEON_API_URL: neon.apiUrl,
    });
    const [one, two] = [await stores.createBusiness("one"), await stores.createBusiness("two")];
    expect(one.engine).toBe("neon");
    const alice = await stores.createUser(one, "alice");
    const deps = { ...stores.deps, streams: stores.deps.chunkStore };
    const input = { prompt: "a quiet piano", durationSeconds: 30, idempotencyKey: "once" };
    const started = await startGeneration(deps, alice, input);
    expect(await startGeneration(deps, alice, input)).toEqual(started);
    const usersOf = (id: string) =>
      stores.deps.databases.use(id, (database) => database.kysely.selectFrom("users").select("id").execute());
    expect(await usersOf(one.id)).toEqual([{ id: "alice" }]);
    expect(await usersOf(two.id)).toEqual([]);

    const before = neon.branchNames();
    const twice = [1, 2].map(() => createBusiness(stores.deps, "test", { slug: "wanted" }));
    const outcomes = await Promise.allSettled(twice);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(neon.branchNames()).toHaveLength(before.length + 1);
  },
  120_000,
);
