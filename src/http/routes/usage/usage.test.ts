// Tests usage, quotas and webhook endpoints over HTTP, and which callers are allowed to use these
// routes.
import { expect, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { createStudio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";

async function openApp() {
  const studio = await createStudio();
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp(deps);
  const ask = async (token: string, method: string, path: string, body?: object) => {
    const res = await app.request(path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await res.text();
    const json = res.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
    return { status: res.status, headers: res.headers, body: json };
  };
  const { business } = studio;
  const caller = { kind: "business", businessId: business.id, keyId: "test" } as const;
  const { token: user } = await createUserToken(deps, caller, { userId: "alice", expiresInSeconds: 600 });
  const { key } = await deps.keys.create(business.id, "", "test");
  const { key: limited } = await deps.keys.create(business.id, "", "test", ["tokens"]);
  const { key: foreign } = await deps.keys.create(studio.otherAlice.businessId, "", "test");
  const operator = studio.stores.deps.operatorKey.made!;
  return {
    ...{ studio, deps, app, ask, user, key, limited, foreign, operator },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

test("a request beyond a quota gets 429 with the time to wait", async () => {
  await using opened = await openApp();
  const { studio, deps, ask, user, key, operator } = opened;
  const { versionId } = await studio.make();
  for (let count = 0; count < 3; count++) await ask(user, "GET", "/v1/queries/projects.list");
  await ask(user, "POST", "/v1/queries/projects.create", { name: "Mine" });
  await ask(user, "GET", `/v1/versions/${versionId}/audio`);
  await deps.usage.flush();
  const { body: usage } = await ask(key, "GET", "/v1/usage?userId=alice");
  expect(usage.items).toMatchObject([{ userId: "alice", generations: 1, queries: 4, servedBytes: 5_000 }]);
  const ofOperator = await ask(operator, "GET", `/v1/businesses/${studio.business.slug}/usage`);
  expect(ofOperator.body.items).toMatchObject([{ userId: null, queries: 4 }]);
  expect((await ask(operator, "GET", `/v1/usage?business=${studio.business.slug}`)).body).toEqual(
    ofOperator.body,
  );

  const quotas = { user: { generations: { day: 2 } } };
  expect((await ask(key, "PATCH", "/v1/limits", { quotas })).body).toEqual({
    quotas: { user: quotas.user, guest: {} },
  });
  const prompt = { prompt: "calm piano", durationSeconds: 10 };
  expect((await ask(user, "POST", "/v1/generations", prompt)).status).toBe(200);
  const refused = await ask(user, "POST", "/v1/generations", prompt);
  expect(refused).toMatchObject({
    status: 429,
    body: { code: "QUOTA_REACHED", detail: "You have used 2 of 2 pieces today." },
  });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await ask(user, "GET", "/v1/limits")).body.quotas).toMatchObject([{ limit: 2, used: 2, left: 0 }]);
});

test("the routes for usage and webhooks refuse users and keys without the right scope", async () => {
  await using opened = await openApp();
  const { studio, ask, user, key, limited, foreign, operator } = opened;
  const created = await ask(key, "POST", "/v1/webhooks", { url: "https://8.8.8.8/events" });
  expect(created).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/) } });
  const path = `/v1/webhooks/${created.body.id}`;
  for (const token of [limited, user]) {
    expect((await ask(token, "GET", "/v1/usage")).status).toBe(403);
    expect((await ask(token, "GET", "/v1/webhooks")).status).toBe(403);
  }
  expect((await ask(user, "PATCH", "/v1/limits", { quotas: {} })).status).toBe(403);
  for (const method of ["GET", "DELETE"]) expect((await ask(foreign, method, path)).status).toBe(404);
  expect((await ask(foreign, "GET", `${path}?business=${studio.business.slug}`)).status).toBe(400);
  expect((await ask(operator, "GET", path)).status).toBe(400);
  expect(
    (await ask(operator, "GET", `${path}?business=${studio.business.slug}`)).body.secret,
  ).toBeUndefined();
  const business = { quotas: { business: { generations: { day: 9 } } } };
  expect((await ask(key, "PATCH", "/v1/limits", business)).status).toBe(400);
});
