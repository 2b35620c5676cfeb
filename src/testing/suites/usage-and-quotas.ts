// Defines the tests of usage and quotas. These tests run on each database engine.
import { expect, test } from "bun:test";
import type { UserCaller } from "../../accounts/caller.ts";
import { changeBusiness } from "../../businesses/lifecycle/change-business.ts";
import type { Quotas } from "../../businesses/limits/quotas.ts";
import { isAppError } from "../../errors.ts";
import { cancelGeneration } from "../../generations/cancel-generation.ts";
import { deleteThing } from "../../library/trash/delete-thing.ts";
import { purgeNow } from "../../library/trash/purge-now.ts";
import { createLiveUsage } from "../../usage/live-usage.ts";
import { readLimits } from "../../usage/read-limits.ts";
import { readUsage } from "../../usage/read-usage.ts";
import { listDeliveries } from "../../webhooks/deliveries.ts";
import { createEndpoint } from "../../webhooks/endpoints.ts";
import { createScriptedGenerator } from "../sound/scripted-generator.ts";
import { codeOf, createStudio, type Studio } from "../studio.ts";

const today = () => new Date().toISOString().slice(0, 10);

const setQuotas = ({ deps, business }: Studio, quotas: Quotas) =>
  changeBusiness(deps, "test", business.slug, { limits: { quotas } });

const usageOf = async ({ deps, business }: Studio, search = {}) =>
  (await readUsage(deps, business.id, search)).items;

const refusalOf = async (work: Promise<unknown>) => {
  const err = await work.catch((reason: unknown) => reason);
  if (isAppError(err, "QUOTA_REACHED")) return err;
  throw new Error(`The request was not refused because of a quota: ${String(err)}`);
};

async function createGuest({ deps, business }: Studio): Promise<UserCaller> {
  const userId = crypto.randomUUID();
  const row = { id: userId, kind: "guest", createdAt: new Date().toISOString() } as const;
  await deps.databases.use(business.id, ({ kysely }) => kysely.insertInto("users").values(row).execute());
  return { kind: "user", businessId: business.id, userId };
}

