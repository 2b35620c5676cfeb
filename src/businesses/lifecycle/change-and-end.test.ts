// Tests, through the operator's API, how a business is renamed, limited, deleted with a grace period and erased, and
// how its keys work.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { createApp } from "../../app.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { createStudio, noSignal } from "../../testing/studio.ts";
import { silentLog } from "../../testing/test-stores.ts";
import { sweepDeletedBusinesses } from "./sweep-deleted-businesses.ts";

setDefaultTimeout(60_000);
const dayMs = 86_400_000;

async function createOffice() {
  const studio = await createStudio();
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp(deps);
  const ask = async (
    method: string,
    path: string,
    body?: object,
    key = studio.stores.deps.operatorKey.made!,
  ) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const res = await app.request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await res.text();
    const answer = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: res.status, location: res.headers.get("location"), answer };
  };
  return {
    ...{ studio, deps, app, ask, slug: studio.business.slug },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}
type Office = Awaited<ReturnType<typeof createOffice>>;

async function shareOf({ ask, studio, slug }: Office) {
  const { answer } = await ask("POST", `/v1/businesses/${slug}/keys`, {});
  const key = answer.key as string;
  const { trackId } = await studio.make({}, studio.alice, { chunks: 3, chunkBytes: 1000 });
  const token = (await ask("POST", "/v1/tokens", { userId: "alice" }, key)).answer.token as string;
  const { url } = (await ask("PUT", `/v1/tracks/${trackId}/share`, undefined, token)).answer;
  return { key, token, path: new URL(url as string, "http://localhost").pathname };
}

test("after a business is renamed, shared links with the old slug redirect to the new address", async () => {
  await using office = await createOffice();
  const { ask, app, slug } = office;
  const { path } = await shareOf(office);
  const guest = await app.request("/v1/accounts/guest", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ business: slug }),
  });
  const cookie = guest.headers.get("set-cookie")!.split(";", 1)[0]!;
  const renamed = await ask("PATCH", `/v1/businesses/${slug}`, { slug: "new-name", name: "New name" });
  expect(renamed.answer).toMatchObject({ slug: "new-name", name: "New name" });
  const old = await ask("GET", path);
  expect([old.status, old.location]).toEqual([
    301,
    path.replace(`/s/${slug}/`, "http://localhost/s/new-name/"),
  ]);
  expect((await app.request(path.replace(slug, "new-name"))).status).toBe(200);
  expect((await app.request("/v1/accounts/me", { headers: { cookie } })).status).toBe(200);
  expect((await ask("POST", "/v1/businesses", { slug })).status).toBe(409);
  expect((await ask("PATCH", `/v1/businesses/${slug}`, { name: "x" })).status).toBe(404);
  // The business can take its former slug again, because this slug still belongs to the business.
  expect((await ask("PATCH", "/v1/businesses/new-name", { slug })).status).toBe(200);
  expect((await app.request(path)).status).toBe(200);
});

test("if a renaming ends the links with the old slug, another business can take the slug", async () => {
  await using office = await createOffice();
  const { ask, app, slug } = office;
  const { path } = await shareOf(office);
  await ask("PATCH", `/v1/businesses/${slug}`, { slug: "new-name", keepOldLinks: false });
  expect((await app.request(path)).status).toBe(404);
  expect((await ask("POST", "/v1/businesses", { slug })).status).toBe(201);
});

test("a business can't take an invalid slug, or a present or former slug of another business", async () => {
  await using office = await createOffice();
  const { ask, slug } = office;
  await ask("POST", "/v1/businesses", { slug: "taken" });
  await ask("PATCH", "/v1/businesses/taken", { slug: "taken-again" });
  for (const [wanted, status] of [
    ["taken", 409],
    ["taken-again", 409],
    ["Not A Slug", 400],
  ] as const)
    expect([
      wanted,
      (await ask("PATCH", `/v1/businesses/${slug}`, { slug: wanted, name: "x" })).status,
    ]).toEqual([wanted, status]);
  expect((await ask("GET", `/v1/businesses/${slug}`)).answer).toMatchObject({ slug, name: slug });
});

