import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { addFailedUploads } from "../../../testing/failed-uploads.ts";
import { createStudio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";

setDefaultTimeout(60_000);

const operatorKey = "operator-key-for-tests";

/** Opens the routes with one waiting job and two failed jobs. The failed jobs belong to different businesses. */
async function openJobRoutes() {
  const studio = await createStudio({ RONDO_OPERATOR_KEY: operatorKey });
  await addFailedUploads(studio);
  const started = await studio.start();
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp(deps);
  return {
    studio,
    started,
    async call(method: string, path: string, json?: unknown, key: string | undefined = operatorKey) {
      const res = await app.request(`/v1/jobs${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: json === undefined ? null : JSON.stringify(json),
      });
      const text = await res.text();
      return { status: res.status, body: text === "" ? undefined : JSON.parse(text) };
    },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

const idsOf = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id).toSorted();

test("jobs can be found by queue, state, business, request and text", async () => {
  await using routes = await openJobRoutes();
  const { call, started, studio } = routes;
  expect((await call("GET", "/counts")).body).toMatchObject({
    generation: { waiting: 1 },
    "upload-retry": { failed: 2, waiting: 0 },
  });
  expect(idsOf(await call("GET", "?state=failed"))).toEqual(["one", "two"]);
  expect(idsOf(await call("GET", `?business=${studio.business.slug}&state=failed`))).toEqual(["one"]);
  expect(idsOf(await call("GET", `?business=${studio.business.id}&queue=upload-retry`))).toEqual(["one"]);
  expect(idsOf(await call("GET", "?requestId=r2"))).toEqual(["two"]);
  expect(idsOf(await call("GET", `?requestId=${started.requestId}`))).toEqual([started.requestId]);
  expect(idsOf(await call("GET", "?text=disk%20is%20full"))).toEqual(["one", "two"]);
  expect(idsOf(await call("GET", "?text=disk&limit=1"))).toHaveLength(1);
  expect((await call("GET", "/upload-retry/one")).body).toMatchObject({
    id: "one",
    state: "failed",
    error: "The disk is FULL",
    data: { requestId: "r1" },
  });
});

test("only a failed job can be retried or dropped", async () => {
  await using routes = await openJobRoutes();
  const { call, started } = routes;
  expect((await call("POST", `/generation/${started.requestId}/retry`)).status).toBe(409);
  expect(await call("POST", "/upload-retry/one/retry")).toMatchObject({
    status: 200,
    body: { state: "waiting" },
  });
  expect((await call("DELETE", "/upload-retry/two")).status).toBe(204);
  expect((await call("DELETE", "/upload-retry/two")).status).toBe(404);
  expect((await call("POST", "/retry", {})).status).toBe(400);
  expect((await call("POST", "/retry", { all: true })).body).toEqual({ settled: 0 });
});

test("a retry by search affects only the failed jobs that the search finds", async () => {
  await using routes = await openJobRoutes();
  const { call } = routes;
  expect((await call("POST", "/retry", { requestId: "r1" })).body).toEqual({ settled: 1 });
  expect((await call("POST", "/drop", { queue: "upload-retry" })).body).toEqual({ settled: 1 });
  expect(idsOf(await call("GET", "?queue=upload-retry"))).toEqual(["one"]);
});

test("only the operator can use the routes for jobs", async () => {
  await using routes = await openJobRoutes();
  const { call, studio } = routes;
  const { key } = await studio.deps.keys.create(studio.business.id, "test", "test");
  expect((await call("GET", "", undefined, key)).status).toBe(403);
  expect((await call("POST", "/retry", { all: true }, key)).status).toBe(403);
  expect((await call("GET", "", undefined, "wrong-key-of-some-length")).status).toBe(401);
  expect((await call("GET", "?state=lost")).status).toBe(400);
  expect((await call("GET", "?limit=0")).status).toBe(400);
  expect((await call("GET", "?nothing=such")).status).toBe(400);
  expect((await call("GET", "?business=none")).status).toBe(404);
  expect((await call("GET", "?text=a&requestId=b")).status).toBe(400);
  expect((await call("GET", "/lost/one")).status).toBe(404);
});
