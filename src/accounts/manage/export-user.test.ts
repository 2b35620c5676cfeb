// Tests the export of the data of one user.
import { expect, test } from "bun:test";
import { businessSchema } from "../../businesses/tables/schema.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { createAccountLink } from "../account-links.ts";
import { exportUser } from "./export-user.ts";

test("the export of a user contains no secret and no data of another user", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness();
  const [alice, bob] = [await stores.createUser(business), await stores.createUser(business)];
  const at = (minute: number) => `2026-11-30T10:0${minute}:00.000Z`;
  const loginOf = (userId: string) => ({
    ...{ userId, email: `${userId}@Example.com`, foldedEmail: `${userId}@example.com` },
    ...{ passwordHash: `hash of ${userId}`, createdAt: at(1), emailVerifiedAt: at(2) },
    newEmail: `${userId}-new@example.com`,
  });
  const { userId } = alice;
  const token = await stores.deps.databases.use(business.id, async ({ kysely }) => {
    await kysely
      .insertInto("logins")
      .values([loginOf(userId), loginOf(bob.userId)])
      .execute();
    await kysely
      .insertInto("sessions")
      .values({
        ...{ id: "secret session", userId, device: "Firefox, Linux", lastUsedAt: at(4) },
        ...{ createdAt: at(3), expiresAt: at(9), revokedAt: at(5) },
      })
      .execute();
    await createAccountLink(kysely, business.slug, {
      ...{ userId: bob.userId, purpose: "verify-email", email: "bob" },
    });
    const subject = { userId, purpose: "verify-email", email: "to-verify@example.com" } as const;
    return (await createAccountLink(kysely, business.slug, subject)).token;
  });

  const exported = await exportUser(stores.deps, business.id, userId);
  expect(exported).toMatchObject({
    ...{ userId, email: `${userId}@Example.com`, newEmail: `${userId}-new@example.com` },
    ...{ signedUpAt: at(1), emailVerifiedAt: at(2) },
    accountLinks: [{ purpose: "verify-email", email: "to-verify@example.com" }],
    sessions: [{ createdAt: at(3), revokedAt: at(5), device: "Firefox, Linux" }],
  });
  const text = JSON.stringify(exported);
  const { id } = await stores.deps.databases.use(business.id, ({ kysely }) =>
    kysely
      .selectFrom("rondoAccountLinks")
      .select("id")
      .where("userId", "=", userId)
      .executeTakeFirstOrThrow(),
  );
  for (const hidden of [`hash of ${userId}`, "secret session", id, token, bob.userId])
    expect(text).not.toContain(hidden);

  const guest = await stores.createUser(business);
  expect(await exportUser(stores.deps, business.id, guest.userId)).toMatchObject({
    ...{ email: null, newEmail: null, signedUpAt: null, emailVerifiedAt: null, accountLinks: [] },
  });
});

test("each column of an internal table with a `userId` is listed as exported or as omitted", () => {
  const decided = {
    sessions: {
      exported: ["createdAt", "expiresAt", "revokedAt", "device", "lastUsedAt"],
      leftOut: ["id", "userId"],
    },
    logins: {
      exported: ["email", "createdAt", "emailVerifiedAt", "newEmail"],
      leftOut: ["userId", "foldedEmail", "passwordHash"],
    },
    rondoAccountLinks: {
      exported: ["purpose", "email", "createdAt", "expiresAt"],
      leftOut: ["id", "userId"],
    },
    // Each row is a copy of an answer that the user has already received, and is deleted after a day.
    repeatableWrites: { exported: [], leftOut: ["id", "userId", "requestHash", "answer", "expiresAt"] },
    usageCounts: {
      exported: ["day", "userId", "generations", "soundMs", "storedBytes", "servedBytes", "queries"],
      leftOut: [],
    },
  };
  const columnsOf = (entries: readonly (readonly [string, readonly string[]])[]) =>
    Object.fromEntries(entries.map(([name, columns]) => [name, columns.toSorted()]));
  const internal = Object.entries(businessSchema).flatMap(([name, { access, columns }]) =>
    access === "internal" && "userId" in columns ? [[name, Object.keys(columns)] as const] : [],
  );
  expect(columnsOf(internal)).toEqual(
    columnsOf(
      Object.entries(decided).map(([name, { exported, leftOut }]) => [name, [...exported, ...leftOut]]),
    ),
  );
});
