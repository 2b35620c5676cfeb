// Tests that wrong credentials are counted per IP address. After too many wrong credentials, an address can use only
// some of the valid credentials, for example those that it used before.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../app.ts";
import { jobBoard, jobBoardPath } from "../job-board.ts";
import { createTestApiDeps } from "../../testing/test-api-deps.ts";
import { createTestStores } from "../../testing/test-stores.ts";

setDefaultTimeout(60_000);

interface Shown {
  readonly json?: unknown;
  readonly cookie?: string;
  readonly authorization?: string;
}

const stranger = "192.0.2.66";
const home = "192.0.2.1";
const login = { business: "demo", email: "ada@example.com", password: "long enough" };
const me = "/v1/accounts/me";

async function createHouse(environment: Record<string, string> = {}) {
  const stores = await createTestStores({ RONDO_LIMIT_FAILED_CREDENTIALS: "3/1h", ...environment });
  const deps = await createTestApiDeps(stores.config);
  const app = createApp(deps);
  await stores.createBusiness("demo");
  const callFrom =
    (address: string) =>
    async (method: string, path: string, { json, cookie, authorization }: Shown = {}) => {
      const headers = new Headers();
      if (json !== undefined) headers.set("content-type", "application/json");
      if (cookie !== undefined) headers.set("cookie", cookie);
      if (authorization !== undefined) headers.set("authorization", authorization);
      const body = json === undefined ? null : JSON.stringify(json);
      const res = await app.request(path, { method, headers, body }, { requestIP: () => ({ address }) });
      const text = await res.text();
      return {
        status: res.status,
        retryAfter: Number(res.headers.get("retry-after")),
        cookie: (res.headers.get("set-cookie") ?? "").split(";")[0]!,
        body: text.startsWith("{") ? JSON.parse(text) : text,
      };
    };
  return {
    deps,
    callFrom,
    operator: `Bearer ${stores.deps.operatorKey.made}`,
    async [Symbol.asyncDispose]() {
      await deps.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

const expires = Math.floor(Date.now() / 1000) + 600;
const wrong: Record<string, (guess: number) => [method: string, path: string, shown?: Shown]> = {
  "the operator key": (guess) => ["GET", "/v1/businesses", { authorization: `Bearer guess-${guess}` }],
  "a business key": (guess) => ["GET", "/v1/queries", { authorization: `Bearer rk_${guess}` }],
  "a business key, for a read that is answered without the router": (guess) => [
    "GET",
    "/v1/stream/x",
    { authorization: `Bearer rk_${guess}` },
  ],
  "a token": (guess) => ["GET", me, { authorization: `Bearer a.b.${guess}` }],
  "a cookie": (guess) => ["GET", me, { cookie: `rondo_session=demo.${guess}` }],
  "a password": (guess) => [
    "POST",
    "/v1/accounts/sign-in",
    { json: { ...login, email: `${guess}@example.com` } },
  ],
  "a key at /mcp": (guess) => ["POST", "/mcp", { authorization: `Bearer rk_${guess}`, json: {} }],
};

test.each(Object.keys(wrong))("%s: after too many guesses, an address gets 429", async (kind) => {
  await using house = await createHouse();
  const guess = (from: string, number: number) => house.callFrom(from)(...wrong[kind]!(number));
  const statuses = [];
  for (let number = 0; number < 5; number += 1) statuses.push((await guess(stranger, number)).status);
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  const refused = await guess(stranger, 9);
  expect(refused.body).toMatchObject({
    code: "TOO_MANY_REQUESTS",
    details: { limit: "failedCredentials" },
  });
  expect(refused.retryAfter).toBeWithin(1, 3601);
  expect((await guess(home, 10)).status).toBe(401);
});

test("a wrong signature of a link counts as a wrong credential", async () => {
  await using house = await createHouse();
  const link = (at: number, signature = "AAAAAAAAAAAAAAAAAAAAAA") =>
    `/v1/versions/v/audio?business=demo&expires=${at}&signature=${signature}`;
  const ask = async (path: string) => (await house.callFrom(stranger)("GET", path)).status;
  for (let i = 0; i < 5; i += 1) expect([await ask(link(1_000)), await ask(me)]).toEqual([404, 401]);
  expect([await ask(link(expires)), await ask(link(expires)), await ask(link(expires))]).toEqual([
    404, 404, 404,
  ]);
  expect([await ask(link(expires)), await ask(link(expires).replace("audio", "download"))]).toEqual([
    429, 429,
  ]);
});

test("after too many guesses, an address can still use its earlier keys", async () => {
  await using house = await createHouse();
  const call = house.callFrom(stranger);
  const { operator } = house;
  const { body } = await call("POST", "/v1/businesses/demo/keys", { authorization: operator, json: {} });
  const key = `Bearer ${body.key}`;
  expect((await call("GET", "/v1/queries", { authorization: key })).status).toBe(200);
  for (let i = 0; i < 6; i += 1) await call(...wrong["the operator key"]!(i));
  expect((await call(...wrong["a business key"]!(1))).status).toBe(429);

  expect((await call("GET", "/v1/businesses", { authorization: operator })).status).toBe(200);
  expect((await call("GET", "/v1/queries", { authorization: key })).status).toBe(200);
  const guest = await call("POST", "/v1/accounts/guest", { json: { business: "demo" } });
  expect((await call("GET", me, { cookie: guest.cookie })).status).toBe(200);
  const minted = await call("POST", "/v1/tokens", { authorization: key, json: { userId: "alice" } });
  expect((await call("GET", me, { authorization: `Bearer ${minted.body.token}` })).status).toBe(200);
});

test("after too many guesses, an address can't begin to use the operator key", async () => {
  await using house = await createHouse();
  for (let i = 0; i < 6; i += 1) await house.callFrom(stranger)(...wrong["the operator key"]!(i));
  const ask = async (from: string) =>
    (await house.callFrom(from)("GET", "/v1/businesses", { authorization: house.operator })).status;
  expect([await ask(stranger), await ask(home)]).toEqual([429, 200]);
});

test("after too many wrong passwords from one address, the member can sign in from another address", async () => {
  await using house = await createHouse({ RONDO_LIMIT_FAILED_CREDENTIALS: "1000/1h" });
  const [there, here] = [house.callFrom(stranger), house.callFrom(home)];
  const signIn = "/v1/accounts/sign-in";
  const { cookie } = await here("POST", "/v1/accounts/sign-up", { json: login });
  const guesses = [];
  for (let i = 0; i < 14; i += 1)
    guesses.push((await there("POST", signIn, { json: { ...login, password: `wrong ${i}` } })).status);
  expect(guesses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429, 429, 429]);
  // From the IP address of the guesses, even the right password is refused if the request has no session of the member.
  expect((await there("POST", signIn, { json: login })).status).toBe(429);
  expect((await there("POST", signIn, { json: login, cookie })).status).toBe(200);
  expect((await here("POST", signIn, { json: login })).status).toBe(200);
});

test("wrong operator keys at the job board count as wrong credentials", async () => {
  await using house = await createHouse();
  const board = jobBoard({ queues: [], close: async () => {} }, house.deps);
  const ask = async (from: string, key?: string) => {
    const headers: Record<string, string> =
      key === undefined ? {} : { authorization: `Basic ${btoa(`operator:${key}`)}` };
    const bindings = { requestIP: () => ({ address: from }) };
    return (await board.request(jobBoardPath, { headers }, bindings)).status;
  };
  for (let i = 0; i < 5; i += 1) expect(await ask(stranger)).toBe(401);
  const statuses = [];
  for (let i = 0; i < 5; i += 1) statuses.push(await ask(stranger, `guess-${i}`));
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  const right = house.operator.slice("Bearer ".length);
  expect([await ask(stranger, right), await ask(home, right)]).toEqual([429, 200]);
});