export function defineUsageTests(environment: () => Record<string, string>): void {
  const open = () => createStudio(environment());

  test("a generation that has not failed is counted for its user and in the total", async () => {
    await using studio = await open();
    const { deps, alice, bob, otherAlice } = studio;
    const made = await studio.make({ durationSeconds: 30 });
    await studio.make({ durationSeconds: 30 }, bob);
    await studio.make({}, otherAlice);
    const failing = await studio.start();
    const beforeChunk = () => Promise.reject(new Error("broken"));
    await studio.run(failing, { generator: createScriptedGenerator({ beforeChunk }) });
    const cancelled = await studio.start();
    await cancelGeneration(deps, alice, cancelled.requestId);
    await cancelGeneration(deps, alice, cancelled.requestId);
    const all = await usageOf(studio);
    expect(all).toEqual([
      {
        ...{ day: today(), userId: null, generations: 3, seconds: expect.any(Number) },
        ...{ storedBytes: 10_000, servedBytes: 0, queries: 0 },
      },
    ]);
    const each = await usageOf(studio, { byUser: true });
    expect(each.map(({ userId, generations }) => [userId, generations])).toEqual([
      ["alice", 2],
      ["bob", 1],
    ]);
    expect(each.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(all[0]!.seconds, 1);
    expect(await usageOf(studio, { userId: "bob" })).toMatchObject([{ userId: "bob", generations: 1 }]);
    await deleteThing(deps, alice, { kind: "track", id: made.trackId });
    await purgeNow(deps, alice, { kind: "track", id: made.trackId });
    expect(await usageOf(studio)).toEqual(all);
  });

  test("parallel requests of a user can't exceed the user's quota", async () => {
    await using studio = await open();
    await setQuotas(studio, { user: { generations: { day: 3 } } });
    const tried = await Promise.allSettled(Array.from({ length: 12 }, () => studio.start()));
    expect(tried.filter(({ status }) => status === "fulfilled").length).toBe(3);
    const refusal = await refusalOf(studio.start());
    expect(refusal.publicMessage).toBe("You have used 3 of 3 pieces today.");
    expect(refusal.hint).toMatch(/^The count starts again at \d{4}-\d\d-\d\d 00:00 UTC\.$/);
    expect(refusal.retryAfterSeconds).toBeGreaterThan(0);
    expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(86_400);
    expect(refusal.details).toMatchObject({ metric: "generations", per: "day", limit: 3, used: 3 });
    expect(await usageOf(studio)).toMatchObject([{ generations: 3 }]);
    await studio.start({}, studio.bob);
    await studio.start({}, studio.otherAlice);
  });

  test("parallel requests of many users can't exceed the quota of their business", async () => {
    await using studio = await open();
    await setQuotas(studio, { business: { generations: { month: 4 } } });
    const callers = [studio.alice, studio.bob, await createGuest(studio), await createGuest(studio)];
    const tried = await Promise.allSettled(
      callers.flatMap((caller) => Array.from({ length: 3 }, () => studio.start({}, caller))),
    );
    expect(tried.filter(({ status }) => status === "fulfilled").length).toBe(4);
    const refusal = await refusalOf(studio.start());
    expect(refusal.publicMessage).toBe("This business has used 4 of 4 pieces this month.");
  });

  test("the seconds of a piece count towards the quota until the piece is cancelled", async () => {
    await using studio = await open();
    await setQuotas(studio, { user: { seconds: { day: 100 } } });
    const first = await studio.start({ durationSeconds: 60 });
    const refusal = await refusalOf(studio.start({ durationSeconds: 60 }));
    expect(refusal.publicMessage).toBe(
      "You have used 60 of 100 seconds of music today, and this request needs 60.",
    );
    await cancelGeneration(studio.deps, studio.alice, first.requestId);
    await studio.start({ durationSeconds: 60 });
  });

  test("guests and other users have separate quotas", async () => {
    await using studio = await open();
    const { deps, alice } = studio;
    await setQuotas(studio, { user: { generations: { day: 10 } }, guest: { generations: { day: 1 } } });
    const guest = await createGuest(studio);
    await studio.start({}, guest);
    await refusalOf(studio.start({}, guest));
    for (let count = 0; count < 3; count++) await studio.start({ idempotencyKey: "once" });
    const business = (await deps.registry.findById(alice.businessId))!;
    expect(await readLimits(deps, business, alice)).toEqual([
      {
        ...{ of: "user", metric: "generations", per: "day", limit: 10, used: 1, left: 9 },
        resetsAt: expect.stringMatching(/T00:00:00\.000Z$/),
      },
    ]);
    expect(await readLimits(deps, business, guest)).toMatchObject([{ limit: 1, used: 1, left: 0 }]);
    await setQuotas(studio, { guest: { generations: { day: null } } });
    await studio.start({}, guest);
  });

  test("when a quota is reached, the business's servers are notified once per day for this quota", async () => {
    await using studio = await open();
    const { deps, business } = studio;
    await createEndpoint(deps, business, { url: "https://8.8.8.8/events" });
    await setQuotas(studio, { user: { generations: { day: 2 }, seconds: { day: 1_000 } } });
    for (let count = 0; count < 5; count++) await studio.start().catch(() => undefined);
    const told = async () =>
      (await listDeliveries(deps, business.id, { limit: 50 })).filter(({ type }) => type === "quota.reached");
    expect(await told()).toMatchObject([
      { data: { of: "user", userId: "alice", metric: "generations", per: "day", limit: 2, used: 2 } },
    ]);
    await setQuotas(studio, { user: { generations: { day: null } } });
    await codeOf(studio.start({ durationSeconds: 600 }));
    expect(await codeOf(studio.start({ durationSeconds: 600 }))).toBe("QUOTA_REACHED");
    expect(await codeOf(studio.start({ durationSeconds: 600 }))).toBe("QUOTA_REACHED");
    expect((await told()).map(({ data }) => (data as { metric: string }).metric).toSorted()).toEqual([
      "generations",
      "seconds",
    ]);
  });

  test("after a flush has stored the counts, calls over the quota are refused", async () => {
    await using studio = await open();
    const { deps, alice, bob, otherAlice } = studio;
    await setQuotas(studio, { user: { queries: { day: 5 } }, business: { servedBytes: { day: 1_000 } } });
    const usage = createLiveUsage(deps, 3_600_000);
    for (let count = 0; count < 5; count++) usage.countQuery(alice);
    usage.countQuery({ kind: "business", businessId: alice.businessId, keyId: "key" });
    usage.countServed(alice.businessId, "bob", 1_500);
    await usage.flush();
    expect(await usageOf(studio, { byUser: true })).toMatchObject([
      { userId: "(business)", queries: 1, servedBytes: 0 },
      { userId: "alice", queries: 5, servedBytes: 0 },
      { userId: "bob", queries: 0, servedBytes: 1_500 },
    ]);
    expect(await usageOf(studio)).toMatchObject([{ queries: 6, servedBytes: 1_500 }]);
    expect(() => usage.countQuery(alice)).toThrow("You have used 5 of 5 queries today.");
    usage.countQuery(bob);
    usage.countQuery(otherAlice);
    const served = "This business has used 1,500 of 1,000 bytes of music heard or downloaded today.";
    expect(() => usage.refuseServing(alice.businessId, "alice")).toThrow(served);
    usage.refuseServing(otherAlice.businessId, "alice");
    await usage.flush();
    expect(() => usage.countQuery(alice)).toThrow("You have used 5 of 5 queries today.");
    await setQuotas(studio, { user: { queries: { day: 6 } } });
    await usage.flush();
    usage.countQuery(alice);
    await usage.close();
    expect(await usageOf(studio)).toMatchObject([{ queries: 8 }]);
  });

  test("on SQLite, counts are stored in an unchanged database only if a quota needs the counts", async () => {
    await using studio = await open();
    const { deps, alice } = studio;
    const usage = createLiveUsage(deps, 3_600_000);
    const countOne = async () => {
      usage.countQuery(alice);
      await usage.flushDue();
      const [row] = await usageOf(studio);
      return row?.queries;
    };
    const mark = () => deps.databases.use(alice.businessId, (database) => database.changeMark());
    expect(await countOne()).toBe(1);
    const before = await mark();
    // On SQLite, each commit changes the change mark of the database, and Rondo then discards its cached responses. So
    // a flush doesn't commit counts to a database that has not changed otherwise. An engine that is reached over a
    // network has no change mark. For such an engine, Rondo caches no responses, and each flush stores the counts.
    expect(await countOne()).toBe(before === undefined ? 2 : 1);
    expect(await mark()).toBe(before);
    await studio.start();
    expect(await countOne()).toBe(3);
    await setQuotas(studio, { user: { queries: { day: 100 } } });
    expect(await countOne()).toBe(4);
    await usage.close();
  });
}
