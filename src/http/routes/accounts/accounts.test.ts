// Tests accounts over HTTP: the cookies, and the fields that are accepted.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createTestApiDeps } from "../../../testing/test-api-deps.ts";
import { createTestStores } from "../../../testing/test-stores.ts";

setDefaultTimeout(60_000);

async function createHouse(environment: Record<string, string> = {}) {
  const stores = await createTestStores(environment);
  const deps = await createTestApiDeps(stores.config);
  const app = createApp(deps);
  await stores.createBusiness("demo");
  await stores.createBusiness("other");
  return {
    async call(
      method: string,
      path: string,
      { json, cookie, headers: given }: { json?: unknown; cookie?: string; headers?: HeadersInit } = {},
    ) {
      const headers = new Headers(given);
      if (json !== undefined) headers.set("content-type", "application/json");
      if (cookie !== undefined) headers.set("cookie", cookie);
      const body = json === undefined ? null : JSON.stringify(json);
      const res = await app.request(`https://rondo.test/v1/${path}`, { method, headers, body });
      const text = await res.text();
      const set = res.headers.get("set-cookie") ?? "";
      return {
        status: res.status,
        set,
        headers: res.headers,
        cookie: set.split(";")[0]!,
        body: text === "" ? undefined : JSON.parse(text),
      };
    },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

const login = { business: "demo", email: "ada@example.com", password: "long enough" };

test("a guest stays the same user after sign-up, sign-out and sign-in", async () => {
  await using house = await createHouse();
  const guest = await house.call("POST", "accounts/guest", { json: { business: "demo" } });
  const up = await house.call("POST", "accounts/sign-up", { json: login, cookie: guest.cookie });
  expect([up.status, up.body.userId]).toEqual([201, guest.body.userId]);
  for (const part of ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"]) expect(up.set).toContain(part);
  expect(up.cookie).not.toBe(guest.cookie);
  const me = await house.call("GET", "accounts/me", { cookie: up.cookie });
  expect(me.body).toMatchObject({ userId: guest.body.userId, kind: "member", email: "ada@example.com" });

  const out = await house.call("POST", "accounts/sign-out", { cookie: up.cookie });
  expect([out.status, out.body]).toEqual([204, undefined]);
  expect(out.set).toMatch(/^rondo_session=; Max-Age=0/);
  for (const { cookie } of [guest, up])
    expect((await house.call("GET", "accounts/me", { cookie })).status).toBe(401);

  const back = await house.call("POST", "accounts/sign-in", { json: login });
  expect([back.status, back.body.userId]).toEqual([200, guest.body.userId]);
  expect(back.cookie).not.toBe(up.cookie);
});

test("a session does not expire before its cookie", async () => {
  await using house = await createHouse();
  const before = Date.now();
  const guest = await house.call("POST", "accounts/guest", { json: { business: "demo" } });
  const up = await house.call("POST", "accounts/sign-up", { json: login, cookie: guest.cookie });
  const back = await house.call("POST", "accounts/sign-in", { json: login });
  for (const { body, set } of [guest, up, back]) {
    const seconds = Number(/Max-Age=(\d+)/.exec(set)?.[1]);
    expect(Date.parse(body.expiresAt)).toBeLessThan(before + 3_700_000);
    expect(Date.parse(body.sessionExpiresAt)).toBeGreaterThanOrEqual(before + seconds * 1000);
  }
});

test("a sign-in ends the session of the request's cookie", async () => {
  await using house = await createHouse();
  const ada = await house.call("POST", "accounts/sign-up", { json: login });
  await house.call("POST", "accounts/sign-up", { json: { ...login, email: "bea@example.com" } });
  await house.call("POST", "accounts/sign-in", {
    json: { ...login, email: "bea@example.com" },
    cookie: ada.cookie,
  });
  expect((await house.call("GET", "accounts/me", { cookie: ada.cookie })).status).toBe(401);
});

test("a sign-out without a session deletes no cookie", async () => {
  await using house = await createHouse();
  const out = await house.call("POST", "accounts/sign-out");
  expect([out.status, out.set]).toEqual([204, ""]);
});

test.each([
  ["a password of 7 characters", { password: "1234567" }, "/password"],
  ["a password of 201 characters", { password: "x".repeat(201) }, "/password"],
  ["a password with a broken surrogate", { password: "abcdefgh\ud800" }, "/password"],
  ["an e-mail address without @", { email: "ada" }, "/email"],
  ["an e-mail address with a space", { email: "a da@example.com" }, "/email"],
  ["an e-mail address of 255 characters", { email: `${"a".repeat(243)}@example.com` }, "/email"],
  ["another user's id", { userId: "someone" }, "/userId"],
])("a sign-up with %s is refused, and the error names the field", async (_what, change, at) => {
  await using house = await createHouse();
  const answer = await house.call("POST", "accounts/sign-up", { json: { ...login, ...change } });
  expect([answer.status, answer.body.faults[0].at]).toEqual([400, at]);
});

test("a password can have 8 to 200 characters of any script", async () => {
  await using house = await createHouse();
  const words = ["夜の雨が降るよ。", "🎹".repeat(200), "pässwörd ".normalize("NFC")];
  for (const [i, password] of words.entries()) {
    const email = `ada${i}@example.com`;
    expect(
      (await house.call("POST", "accounts/sign-up", { json: { ...login, email, password } })).status,
    ).toBe(201);
    const again = { ...login, email, password: password.normalize("NFD") };
    expect((await house.call("POST", "accounts/sign-in", { json: again })).status).toBe(200);
  }
});

test("a member of one business has no account in another business", async () => {
  await using house = await createHouse();
  const { cookie } = await house.call("POST", "accounts/sign-up", { json: login });
  const elsewhere = { ...login, business: "other" };
  expect((await house.call("POST", "accounts/sign-in", { json: elsewhere })).status).toBe(401);
  const second = await house.call("POST", "accounts/sign-up", { json: elsewhere, cookie });
  expect(second.status).toBe(201);
  const renamed = cookie.replace("=demo.", "=other.");
  expect((await house.call("GET", "accounts/me", { cookie: renamed })).status).toBe(401);
  expect(
    (await house.call("POST", "accounts/sign-in", { json: { ...login, business: "none" } })).status,
  ).toBe(404);
});

test("if the cookie or token is valid, POST /accounts/guest returns the user of the credential", async () => {
  await using house = await createHouse();
  const asGuest = (shown: { cookie?: string; headers?: HeadersInit }) =>
    house.call("POST", "accounts/guest", { json: { business: "demo" }, ...shown });
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const guest = await asGuest({});
  const up = await house.call("POST", "accounts/sign-up", { json: login });
  for (const person of [guest, up])
    for (const shown of [{ cookie: person.cookie }, bearer(person.body.token)]) {
      const again = await asGuest(shown);
      expect([again.status, again.body.userId]).toEqual([200, person.body.userId]);
      expect(again.body.sessionExpiresAt).toBe(person.body.sessionExpiresAt);
      expect(again.cookie).toBe("cookie" in shown ? person.cookie : "");
      const me = await house.call("GET", "accounts/me", bearer(again.body.token));
      expect(me.body.userId).toBe(person.body.userId);
    }
  const kind = (await house.call("GET", "accounts/me", { cookie: up.cookie })).body.kind;
  expect(kind).toBe("member");
});

test("if the request has no valid session of the business, POST /accounts/guest creates a guest", async () => {
  await using house = await createHouse();
  const asGuest = (cookie?: string) =>
    house.call("POST", "accounts/guest", { json: { business: "demo" }, ...(cookie ? { cookie } : {}) });
  const over = await asGuest();
  await house.call("POST", "accounts/sign-out", { cookie: over.cookie });
  const other = await house.call("POST", "accounts/guest", { json: { business: "other" } });
  const renamed = other.cookie.replace("=other.", "=demo.");
  for (const cookie of [over.cookie, other.cookie, renamed, "rondo_session=demo.nonsense", undefined]) {
    const made = await asGuest(cookie);
    expect([cookie, made.status]).toEqual([cookie, 201]);
    expect([over.body.userId, other.body.userId]).not.toContain(made.body.userId);
    expect(made.set).toContain("rondo_session=demo.");
  }
  expect((await house.call("GET", "accounts/me", { cookie: other.cookie })).status).toBe(200);
});
