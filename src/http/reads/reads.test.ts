// Tests that the fast path and the router give the same response to each frequent read (GET), and apply the same rate
// limits. The fast path answers these reads without the router.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type AppOptions, createApp } from "../../app.ts";
import { toneMp3 } from "../../testing/sound/tone.ts";
import { createServedStudio } from "../../testing/served-studio.ts";
import { createReads, type ReadsDeps } from "./reads.ts";

type App = ReturnType<typeof createApp>;
type Ask = readonly [path: string, headers: Readonly<Record<string, string>>];

let served: Awaited<ReturnType<typeof createServedStudio>>;
/** The requests to each route. */
let asks: Readonly<Record<string, readonly Ask[]>>;

beforeAll(async () => {
  served = await createServedStudio();
  const { deps, studio, token } = served;
  const { key } = await deps.keys.create(studio.business.id, "test", "operator");
  const { requestId, versionId } = await served.make(await toneMp3(2));
  const user = { authorization: `Bearer ${token}` };
  const business = { authorization: `Bearer ${key}` };
  const wrong = { authorization: "Bearer wrong" };
  await createApp(deps).request("/v1/stream/walked", { method: "PUT", headers: business, body: "hello" });
  const generation = `/v1/generations/${requestId}`;
  const audio = `/v1/versions/${versionId}/audio`;
  asks = {
    "/v1/stream/*": [
      ["/v1/stream/walked", business],
      ["/v1/stream/walked?offset=far", business],
      ["/v1/stream/walked?offset=-1&live=sometimes", business],
      ["/v1/stream/none", business],
      ["/v1/stream/%FF", business],
      ["/v1/stream/", business],
      ["/v1/stream/walked", user],
      ["/v1/stream/walked", wrong],
      ["/v1/stream/walked", {}],
    ],
    "/v1/generations/:requestId/chunks": [
      [`${generation}/chunks`, user],
      [`${generation}/chunks?offset=-1&live=long-poll`, user],
      ["/v1/generations/none/chunks", user],
      [`${generation}/chunks`, business],
      [`${generation}/chunks`, {}],
    ],
    "/v1/generations/:requestId/events": [
      [`${generation}/events`, user],
      ["/v1/generations/none/events", user],
      [`${generation}/events`, wrong],
    ],
    "/v1/versions/:versionId/audio": [
      [audio, user],
      [audio, { ...user, range: "bytes=0-99" }],
      [audio, { ...user, range: "bytes=99999999-" }],
      [audio, { ...user, "if-none-match": "*" }],
      [`${audio}?expires=1&signature=AAAA`, {}],
      ["/v1/versions/none/audio", user],
      [audio, {}],
    ],
    "/v1/queries/:name": [
      ["/v1/queries/projects.list", user],
      ["/v1/queries/projects.list", { ...user, "if-none-match": "*" }],
      ["/v1/queries/projects%2Elist?limit=1", user],
      ["/v1/queries/projects.list?limit=many", user],
      ["/v1/queries/projects.list?limit=%FF", user],
      ["/v1/queries/projects.rename", user],
      ["/v1/queries/none.here", user],
      ["/v1/queries/business.users", business],
      ["/v1/queries/projects.list", business],
      ["/v1/queries/projects.list", {}],
    ],
  };
}, 60_000);
afterAll(() => served[Symbol.asyncDispose]());

async function outcomeOf(app: App, [path, headers]: Ask, method = "GET") {
  const response = await app.request(path, { method, headers: { ...headers, "x-request-id": "walk" } });
  const rest = Object.fromEntries(response.headers);
  delete rest["server-timing"];
  // The values of these headers depend on the time, so they can differ between two equal requests.
  for (const name of ["ratelimit", "stream-cursor"]) if (name in rest) rest[name] = "some";
  return { status: response.status, headers: rest, body: await response.text() };
}

test("this file has requests for every route that the fast path answers", async () => {
  const reads = createReads({ metrics: { watch() {} } } as unknown as ReadsDeps);
  expect(Object.keys(asks).sort()).toEqual(reads.map(({ route }) => route).sort());
});

test("the fast path and the router give the same response to the same read", async () => {
  const fast = createApp(served.deps);
  const routed = createApp(served.deps, { hasFastPath: false });
  for (const ask of Object.values(asks).flat()) {
    const quick = await outcomeOf(fast, ask);
    expect([ask, quick]).toEqual([ask, await outcomeOf(routed, ask)]);
    // The second response can come from a cache.
    expect([ask, await outcomeOf(fast, ask)]).toEqual([ask, quick]);
    // The same read with HEAD gets no body and the same status. This is not tested for a read with an offset or a
    // range. If the GET got 304, the statuses are not compared.
    if (ask[0].includes("offset=") || "range" in ask[1]) continue;
    const head = await outcomeOf(fast, ask, "HEAD");
    expect([ask, head.body]).toEqual([ask, ""]);
    if (quick.status !== 304) expect([ask, head.status]).toEqual([ask, quick.status]);
  }
});

test("the fast path and the router apply the same rate limits to reads", async () => {
  const walk = async (options: AppOptions) => {
    const app = createApp({ ...served.deps, rateLimits: limits }, { ...options });
    const seen: unknown[] = [];
    for (const ask of Object.values(asks).flat()) {
      const { status, headers } = await outcomeOf(app, ask);
      seen.push([ask, status, headers.ratelimit, headers["ratelimit-policy"]]);
    }
    return seen;
  };
  const { rateLimits } = served.deps;
  const many = { quota: 1_000, windowSeconds: 60 };
  const limits = { ...rateLimits, writes: many, business: many, address: many };
  for (const hasFastPath of [true, false]) {
    for (const [, , left, policy] of (await walk({ hasFastPath })) as unknown[][]) {
      expect([left, policy]).toEqual([undefined, undefined]);
    }
  }
  const isFree = () => false;
  const fast = await walk({ isFree });
  expect(fast).toEqual(await walk({ isFree, hasFastPath: false }));
  const counted = (fast as unknown[][]).filter(([, , left]) => left !== undefined);
  // Responses to a wrong credential have no RateLimit header.
  const known = Object.values(asks)
    .flat()
    .filter(([, { authorization }]) => authorization !== "Bearer wrong");
  expect(counted).toHaveLength(known.length);

  const none = { ...limits, business: { quota: 1, windowSeconds: 3_600 } };
  const ask = asks["/v1/stream/*"]![0]!;
  const refusals = [];
  for (const hasFastPath of [true, false]) {
    const app = createApp({ ...served.deps, rateLimits: none }, { isFree, hasFastPath });
    await outcomeOf(app, ask);
    const refused = await outcomeOf(app, ask);
    expect(refused.status).toBe(429);
    refusals.push({ ...refused, headers: { ...refused.headers, "retry-after": "some" } });
  }
  expect(refusals[0]).toEqual(refusals[1]!);
});
