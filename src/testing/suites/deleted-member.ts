// Defines the test that deletes a member's account without a grace period. Other test files run this test on
// SQLite and on Postgres. This file also exports `createAccountHouse`, which creates the API and
// two businesses for other tests of accounts.
import { expect } from "bun:test";
import { createApp } from "../../app.ts";
import { finishPurge } from "../../library/trash/finish-purge.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createTestApiDeps } from "../test-api-deps.ts";
import { createStudio, noSignal } from "../studio.ts";

export async function createAccountHouse(environment: Record<string, string> = {}) {
  const studio = await createStudio(environment);
  const deps = await createTestApiDeps(studio.stores.config);
  const app = createApp(deps);
  const business = studio.business.slug;
  const other = (await studio.deps.registry.findById(studio.otherAlice.businessId))!.slug;
  const call = async (
    method: string,
    path: string,
    { json, cookie, token }: { json?: unknown; cookie?: string; token?: string } = {},
  ) => {
    const headers = new Headers();
    if (json !== undefined) headers.set("content-type", "application/json");
    if (cookie !== undefined) headers.set("cookie", cookie);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    const body = json === undefined ? null : JSON.stringify(json);
    const res = await app.request(`/v1/${path}`, { method, headers, body });
    const text = await res.text();
    return {
      status: res.status,
      set: res.headers.get("set-cookie") ?? "",
      cookie: (res.headers.get("set-cookie") ?? "").split(";")[0]!,
      body: text === "" ? undefined : JSON.parse(text),
    };
  };
  return {
    studio,
    deps,
    app,
    business,
    other,
    call,
    callerOf: (userId: string) => ({ kind: "user", businessId: studio.business.id, userId }) as const,
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

const email = "ada@example.com";
const password = "long enough";

/**
 * Deletes a member's account. Checks these facts:
 * - The deletion requires the password.
 * - The member's sessions, tokens and signed links are refused.
 * - The stores no longer contain the member's music, e-mail address and user id.
 * - Other accounts still work, and the e-mail address can be used for a new account.
 *
 * `environment` contains the settings of the stores.
 */
export async function checkDeletedMember(environment: Record<string, string> = {}): Promise<void> {
  await using house = await createAccountHouse({ RONDO_ACCOUNT_GRACE_DAYS: "0", ...environment });
  const { call, studio, business, deps } = house;
  const login = { business, email, password };
  const ada = await call("POST", "accounts/sign-up", { json: login });
  const second = await call("POST", "accounts/sign-in", { json: login });
  const elsewhere = await call("POST", "accounts/sign-up", { json: { ...login, business: house.other } });
  const bea = await call("POST", "accounts/sign-up", { json: { ...login, email: "bea@example.com" } });
  const made = await studio.make({}, house.callerOf(ada.body.userId));
  const thrown = await studio.make({}, house.callerOf(ada.body.userId));
  await call("DELETE", `tracks/${thrown.trackId}`, { cookie: ada.cookie });
  const hers = await studio.make({}, house.callerOf(bea.body.userId));
  const signedLink = (await call("GET", `versions/${made.versionId}`, { cookie: ada.cookie })).body.links
    .audio;

  for (const json of [undefined, {}, { password: "wrong one" }])
    expect((await call("DELETE", "accounts/me", { cookie: ada.cookie, json })).status).toBe(
      json !== undefined && "password" in json ? 401 : 400,
    );
  expect((await call("GET", `versions/${made.versionId}`, { cookie: ada.cookie })).status).toBe(200);

  const deleted = await call("DELETE", "accounts/me", { cookie: ada.cookie, json: { password } });
  expect(deleted).toMatchObject({
    status: 202,
    body: { userId: ada.body.userId, trackCount: 2, versionCount: 2 },
  });
  expect(deleted.set).toMatch(/^rondo_session=; Max-Age=0/);
  for (const shown of [ada, second])
    for (const credential of [{ cookie: shown.cookie }, { token: shown.body.token }])
      expect((await call("GET", "accounts/me", credential)).status).toBe(401);
  expect((await house.call("GET", signedLink.slice(signedLink.indexOf("/v1/") + 4))).status).toBe(404);
  expect((await call("POST", "accounts/sign-in", { json: login })).status).toBe(401);

  // No worker runs in this test, so the test does the work of the jobs: it deletes the data from
  // the stores.
  for (const receiptId of deleted.body.receiptIds)
    await finishPurge(studio.deps, { businessId: studio.business.id, receiptId }, noSignal);
  for (const { versionId } of [made, thrown])
    expect(await deps.chunkStore.head(audioKey(studio.business.id, versionId))).toBeUndefined();
  const rows = await deps.databases.use(studio.business.id, async (database) => {
    const tables = [
      "users",
      "logins",
      "sessions",
      "projects",
      "tracks",
      "versions",
      "generations",
      "receipts",
      "deletions",
    ];
    const all = await Promise.all(
      tables.map(async (table) => (await database.run(`select * from ${table}`, [])).rows),
    );
    return JSON.stringify(all.flat());
  });
  for (const trace of [ada.body.userId, email, ada.cookie.split(".")[1]!]) expect(rows).not.toContain(trace);
  const receipts = JSON.parse(rows).filter(({ id }: { id: string }) => deleted.body.receiptIds.includes(id));
  expect(receipts).toHaveLength(deleted.body.receiptIds.length);
  for (const receipt of receipts)
    expect(receipt).toMatchObject({ state: "complete", title: "", kind: "project" });

  // The e-mail address can be used again for a new account, which has none of the old content.
  const again = await call("POST", "accounts/sign-up", { json: login });
  expect(again.status).toBe(201);
  expect(again.body.userId).not.toBe(ada.body.userId);
  for (const person of [bea, elsewhere])
    expect((await call("GET", "accounts/me", { cookie: person.cookie })).status).toBe(200);
  expect((await call("GET", `versions/${hers.versionId}`, { cookie: bea.cookie })).status).toBe(200);
}
