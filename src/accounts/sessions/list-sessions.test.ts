// Tests the list of a user's sessions.
import { expect, test } from "bun:test";
import { createTestStores } from "../../testing/test-stores.ts";
import { listSessions } from "./list-sessions.ts";

const dayMs = 86_400_000;

test("if a user has more than 200 open sessions, the list still contains the session of the request", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness();
  const [alice, bob] = [await stores.createUser(business), await stores.createUser(business)];
  const nowMs = Date.now();
  const sessions = [alice, bob].flatMap(({ userId }) =>
    Array.from({ length: 205 }, (_, index) => ({
      ...{ id: `${userId}-${index}`, userId, device: null, revokedAt: null, lastUsedAt: null },
      createdAt: new Date(nowMs - index * 1_000).toISOString(),
      expiresAt: new Date(nowMs + dayMs).toISOString(),
    })),
  );
  await stores.deps.databases.use(business.id, ({ kysely }) =>
    kysely.insertInto("sessions").values(sessions).execute(),
  );
  const listed = async (currentId: string | undefined) => {
    const views = await listSessions(stores.deps, alice, currentId);
    return { ids: views.map(({ id }) => id), current: views.filter(({ isCurrent }) => isCurrent) };
  };
  const newest = Array.from({ length: 200 }, (_, index) => `${alice.userId}-${index}`);
  const oldest = `${alice.userId}-204`;

  expect((await listed(newest[3])).ids).toEqual(newest);
  const withOldest = await listed(oldest);
  expect(withOldest.current).toMatchObject([{ id: oldest }]);
  expect(withOldest.ids).toEqual([...newest.slice(0, 199), oldest]);
  for (const currentId of [undefined, `${bob.userId}-204`])
    expect(await listed(currentId)).toEqual({ ids: newest, current: [] });
});
