import { expect, test } from "bun:test";
import { createApp } from "../../app.ts";
import { createUserToken } from "../../accounts/users.ts";
import { createApiDeps } from "../../deps.ts";
import { createStudio, type Studio } from "../../testing/studio.ts";
import { silentLog } from "../../testing/test-stores.ts";

async function createCaller(studio: Studio) {
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp(deps);
  const tokenOf = async (userId: string) =>
    (
      await createUserToken(
        deps,
        { kind: "business", businessId: studio.business.id, keyId: "test" },
        { userId, expiresInSeconds: 60 },
      )
    ).token;
  const tokens = { alice: await tokenOf("alice"), bob: await tokenOf("bob") };
  return {
    async call(method: string, path: string, user: "alice" | "bob" | "nobody" = "alice") {
      const headers: Record<string, string> =
        user === "nobody" ? {} : { authorization: `Bearer ${tokens[user]}` };
      const res = await app.request(path, { method, headers });
      return { status: res.status, body: (await res.json()) as Record<string, unknown> };
    },
    [Symbol.asyncDispose]: () => deps.close(),
  };
}

test("a track is deleted, restored, deleted again and purged, with a receipt", async () => {
  await using studio = await createStudio();
  await using caller = await createCaller(studio);
  const made = await studio.make();
  const track = `/v1/tracks/${made.trackId}`;
  expect(await caller.call("DELETE", track)).toMatchObject({
    status: 200,
    body: { kind: "track", subjectId: made.trackId, versionCount: 1 },
  });
  expect((await caller.call("GET", `/v1/versions/${made.versionId}`)).status).toBe(404);
  expect(await caller.call("POST", `${track}/restore`)).toMatchObject({
    status: 200,
    body: { trackCount: 1 },
  });
  expect((await caller.call("GET", `/v1/versions/${made.versionId}`)).status).toBe(200);
  expect(await caller.call("DELETE", `${track}?purge=now`)).toMatchObject({
    status: 409,
    body: { code: "CONFLICT" },
  });
  expect((await caller.call("DELETE", `${track}?purge=later`)).status).toBe(400);
  await caller.call("DELETE", track);
  const purge = await caller.call("DELETE", `${track}?purge=now`);
  expect(purge).toMatchObject({ status: 202, body: { state: "purging", trackCount: 1 } });
  expect((await caller.call("POST", `${track}/restore`)).status).toBe(404);
  const receipt = `/v1/receipts/${String(purge.body.id)}`;
  expect((await caller.call("GET", receipt)).status).toBe(200);
  expect((await caller.call("GET", receipt, "bob")).status).toBe(404);
});

test("nobody signed in gets 401, another user the 404 of a missing thing", async () => {
  await using studio = await createStudio();
  await using caller = await createCaller(studio);
  const made = await studio.make();
  for (const path of [`projects/${made.projectId}`, `tracks/${made.trackId}`, `versions/${made.versionId}`]) {
    for (const [method, suffix] of [
      ["DELETE", ""],
      ["DELETE", "?purge=now"],
      ["POST", "/restore"],
    ] as const) {
      expect((await caller.call(method, `/v1/${path}${suffix}`, "nobody")).status).toBe(401);
      const theirs = await caller.call(method, `/v1/${path}${suffix}`, "bob");
      const missing = await caller.call(method, `/v1/${path.replace(/.$/, "x")}${suffix}`);
      expect({ ...theirs.body, requestId: "" }).toEqual({ ...missing.body, requestId: "" });
      expect(theirs.status).toBe(404);
    }
  }
});
