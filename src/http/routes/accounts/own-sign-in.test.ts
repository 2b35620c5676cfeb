// Tests sign-in tokens over HTTP. A business's server creates such a token for a user whom the business manages itself.
// The page signs the user in with the token.
import { expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import { createApp } from "../../../app.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { createTestStores, silentLog } from "../../../testing/test-stores.ts";

setDefaultTimeout(60_000);

async function createHouse() {
  const stores = await createTestStores();
  const deps = await createApiDeps(stores.config, silentLog);
  const app = createApp(deps);
  const business = await stores.createBusiness("demo");
  await stores.createBusiness("other");
  const keyWith = async (scopes: readonly ("tokens" | "queries")[]) =>
    `Bearer ${(await deps.keys.create(business.id, "server", "test", scopes)).key}`;
  return {
    keyWith,
    key: await keyWith(["tokens"]),
    async call(
      path: string,
      { json, ...headers }: { json?: object; cookie?: string; authorization?: string } = {},
    ) {
      const method = json === undefined ? "GET" : "POST";
      const sent = new Headers(headers);
      if (json !== undefined) sent.set("content-type", "application/json");
      const body = json === undefined ? null : JSON.stringify(json);
      const res = await app.request(`https://rondo.test/v1/${path}`, { method, headers: sent, body });
      const cookie = res.headers.get("set-cookie")?.split(";")[0] ?? "";
      return { status: res.status, cookie, body: JSON.parse((await res.text()) || "null") };
    },
    /** Moves the expiry of the token by `ms` milliseconds. Use this method only if there is exactly one token. */
    moveExpiry: (ms: number) =>
      deps.databases.use(business.id, async ({ kysely }) => {
        const { expiresAt } = await kysely
          .selectFrom("rondoAccountLinks")
          .select("expiresAt")
          .executeTakeFirstOrThrow();
        const moved = new Date(Date.parse(expiresAt) + ms).toISOString();
        await kysely.updateTable("rondoAccountLinks").set({ expiresAt: moved }).execute();
      }),
    /** Runs a statement in the database of the business. */
    run: (statement: string) =>
      deps.databases.use(business.id, ({ kysely }) => sql.raw(statement).execute(kysely)),
    async [Symbol.asyncDispose]() {
      await deps.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}
type House = Awaited<ReturnType<typeof createHouse>>;

const tokenFor = async (house: House, userId: string): Promise<string> => {
  const issued = await house.call("sign-in-tokens", { json: { userId }, authorization: house.key });
  expect(issued).toMatchObject({ status: 201, body: { userId } });
  return issued.body.token;
};
const enter = (house: House, token: string, cookie = "") =>
  house.call("accounts/sign-in-with-token", { json: { token }, ...(cookie && { cookie }) });

test("a sign-in token opens a session for its user only one time", async () => {
  await using house = await createHouse();
  const guest = await house.call("accounts/guest", { json: { business: "demo" } });
  const made = await house.call("generations", {
    json: { prompt: "rain", durationSeconds: 10 },
    cookie: guest.cookie,
  });
  const token = await tokenFor(house, "alice");
  const entered = await enter(house, token, guest.cookie);
  expect(entered).toMatchObject({ status: 200, body: { userId: "alice" } });
  const { account } = (await house.call("accounts/session", { cookie: entered.cookie })).body;
  expect(account).toMatchObject({ userId: "alice", kind: "external", business: "demo", email: null });
  const pieces = await house.call("queries/tracks.list", { cookie: entered.cookie });
  expect(pieces.body.items.map((one: { id: string }) => one.id)).toEqual([made.body.trackId]);
  expect((await house.call("accounts/session", { cookie: guest.cookie })).body.account).toBeNull();
  expect(await enter(house, token)).toMatchObject({
    status: 410,
    cookie: "",
    body: { code: "GONE", detail: "This link was used already, or it is older than 2 minutes." },
  });
});

test("a sign-in ends the browser's previous session, but not the user's sessions in other browsers", async () => {
  await using house = await createHouse();
  const first = await enter(house, await tokenFor(house, "alice"));
  const second = await enter(house, await tokenFor(house, "alice"));
  const third = await enter(house, await tokenFor(house, "alice"), second.cookie);
  const accountOf = async ({ cookie }: { cookie: string }) =>
    (await house.call("accounts/session", { cookie })).body.account?.userId;
  expect(await accountOf(first)).toBe("alice");
  expect(await accountOf(second)).toBeUndefined();
  expect(await accountOf(third)).toBe("alice");
});

test("a sign-in token is valid only for two minutes and only for a sign-in to its business", async () => {
  await using house = await createHouse();
  const token = await tokenFor(house, "alice");
  const asBearer = await house.call("accounts/me", { authorization: `Bearer ${token}` });
  expect(asBearer.status).toBe(401);
  expect((await enter(house, token.replace(/^demo/, "other"))).status).toBe(410);
  expect((await enter(house, token.replace(/^demo/, "missing"))).status).toBe(410);
  const reset = { token, password: "long enough" };
  expect((await house.call("accounts/reset-password", { json: reset })).status).toBe(410);
  await house.moveExpiry(-121_000);
  expect((await enter(house, token)).status).toBe(410);
  await house.moveExpiry(121_000);
  expect((await enter(house, token)).status).toBe(200);
});

test("a sign-in token is not used up if the session can't be stored", async () => {
  await using house = await createHouse();
  const token = await tokenFor(house, "alice");
  await house.run("create trigger refuse before insert on sessions begin select raise(abort, 'full'); end");
  expect((await enter(house, token)).status).toBe(409);
  await house.run("drop trigger refuse");
  expect((await enter(house, token)).status).toBe(200);
});

test('only a key with the scope "tokens" can create a sign-in token', async () => {
  await using house = await createHouse();
  const ask = (authorization: string | undefined, userId = "alice") =>
    house.call("sign-in-tokens", { json: { userId }, ...(authorization && { authorization }) });
  expect((await ask(undefined)).status).toBe(401);
  expect((await ask(await house.keyWith(["queries"]))).status).toBe(403);
  const guest = await house.call("accounts/guest", { json: { business: "demo" } });
  expect(await ask(house.key, guest.body.userId)).toMatchObject({
    status: 409,
    body: {
      code: "CONFLICT",
      detail: "This user has an account of Rondo, so a business can't sign the user in.",
    },
  });
  expect((await ask(house.key, "not an id")).status).toBe(400);
});
