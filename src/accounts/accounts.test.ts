import { expect, test } from "bun:test";
import { SignJWT } from "jose";
import { createTestStores } from "../testing/test-stores.ts";
import { createAuthenticator } from "./authenticate.ts";
import { createGuest } from "./sign-in/guests.ts";
import { signLink, verifyLink } from "./links.ts";
import { mintToken } from "./tokens.ts";
import { createUserToken, readAccount } from "./users.ts";

const bearer = (token: string) => ({ authorization: `Bearer ${token}`, session: undefined });
const cookie = (session: string) => ({ authorization: undefined, session });

const outcome = async (work: unknown) => {
  try {
    return await work;
  } catch (err) {
    return (err as { code?: string }).code;
  }
};

test("a new guest is authenticated as a user, both by the cookie and by the token", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness("demo");
  const authenticate = createAuthenticator(stores.deps);
  const guest = await createGuest(stores.deps, { business: "demo" });
  const caller = { kind: "user" as const, businessId: business.id, userId: guest.token.userId };
  expect(await authenticate(cookie(guest.session.cookie))).toEqual(caller);
  expect(await authenticate(bearer(guest.token.token))).toEqual(caller);
  expect(await readAccount(stores.deps, caller)).toMatchObject({ kind: "guest", business: "demo" });
});

test("creating a guest in a business that doesn't exist fails with NOT_FOUND", async () => {
  await using stores = await createTestStores();
  expect(await outcome(createGuest(stores.deps, { business: "nobody" }))).toBe("NOT_FOUND");
});

test("the secret of a session is not stored in the database", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness("demo");
  const { session } = await createGuest(stores.deps, { business: "demo" });
  const { rows } = await stores.deps.databases.use(business.id, (database) =>
    database.run("select * from sessions", []),
  );
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(session.cookie.split(".")[1] ?? "");
});

test("a session that was revoked, has expired, or belongs to another business is not accepted", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness("demo");
  await stores.createBusiness("other");
  const revoked = await createGuest(stores.deps, { business: "demo" });
  const expired = await createGuest(stores.deps, { business: "demo" });
  const now = new Date().toISOString();
  await stores.deps.databases.use(business.id, async ({ kysely }) => {
    await kysely
      .updateTable("sessions")
      .set({ revokedAt: now })
      .where("userId", "=", revoked.token.userId)
      .execute();
    await kysely
      .updateTable("sessions")
      .set({ expiresAt: now })
      .where("userId", "=", expired.token.userId)
      .execute();
  });
  const authenticate = createAuthenticator(stores.deps);
  expect(await authenticate(cookie(revoked.session.cookie))).toBeUndefined();
  expect(await authenticate(cookie(expired.session.cookie))).toBeUndefined();
  const living = await createGuest(stores.deps, { business: "demo" });
  expect(await authenticate(cookie(living.session.cookie.replace("demo.", "other.")))).toBeUndefined();
  expect(await authenticate(cookie("demo."))).toBeUndefined();
  expect(await authenticate(cookie(""))).toBeUndefined();
});

test("a business can issue tokens for the id of a user who does not exist yet", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness();
  const keyHolder = { kind: "business" as const, businessId: business.id, keyId: "k" };
  const input = { userId: "alice@example.com", expiresInSeconds: 60 };
  const first = await createUserToken(stores.deps, keyHolder, input);
  const again = await createUserToken(stores.deps, keyHolder, input);
  const authenticate = createAuthenticator(stores.deps);
  for (const { token } of [first, again]) {
    expect(await authenticate(bearer(token))).toEqual({
      kind: "user",
      businessId: business.id,
      userId: "alice@example.com",
    });
  }
});

test("a token that is expired, altered, unsigned or wrongly signed is refused", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness();
  const other = await stores.createBusiness();
  const authenticate = createAuthenticator(stores.deps);
  const user = await stores.createUser(business, "alice");
  const origin = { keyId: "test", userKind: "external" };
  const good = (await mintToken(business, user.userId, 60, origin)).token;
  const sign = (algorithm: string, key: Uint8Array) =>
    new SignJWT({ biz: business.id, key: origin.keyId, kind: origin.userKind })
      .setProtectedHeader({ alg: algorithm })
      .setSubject("alice")
      .setExpirationTime("1h")
      .sign(key);
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${good.split(".")[1]}.`;
  const bad = [
    (await mintToken(business, "alice", -1, origin)).token,
    `${good.slice(0, -3)}abc`,
    await sign("HS256", other.signing.tokens),
    await sign("HS256", business.signing.links),
    await sign("HS512", new Uint8Array(64).fill(1)),
    unsigned,
    "a.b.c",
    "..",
    "nonsense",
    "rk_nonsense",
  ];
  for (const token of bad)
    expect([token, await outcome(authenticate(bearer(token)))]).toEqual([token, "UNAUTHENTICATED"]);
  expect(await outcome(authenticate({ authorization: `Basic ${good}`, session: undefined }))).toBe(
    "UNAUTHENTICATED",
  );
  expect(await authenticate(bearer(good))).toMatchObject({ userId: "alice" });
});

test("if the verification of a token is cached, the token is still refused after its expiry", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness();
  const authenticate = createAuthenticator(stores.deps);
  await stores.createUser(business, "alice");
  const origin = { keyId: "test", userKind: "external" };
  const { token, expiresAt } = await mintToken(business, "alice", 1, origin);
  expect(await authenticate(bearer(token))).toMatchObject({ userId: "alice" });
  while (Date.now() <= Date.parse(expiresAt)) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await outcome(authenticate(bearer(token)))).toBe("UNAUTHENTICATED");
});

test("the key of a business and the operator's key identify their callers", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness();
  const { id, key } = await stores.deps.keys.create(business.id, "", "test");
  const authenticate = createAuthenticator(stores.deps);
  expect(await authenticate(bearer(key))).toEqual({ kind: "business", businessId: business.id, keyId: id });
  expect(await authenticate(bearer(stores.deps.operatorKey.made ?? ""))).toEqual({ kind: "operator" });
  expect(await authenticate({ authorization: undefined, session: undefined })).toBeUndefined();
});

test("a signed link opens only its own version, for an hour", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness("one");
  await stores.createBusiness("two");
  const { registry } = stores.deps;
  const query = (change: (query: URLSearchParams) => void = () => {}) => {
    const params = new URLSearchParams(signLink(business, "version"));
    change(params);
    return params;
  };
  expect((await verifyLink(registry, "version", query()))?.id).toBe(business.id);
  expect(await verifyLink(registry, "another", query())).toBeUndefined();
  expect(
    await verifyLink(
      registry,
      "version",
      query((q) => q.set("business", "two")),
    ),
  ).toBeUndefined();
  expect(
    await verifyLink(
      registry,
      "version",
      query((q) => q.set("expires", "99999999999")),
    ),
  ).toBeUndefined();
  expect(
    await verifyLink(
      registry,
      "version",
      query((q) => q.set("signature", "AAAA")),
    ),
  ).toBeUndefined();
  expect(
    await verifyLink(
      registry,
      "version",
      query((q) => q.delete("signature")),
    ),
  ).toBeUndefined();
  const old = new URLSearchParams(signLink(business, "version", Date.now() - 2 * 3600_000));
  expect(await verifyLink(registry, "version", old)).toBeUndefined();
});