test("limits that are set through the API are enforced", async () => {
  await using office = await createOffice();
  const { ask, studio, slug } = office;
  const limitsOf = async (limits: object) =>
    (await ask("PATCH", `/v1/businesses/${slug}`, { limits })).answer.limits;
  expect(await limitsOf({ concurrentGenerationsPerUser: 1, rates: { writes: null } })).toEqual({
    concurrentGenerationsPerUser: 1,
    rates: { writes: null },
  });
  const start = () =>
    studio.start().then(
      () => "started",
      (err: { code: string }) => err.code,
    );
  studio.deps.registry.forget();
  expect([await start(), await start()]).toEqual(["started", "TOO_MANY_REQUESTS"]);
  const changed = {
    concurrentGenerationsPerUser: "default",
    concurrentGenerations: 1,
    rates: { writes: "default" },
  };
  expect(await limitsOf(changed)).toEqual({
    ...{ concurrentGenerationsPerUser: 10, concurrentGenerations: 1 },
    rates: {},
  });
  studio.deps.registry.forget();
  expect(await start()).toBe("UNAVAILABLE");
  for (const limits of [{ rates: { writes: 3 } }, { pieces: 1 }, { concurrentGenerationsPerUser: -1 }])
    expect((await ask("PATCH", `/v1/businesses/${slug}`, { limits })).status).toBe(400);
});

test("a deleted business can be undeleted until its grace period is over", async () => {
  await using office = await createOffice();
  const { ask, app, deps, slug } = office;
  const { key, token, path } = await shareOf(office);
  const deleted = await ask("DELETE", `/v1/businesses/${slug}?graceDays=7`);
  expect([deleted.status, deleted.answer.state]).toEqual([202, "deleting"]);
  const leftMs = Date.parse(deleted.answer.deleteAfter as string) - Date.now();
  expect(Math.abs(leftMs - 7 * dayMs)).toBeLessThan(60_000);
  const statuses = async () => [
    (await ask("GET", "/v1/queries/business.users", undefined, key)).status,
    (await ask("GET", "/v1/accounts/me", undefined, token)).status,
    (await app.request(path)).status,
  ];
  expect(await statuses()).toEqual([401, 401, 404]);
  expect((await ask("PATCH", `/v1/businesses/${slug}`, { state: "active" })).status).toBe(409);
  expect(await sweepDeletedBusinesses(deps, noSignal, Date.now() + 6 * dayMs)).toEqual([]);
  expect((await ask("POST", `/v1/businesses/${slug}/undelete`)).answer).toMatchObject({
    ...{ state: "suspended", deleteAfter: null },
  });
  expect((await ask("POST", `/v1/businesses/${slug}/undelete`)).status).toBe(409);
  await ask("PATCH", `/v1/businesses/${slug}`, { state: "active" });
  expect(await statuses()).toEqual([200, 200, 200]);
});

