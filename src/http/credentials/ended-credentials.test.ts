// Tests that an ended credential is refused: immediately in the process that ended it, and within five seconds in
// other processes.
import { expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { createApp } from "../../app.ts";
import { createTestApiDeps } from "../../testing/test-api-deps.ts";
import { createTestStores } from "../../testing/test-stores.ts";

setDefaultTimeout(60_000);

/** The time after which other processes must refuse an ended credential. */
const endsWithinMs = 5_000;

interface Shown {
  readonly json?: unknown;
  readonly cookie?: string;
  readonly authorization?: string;
}

/**
 * Opens the API twice on the same stores, like two processes, and creates the businesses "demo" and
 * "other". `here` and `there` send requests to the first and to the second API.
 */
async function createHouse() {
  const stores = await createTestStores();
  const open = async () => {
    const deps = await createTestApiDeps(stores.config);
    return { deps, app: createApp(deps) };
  };
  const processes = await Promise.all([open(), open()]);
  await stores.createBusiness("demo");
  await stores.createBusiness("other");
  const callAt =
    (at: number) =>
    async (method: string, path: string, { json, cookie, authorization }: Shown = {}) => {
      const headers = new Headers();
      if (json !== undefined) headers.set("content-type", "application/json");
      if (cookie !== undefined) headers.set("cookie", cookie);
      if (authorization !== undefined) headers.set("authorization", authorization);
      const body = json === undefined ? null : JSON.stringify(json);
      const res = await processes[at]!.app.request(path, { method, headers, body });
      const text = await res.text();
      return {
        status: res.status,
        cookie: (res.headers.get("set-cookie") ?? "").split(";")[0]!,
        body: text.startsWith("{") ? JSON.parse(text) : text,
      };
    };
  const [here, there] = [callAt(0), callAt(1)];
  const operator = `Bearer ${stores.deps.operatorKey.made}`;
  return {
    stores,
    operator: { authorization: operator },
    here,
    there,
    guest: async (business = "demo") =>
      here("POST", "/v1/accounts/guest", { json: { business } }).then(({ cookie, body }) => ({
        cookie,
        userId: body.userId as string,
        authorization: `Bearer ${body.token}`,
      })),
    async key(business = "demo") {
      const made = await here("POST", `/v1/businesses/${business}/keys`, {
        authorization: operator,
        json: {},
      });
      const { id, key } = made.body as { id: string; key: string };
      return {
        authorization: `Bearer ${key}`,
        revoke: () => here("DELETE", `/v1/businesses/${business}/keys/${id}`, { authorization: operator }),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const { deps } of processes) await deps.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

type House = Awaited<ReturnType<typeof createHouse>>;

const me = "/v1/accounts/me";
const queries = "/v1/queries";
const tokens = "/v1/tokens";
const signUp = (cookie: string) => ({
  cookie,
  json: { business: "demo", email: "ada@example.com", password: "long enough" },
});

const mintedBy = async ({ here }: House, key: { readonly authorization: string }, userId = "alice") => {
  const minted = await here("POST", tokens, { ...key, json: { userId } });
  return { authorization: `Bearer ${minted.body.token}` };
};

test("when a guest signs up, the guest's old session and token are refused immediately", async () => {
  await using house = await createHouse();
  const { here } = house;
  const guest = await house.guest();
  for (const shown of [{ cookie: guest.cookie }, { authorization: guest.authorization }])
    expect((await here("GET", me, shown)).body).toMatchObject({ kind: "guest" });
  const member = await here("POST", "/v1/accounts/sign-up", signUp(guest.cookie));
  expect([member.status, member.body.userId]).toEqual([201, guest.userId]);
  for (const shown of [
    { cookie: guest.cookie },
    { authorization: guest.authorization },
    { authorization: guest.authorization.replace(" ", "  ") },
  ])
    expect((await here("GET", me, shown)).status).toBe(401);
  expect((await here("GET", me, { cookie: member.cookie })).body).toMatchObject({ kind: "member" });
});

test("a token that a business issued for a guest ends when the guest signs up", async () => {
  await using house = await createHouse();
  const { here } = house;
  const guest = await house.guest();
  const minted = await mintedBy(house, await house.key(), guest.userId);
  expect((await here("GET", me, minted)).body).toMatchObject({ kind: "guest" });
  await here("POST", "/v1/accounts/sign-up", signUp(guest.cookie));
  expect((await here("GET", me, minted)).status).toBe(401);
});

test("a sign-in or sign-out immediately ends only the session of the request", async () => {
  await using house = await createHouse();
  const { here } = house;
  await here("POST", "/v1/accounts/sign-up", { json: signUp("").json });
  const [one, two, three, elsewhere] = [
    await house.guest(),
    await house.guest(),
    await house.guest(),
    await house.guest("other"),
  ];
  const everyone = [one, two, three, elsewhere];
  for (const { authorization, cookie } of everyone)
    for (const shown of [{ authorization }, { cookie }])
      expect((await here("GET", me, shown)).status).toBe(200);
  await here("POST", "/v1/accounts/sign-in", signUp(one.cookie));
  await here("POST", "/v1/accounts/sign-out", { cookie: two.cookie });
  const statuses = async ({ authorization, cookie }: (typeof everyone)[number]) =>
    Promise.all([{ authorization }, { cookie }].map(async (shown) => (await here("GET", me, shown)).status));
  expect(await Promise.all(everyone.map(statuses))).toEqual([
    [401, 401],
    [401, 401],
    [200, 200],
    [200, 200],
  ]);
  // A sign-out without a cookie ends the session of its token.
  expect((await here("POST", "/v1/accounts/sign-out", { authorization: three.authorization })).status).toBe(
    204,
  );
  expect(await statuses(three)).toEqual([401, 401]);
});

test("a revoked key and its tokens are refused immediately", async () => {
  await using house = await createHouse();
  const { here } = house;
  const [key, second, other] = [await house.key(), await house.key(), await house.key("other")];
  const all = [key, await mintedBy(house, key), second, await mintedBy(house, second), other];
  const statuses = () =>
    Promise.all(
      all.map(async ({ authorization }) => [
        (await here("GET", queries, { authorization })).status,
        (await here("GET", queries, { authorization: authorization.replace("Bearer ", "bearer  ") })).status,
      ]),
    );
  expect((await statuses()).flat()).toEqual(Array.from({ length: 10 }, () => 200));
  await key.revoke();
  expect(await statuses()).toEqual([
    [401, 401],
    [401, 401],
    [200, 200],
    [200, 200],
    [200, 200],
  ]);
});

test("the credentials of a suspended business are refused immediately", async () => {
  await using house = await createHouse();
  const { here } = house;
  const [key, other] = [await house.key(), await house.key("other")];
  const minted = await mintedBy(house, key);
  const guest = await house.guest();
  const set = async (state: string) =>
    (await here("PATCH", "/v1/businesses/demo", { ...house.operator, json: { state } })).status;
  const statuses = () =>
    Promise.all(
      [
        here("GET", queries, { authorization: key.authorization }),
        here("GET", queries, minted),
        here("GET", queries, { cookie: guest.cookie }),
        here("POST", "/v1/accounts/guest", { json: { business: "demo" } }),
        here("GET", queries, { authorization: other.authorization }),
      ].map(async (call) => (await call).status),
    );
  expect(await statuses()).toEqual([200, 200, 200, 201, 200]);
  expect(await set("suspended")).toBe(200);
  expect(await statuses()).toEqual([401, 401, 401, 404, 200]);
  expect(await set("active")).toBe(200);
  expect(await statuses()).toEqual([200, 200, 200, 201, 200]);
  expect(await set("gone")).toBe(400);
  expect(
    (await here("PATCH", "/v1/businesses/none", { ...house.operator, json: { state: "active" } })).status,
  ).toBe(404);
  expect((await here("PATCH", "/v1/businesses/demo", { ...key, json: { state: "active" } })).status).toBe(
    403,
  );
});

test("every other process refuses an ended credential within five seconds", async () => {
  await using house = await createHouse();
  const { here, there, stores } = house;
  const key = await house.key();
  const minted = await mintedBy(house, key);
  const [leaving, growing] = [await house.guest(), await house.guest()];
  const suspended = await house.key("other");
  const its = [await mintedBy(house, suspended), await mintedBy(house, suspended, "bob")] as const;
  const warm: [string, Shown][] = [
    [queries, { authorization: key.authorization }],
    [me, minted],
    [me, { cookie: leaving.cookie }],
    [me, { authorization: leaving.authorization }],
    [me, { authorization: growing.authorization }],
    [queries, { authorization: suspended.authorization }],
    [me, its[0]],
  ];
  for (const [path, shown] of warm) expect((await there("GET", path, shown)).status).toBe(200);

  await key.revoke();
  await here("POST", "/v1/accounts/sign-out", { cookie: leaving.cookie });
  await here("POST", "/v1/accounts/sign-up", signUp(growing.cookie));
  await stores.deps.control.kysely
    .updateTable("businesses")
    .set({ state: "suspended" })
    .where("slug", "=", "other")
    .execute();
  // The caches of credentials use the clock of `performance.now()`, which the test sets.
  const endedMs = performance.now();
  using clock = spyOn(performance, "now");
  // The other process still has the business in its cache when Bob sends his first request to it.
  const all: [string, Shown][] = [...warm, [me, its[1]]];
  // A header with another number of spaces is not found in a cache of headers.
  const spelled = (shown: Shown, spaces: number): Shown =>
    shown.authorization === undefined
      ? shown
      : { authorization: shown.authorization.replace(" ", " ".repeat(spaces)) };
  // Before the five seconds are over, the other process can accept an ended credential. But if a guest has become a
  // member, a process must never accept the guest's earlier credential as a credential of this member.
  for (const [at, afterMs] of [0, 1_000, 2_000, 3_000, 3_400].entries()) {
    clock.mockReturnValue(endedMs + afterMs);
    for (const [path, shown] of all) {
      const { status, body } = await there("GET", path, spelled(shown, at + 1));
      expect([status, body.kind]).not.toEqual([200, "member"]);
    }
  }
  clock.mockReturnValue(endedMs + endsWithinMs);
  for (const spaces of [1, 5, 6])
    for (const [path, shown] of all) {
      const { status } = await there("GET", path, spelled(shown, spaces));
      expect([path, shown, spaces, status]).toEqual([path, shown, spaces, 401]);
    }
});
