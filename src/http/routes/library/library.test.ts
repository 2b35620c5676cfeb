import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { parsePrompt } from "../../../composer/prompt/parse-prompt.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { createStudio, type Studio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";

setDefaultTimeout(60_000);

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
    async call(method: string, path: string, user: "alice" | "bob" | "nobody" = "alice", json?: unknown) {
      const headers: Record<string, string> =
        user === "nobody" ? {} : { authorization: `Bearer ${tokens[user]}` };
      if (json !== undefined) headers["content-type"] = "application/json";
      const body = json === undefined ? null : JSON.stringify(json);
      const res = await app.request(path, { method, headers, body });
      return { status: res.status, body: (await res.json()) as Record<string, unknown> };
    },
    [Symbol.asyncDispose]: () => deps.close(),
  };
}

test("a deleted track can be restored from the trash or purged", async () => {
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

test("for another user's resource, a caller gets the same 404 as for a missing resource", async () => {
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

test("the response to an instruction lists which parts were understood and which were not", async () => {
  await using studio = await createStudio();
  await using caller = await createCaller(studio);
  const made = await studio.make();
  const spec = parsePrompt({ prompt: "slow piano", seed: 7, durationSeconds: 30 });
  await studio.deps.databases.use(studio.business.id, (database) =>
    database.kysely
      .updateTable("versions")
      .set({ spec: JSON.stringify(spec) })
      .where("id", "=", made.versionId)
      .execute(),
  );
  const path = `/v1/versions/${made.versionId}/versions`;
  const ask = (json: unknown, user: "alice" | "bob" | "nobody" = "alice") =>
    caller.call("POST", path, user, json);
  expect(await ask({ instruction: "faster and feed the cat" })).toMatchObject({
    status: 200,
    body: {
      trackId: made.trackId,
      understood: [expect.stringMatching(/^tempo/)],
      notUnderstood: ["feed the cat"],
      links: { audio: expect.any(String), download: expect.any(String), peaks: expect.any(String) },
    },
  });
  expect(await ask({ instruction: "qwertz" })).toMatchObject({
    status: 400,
    body: { code: "INVALID_PARAMETER", hint: expect.stringContaining("without drums") },
  });
  for (const body of [
    {},
    { instruction: " " },
    { instruction: "x".repeat(501) },
    { instruction: "faster", more: 1 },
  ]) {
    expect((await ask(body)).status).toBe(400);
  }
  expect((await ask({ instruction: "faster" }, "nobody")).status).toBe(401);
  expect((await ask({ instruction: "faster" }, "bob")).status).toBe(404);
});