test("if the erasure of a business is interrupted, the next sweep removes everything of the business", async () => {
  await using office = await createOffice();
  const { ask, deps, studio, slug } = office;
  const { key } = await shareOf(office);
  const businessId = studio.business.id;
  await studio.make({}, studio.otherAlice, { chunks: 3, chunkBytes: 1000 });
  async function* sound() {
    yield new TextEncoder().encode("sound");
  }
  for (const id of [businessId, studio.otherAlice.businessId])
    await deps.objects!.write({ businessId: id, path: "versions/v/audio.mp3" }, sound(), {
      contentType: "audio/mpeg",
    });
  const streamsBefore = (await deps.chunkStore.list({ businessId })).length;
  await ask("DELETE", `/v1/businesses/${slug}?graceDays=0`);
  // The first erasure stops after it has counted the content, because the jobs can't be removed.
  const cut = { ...deps, jobs: { list: async () => [], settle: () => Promise.reject(new Error("killed")) } };
  const later = Date.now() + 60_000;
  await expect(sweepDeletedBusinesses(cut, noSignal, later)).rejects.toThrow();
  expect(await sweepDeletedBusinesses(deps, noSignal, later)).toEqual([businessId]);

  expect((await ask("GET", `/v1/businesses/${slug}`)).status).toBe(404);
  expect((await ask("GET", "/v1/queries/business.users", undefined, key)).status).toBe(401);
  const chunkFiles = await readdir(studio.stores.config.chunksUrl.location);
  expect(chunkFiles.filter((name) => name.startsWith(businessId))).toEqual([]);
  expect(await deps.chunkStore.list({ businessId })).toEqual([]);
  expect((await deps.objects!.list({ businessId })).items).toEqual([]);
  const files = await readdir(studio.stores.config.businessUrl.location);
  expect(files.filter((name) => name.startsWith(businessId))).toEqual([]);
  for (const table of ["businessKeys", "dueWork", "businessFaults", "formerSlugs"] as const)
    expect(
      await deps.control.kysely.selectFrom(table).selectAll().where("businessId", "=", businessId).execute(),
    ).toEqual([]);
  const other = studio.otherAlice.businessId;
  expect((await deps.chunkStore.list({ businessId: other })).length).toBeGreaterThan(0);
  expect((await deps.objects!.list({ businessId: other })).items).toHaveLength(1);

  const [erasure] = (await ask("GET", "/v1/erasures")).answer.items as { receipt: string }[];
  const { jwk } = decodeProtectedHeader(erasure!.receipt);
  const { payload } = await compactVerify(erasure!.receipt, await importJWK(jwk!, "EdDSA"));
  expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
    ...{ businessId, slug },
    removed: { rows: { tracks: 1, versions: 1 }, streams: streamsBefore, objects: 1, objectBytes: 5 },
  });
  expect((await ask("POST", "/v1/businesses", { slug })).status).toBe(201);
});

test('a key with the scope "streams" can only read streams', async () => {
  await using office = await createOffice();
  const { ask, slug } = office;
  const made = await ask("POST", `/v1/businesses/${slug}/keys`, { name: "streams", scopes: ["streams"] });
  const { id, key } = made.answer as { id: string; key: string };
  const may = async (with_: string) => [
    (await ask("GET", "/v1/stream/none?offset=-1", undefined, with_)).status,
    (await ask("HEAD", "/v1/stream/none", undefined, with_)).status,
    (await ask("GET", "/v1/queries/business.users", undefined, with_)).status,
    (await ask("POST", "/mcp", { jsonrpc: "2.0", id: 1, method: "tools/list" }, with_)).status,
    (await ask("POST", "/v1/tokens", { userId: "bob" }, with_)).status,
  ];
  expect(await may(key)).toEqual([404, 404, 403, 403, 403]);
  const rotate = (keyId: string, overlapSeconds: number) =>
    ask("POST", `/v1/businesses/${slug}/keys/${keyId}/rotate`, { overlapSeconds });
  const second = (await rotate(id, 60)).answer as { id: string; key: string };
  expect(await may(key)).toEqual([404, 404, 403, 403, 403]);
  expect(await may(second.key)).toEqual([404, 404, 403, 403, 403]);
  expect((await rotate(id, 60)).status).toBe(404);
  await rotate(second.id, 0);
  expect((await may(second.key))[0]).toBe(401);
  const keys = (await ask("GET", `/v1/businesses/${slug}/keys`)).answer.items as { scopes: unknown }[];
  expect(keys.map(({ scopes }) => scopes)).toEqual([["streams"], ["streams"], ["streams"]]);
  expect((await ask("POST", `/v1/businesses/${slug}/keys`, { scopes: ["everything"] })).status).toBe(400);
});

test("when a replaced key ends, tokens that were issued with the key are refused", async () => {
  await using office = await createOffice();
  const { ask, slug } = office;
  const { id, key } = (await ask("POST", `/v1/businesses/${slug}/keys`, {})).answer as {
    id: string;
    key: string;
  };
  const token = (await ask("POST", "/v1/tokens", { userId: "bob" }, key)).answer.token as string;
  expect((await ask("GET", "/v1/accounts/me", undefined, token)).status).toBe(200);
  await ask("POST", `/v1/businesses/${slug}/keys/${id}/rotate`, { overlapSeconds: 0 });
  expect((await ask("GET", "/v1/accounts/me", undefined, token)).status).toBe(401);
});
