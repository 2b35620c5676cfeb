// Tests the management of generations and users over HTTP, with the key of a business and with the operator key.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createUserToken } from "../../../accounts/users.ts";
import { createApp } from "../../../app.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { AppError } from "../../../errors.ts";
import { audioKey, eventsKey } from "../../../streams/stream-keys.ts";
import { createScriptedGenerator } from "../../../testing/sound/scripted-generator.ts";
import { createStudio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";

setDefaultTimeout(60_000);

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
    return { status: res.status, body: JSON.parse(await res.text()) };
  };
  const { business } = studio;
  const { key } = await deps.keys.create(business.id, "", "test");
  const { key: narrow } = await deps.keys.create(business.id, "", "test", ["queries"]);
  const operator = studio.stores.deps.operatorKey.made!;
  return {
    ...{ studio, deps, app, ask, key, narrow, operator },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

test("a business can find its generations by state, user, text and time", async () => {
  await using opened = await openApp();
  const { studio, ask, key, narrow, operator } = opened;
  const done = await studio.make({ prompt: "Blue 100% piano" });
  const failed = await studio.start({ prompt: "red drums" }, studio.bob);
  const beforeChunk = (index: number) => {
    if (index === 1) throw new AppError("GENERATION_FAILED", "The strings broke.");
  };
  await studio
    .run(failed, { caller: studio.bob, generator: createScriptedGenerator({ beforeChunk }) })
    .catch(() => undefined);
  const idsOf = async (search: string) =>
    (await ask(key, "GET", `/v1/manage/generations${search}`)).body.items.map(
      (one: { requestId: string }) => one.requestId,
    );
  expect(await idsOf("")).toEqual([failed.requestId, done.requestId]);
  expect(await idsOf("?state=failed")).toEqual([failed.requestId]);
  expect(await idsOf("?userId=alice")).toEqual([done.requestId]);
  expect(await idsOf("?text=BLUE%20100%25")).toEqual([done.requestId]);
  expect(await idsOf("?text=1_0")).toEqual([]);
  expect(await idsOf(`?to=${new Date(Date.now() - 3_600_000).toISOString()}`)).toEqual([]);
  const first = await ask(key, "GET", "/v1/manage/generations?limit=1");
  expect(await idsOf(`?limit=1&before=${first.body.next}`)).toEqual([done.requestId]);

  const record = await ask(
    operator,
    "GET",
    `/v1/manage/generations/${failed.requestId}?business=${studio.business.slug}`,
  );
  expect(record.body).toMatchObject({ userId: "bob", state: "failed", reason: expect.any(String) });
  const types = record.body.events.map(({ type }: { type: string }) => type);
  expect([types[0], types.at(-1)]).toEqual(["queued", "failed"]);
  expect(JSON.stringify(record.body.events)).not.toContain("peaks");

  const summary = await ask(key, "GET", "/v1/manage/summary");
  expect(summary.body).toMatchObject({
    ...{ states: { complete: 1, failed: 1 }, users: 2, waitMs: { count: 2 } },
    listeners: 0,
  });
  expect((await ask(narrow, "GET", "/v1/manage/summary")).body).toMatchObject({
    code: "FORBIDDEN",
    hint: 'Use a key with the scope "users".',
  });
});

test("the summary counts the listeners of the business's music", async () => {
  await using opened = await openApp();
  const { studio, deps, ask, key } = opened;
  const other = await studio.stores.createBusiness();
  const listenersOf = async () => (await ask(key, "GET", "/v1/manage/summary")).body.listeners;
  const keys = [
    audioKey(studio.business.id, "v1"),
    audioKey(studio.business.id, "v1"),
    audioKey(other.id, "v2"),
    eventsKey(studio.business.id, "r1"),
  ];
  for (const one of keys) await deps.streams.create(one, {});
  const followers = await Promise.all(keys.map((one) => deps.streams.follow(one, 0)));
  expect(await listenersOf()).toBe(2);
  for (const follower of followers) follower!.leave();
  expect(await listenersOf()).toBe(0);
});

test("a cancelled generation can be retried as a new version of its track", async () => {
  await using opened = await openApp();
  const { studio, ask, key } = opened;
  const running = await studio.start();
  const path = `/v1/manage/generations/${running.requestId}`;
  expect((await ask(key, "POST", `${path}/retry`)).body.code).toBe("CONFLICT");
  expect((await ask(key, "POST", `${path}/cancel`)).body).toMatchObject({ state: "cancelled" });
  const { body: again } = await ask(key, "POST", `${path}/retry`);
  expect(again).toMatchObject({ userId: "alice", trackId: running.trackId, seed: running.seed });
  await studio.run(again);
  expect((await ask(key, "GET", `/v1/manage/generations/${again.requestId}`)).body.state).toBe("complete");
});

test("a business can find users, end their sessions and export their data", async () => {
  await using opened = await openApp();
  const { studio, deps, app, ask, key, operator } = opened;
  const { business } = studio;
  await studio.make();
  const caller = { kind: "business", businessId: business.id, keyId: "test" } as const;
  await createUserToken(deps, caller, { userId: "alice", expiresInSeconds: 600 });
  const guest = await app.request("/v1/accounts/guest", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ business: business.slug }),
  });
  const { userId, token } = (await guest.json()) as { userId: string; token: string };
  const found = await ask(key, "GET", `/v1/manage/users?text=${userId.slice(0, 13)}`);
  expect(found.body.items).toMatchObject([{ userId, kind: "guest", openSessions: 1, tracks: 0 }]);
  await app.request("/v1/accounts/sign-up", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ business: business.slug, email: "Ada@example.com", password: "long enough" }),
  });
  const ada = await ask(key, "GET", `/v1/manage/users?text=${encodeURIComponent(" ＡDA@")}`);
  expect(ada.body.items).toMatchObject([{ kind: "member", email: "Ada@example.com" }]);
  const pages = await ask(key, "GET", "/v1/manage/users?limit=1");
  const rest = await ask(key, "GET", `/v1/manage/users?after=${encodeURIComponent(pages.body.next)}`);
  expect(rest.body.items.map((one: { userId: string }) => one.userId)).not.toContain(
    pages.body.items[0].userId,
  );

  expect((await ask(key, "DELETE", `/v1/manage/users/${userId}/sessions`)).body).toEqual({ ended: 1 });
  expect((await ask(token, "GET", "/v1/accounts/me")).status).toBe(401);

  const exported = await ask(key, "GET", "/v1/manage/users/alice/export");
  expect(exported.body).toMatchObject({ userId: "alice", tables: { tracks: [{ userId: "alice" }] } });
  const slug = `?business=${business.slug}`;
  const erased = await ask(operator, "DELETE", `/v1/manage/users/alice${slug}`);
  expect(erased).toMatchObject({ status: 202, body: { userId: "alice", trackCount: 1 } });
  expect((await ask(key, "GET", "/v1/manage/users/alice")).status).toBe(404);
  expect((await ask(key, "GET", "/v1/manage/generations")).body.items).toEqual([]);
});
