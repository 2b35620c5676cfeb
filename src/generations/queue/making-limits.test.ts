// Tests the limits of queued and running generations, the limit of a guest's minutes, and the queue
// positions. A refusal contains the time after which the client can retry.
import { expect, test } from "bun:test";
import type { UserCaller } from "../../accounts/caller.ts";
import { AppError } from "../../errors.ts";
import { createStudio, type Studio } from "../../testing/studio.ts";
import { readGeneration } from "../read-generation.ts";

async function createGuest(studio: Studio, businessId = studio.business.id): Promise<UserCaller> {
  const userId = crypto.randomUUID();
  await studio.deps.databases.use(businessId, (database) =>
    database.kysely
      .insertInto("users")
      .values({ id: userId, kind: "guest", createdAt: new Date().toISOString() })
      .execute(),
  );
  return { kind: "user", businessId, userId };
}

const refusalOf = async (work: Promise<unknown>): Promise<AppError> => {
  const err = await work.then(
    () => new Error("it was accepted"),
    (reason: unknown) => reason,
  );
  if (err instanceof AppError) return err;
  throw err;
};

test("guests with the same address share a limit of pieces", async () => {
  await using studio = await createStudio({ RONDO_LIMIT_ADDRESS_PIECES: "4" });
  const address = "203.0.113.7";
  for (let guest = 0; guest < 2; guest++) {
    const caller = await createGuest(studio);
    for (let piece = 0; piece < 2; piece++) await studio.start({ address }, caller);
  }
  const refusal = await refusalOf(studio.start({ address }, await createGuest(studio)));
  expect(refusal).toMatchObject({ code: "TOO_MANY_REQUESTS", retryAfterSeconds: 10 });
  expect(refusal.publicMessage).toContain("your address");

  await studio.start({ address: "203.0.113.8" }, await createGuest(studio));
  await studio.start({ address }, studio.alice);
  await studio.start({ address }, await createGuest(studio, studio.otherAlice.businessId));
});

test("a guest's address is stored as a hash that differs between businesses", async () => {
  await using studio = await createStudio();
  const address = "203.0.113.7";
  await studio.start({ address }, await createGuest(studio));
  await studio.start({ address }, await createGuest(studio, studio.otherAlice.businessId));
  const noted = await Promise.all(
    [studio.business.id, studio.otherAlice.businessId].map((id) =>
      studio.deps.databases.use(id, ({ kysely }) =>
        kysely.selectFrom("generationOrigins").selectAll().execute(),
      ),
    ),
  );
  const hashes = noted.flat().map((row) => row.address);
  expect(new Set(hashes).size).toBe(2);
  expect(hashes.join()).not.toContain("203");
});

test("a request to a business at its limit of pieces is refused with a retry time", async () => {
  await using studio = await createStudio({ RONDO_LIMIT_BUSINESS_PIECES: "3" });
  for (let piece = 0; piece < 3; piece++) await studio.start();
  const refusal = await refusalOf(studio.start({}, studio.bob));
  expect(refusal).toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 15 });
  await studio.start({}, studio.otherAlice);
});

test("a piece longer than a guest's remaining minutes is refused", async () => {
  await using studio = await createStudio({ RONDO_LIMIT_GUEST_MINUTES: "12/1d" });
  const guest = await createGuest(studio);
  await studio.start({ durationSeconds: 600 }, guest);
  const refusal = await refusalOf(studio.start({ durationSeconds: 300 }, guest));
  expect(refusal.code).toBe("TOO_MANY_REQUESTS");
  expect(refusal.publicMessage).toBe("A guest can make 12 minutes of music a day; 2 of them are left.");
  expect(refusal.hint).toMatch(
    /^Choose a shorter piece, or sign up to go on now\. More is possible from \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
  );
  expect(refusal.retryAfterSeconds).toBeGreaterThan(86_000);
  await studio.start({ durationSeconds: 120 }, guest);
  for (let piece = 0; piece < 3; piece++) await studio.start({ durationSeconds: 600 });
});

test("a queued piece reports its position and its estimated wait", async () => {
  await using studio = await createStudio();
  const pieces = [];
  for (let piece = 0; piece < 5; piece++) pieces.push(await studio.start());
  const late = await studio.start({}, studio.bob);
  const placeOf = async ({ requestId }: { requestId: string }, caller = studio.alice) =>
    (await readGeneration(studio.deps, caller, requestId)).queue;
  expect((await placeOf(pieces[0]!))?.place).toBe(1);
  expect((await placeOf(late, studio.bob))?.place).toBe(2);
  expect((await placeOf(pieces[4]!))?.place).toBe(6);
  expect((await placeOf(late, studio.bob))?.seconds).toBeGreaterThanOrEqual(1);
  await studio.run(late, { caller: studio.bob });
  expect(await placeOf(late, studio.bob)).toBeNull();
});

test("pieces with a time in the future don't count towards a guest's limit of minutes", async () => {
  await using studio = await createStudio({ RONDO_LIMIT_GUEST_MINUTES: "1/1d" });
  const guest = await createGuest(studio);
  await studio.start({ durationSeconds: 60 }, guest);
  await refusalOf(studio.start({ durationSeconds: 60 }, guest));
  const createdAt = new Date(Date.now() + 40 * 86_400_000).toISOString();
  await studio.deps.databases.use(studio.business.id, (database) =>
    database.kysely.updateTable("generations").set({ createdAt }).execute(),
  );
  await studio.start({ durationSeconds: 60 }, guest);
});
