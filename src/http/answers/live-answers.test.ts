// Tests event streams and long-polls over real sockets. An event stream or a long-poll ends when its credential ends.
// The number of open event streams and long-polls per user is limited.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../app.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { createStudio } from "../../testing/studio.ts";
import { silentLog } from "../../testing/test-stores.ts";
import { until } from "../../testing/until.ts";

setDefaultTimeout(60_000);

/** Other processes notice within five seconds that a credential has ended. A busy machine may need longer. */
const endsWithinMs = 20_000;

async function createHouse(environment: Record<string, string> = {}) {
  const studio = await createStudio(environment);
  const open = async () => {
    const deps = await createApiDeps(studio.stores.config, silentLog);
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      idleTimeout: 60,
      fetch: createApp(deps).fetch,
    });
    return { deps, server, url: `http://127.0.0.1:${server.port}` };
  };
  const [here, there] = await Promise.all([open(), open()]);
  const { key, id: keyId } = await studio.deps.keys.create(studio.business.id, "", "test");
  const post = async (at: string, path: string, bearer: string, json: object = {}) => {
    const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
    return fetch(`${at}${path}`, { method: "POST", headers, body: JSON.stringify(json) });
  };
  return {
    studio,
    here,
    there,
    key,
    keyId,
    post,
    guest: async () =>
      (await (
        await fetch(`${here.url}/v1/accounts/guest`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ business: studio.business.slug }),
        })
      ).json()) as { token: string; userId: string },
    async [Symbol.asyncDispose]() {
      for (const { server, deps } of [here, there]) {
        await server.stop(true);
        await deps.close();
      }
      await studio[Symbol.asyncDispose]();
    },
  };
}

type House = Awaited<ReturnType<typeof createHouse>>;

/**
 * Starts a guest's piece, which stays queued, so that no events are sent. Returns the path of its events, which ends
 * with "live=". A test appends "sse" or "long-poll".
 */
async function quietEvents({ post, here }: House, token: string): Promise<string> {
  const started = await post(here.url, "/v1/generations", token, { prompt: "rain" });
  const { requestId } = (await started.json()) as { requestId: string };
  return `/v1/generations/${requestId}/events?offset=now&live=`;
}

/**
 * Listens to the events. `done` resolves when the response has ended. After that, `endedMs` returns the time of the
 * end.
 */
function listen(url: string, bearer: string) {
  let endedMs: number | undefined;
  const opened = fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
  const done = opened
    .then((res) => res.text())
    .then(() => {
      endedMs = performance.now();
    });
  // At the end of the test, the responses that are still open are aborted, and then `done` rejects.
  done.catch(() => undefined);
  return { opened, done, hasEnded: () => endedMs !== undefined, endedMs: () => endedMs! };
}

test("when a credential ends, its event streams and long-polls end within seconds", async () => {
  await using house = await createHouse();
  const { here, there, post } = house;
  const [leaving, staying] = [await house.guest(), await house.guest()];
  const [its, other] = [await quietEvents(house, leaving.token), await quietEvents(house, staying.token)];
  const log = `${here.url}/v1/stream/log`;
  await fetch(log, { method: "PUT", headers: { authorization: `Bearer ${house.key}` } });
  const atHere = listen(`${here.url}${its}sse`, leaving.token);
  const atThere = listen(`${there.url}${its}sse`, leaving.token);
  const byKey = listen(`${there.url}/v1/stream/log?offset=now&live=sse`, house.key);
  const others = [here, there].map(({ url }) => listen(`${url}${other}sse`, staying.token));
  for (const { opened } of [atHere, atThere, byKey, ...others]) expect((await opened).status).toBe(200);
  const poll = fetch(`${there.url}${its}long-poll`, {
    headers: { authorization: `Bearer ${leaving.token}` },
  });
  await until("the long-poll waits", () => there.deps.streams.counters.listeners >= 4);

  const startedMs = performance.now();
  expect((await post(here.url, "/v1/accounts/sign-out", leaving.token)).status).toBe(204);
  await house.studio.deps.keys.revoke(house.keyId, "test");
  await atHere.done;
  expect(atHere.endedMs() - startedMs).toBeLessThan(3_000);
  const refusal = await poll;
  expect([refusal.status, (await refusal.json()).code]).toEqual([401, "UNAUTHENTICATED"]);
  await Promise.all([atThere.done, byKey.done]);
  expect(performance.now() - startedMs).toBeLessThan(endsWithinMs);
  expect(others.map(({ hasEnded }) => hasEnded())).toEqual([false, false]);
  const again = await fetch(`${there.url}${its}sse`, {
    headers: { authorization: `Bearer ${leaving.token}` },
  });
  expect(again.status).toBe(401);
});

test("the number of open event streams and long-polls of a user is limited", async () => {
  await using house = await createHouse({ RONDO_STREAMS_PER_USER: "3" });
  const { here } = house;
  const [greedy, modest] = [await house.guest(), await house.guest()];
  const [its, other] = [await quietEvents(house, greedy.token), await quietEvents(house, modest.token)];
  const stop = new AbortController();
  const open = async (path: string, token: string, signal = stop.signal) =>
    fetch(`${here.url}${path}`, { headers: { authorization: `Bearer ${token}` }, signal });
  const all = await Promise.all(Array.from({ length: 8 }, () => open(`${its}sse`, greedy.token)));
  expect(all.filter(({ status }) => status === 200)).toHaveLength(3);
  const refused = all.find(({ status }) => status === 429)!;
  expect(refused.headers.get("retry-after")).toBe("5");
  expect(await refused.json()).toMatchObject({ code: "TOO_MANY_REQUESTS", details: { limit: "streams" } });
  expect((await open(`${its}long-poll`, greedy.token)).status).toBe(429);
  expect((await open(its.replace("now&live=", "-1"), greedy.token)).status).toBe(200);
  expect((await open(`${other}sse`, modest.token)).status).toBe(200);
  stop.abort();
  const later = new AbortController();
  await until("another stream can be opened", async () => {
    const res = await open(`${its}sse`, greedy.token, later.signal);
    return res.status === 200;
  });
  later.abort();
});
