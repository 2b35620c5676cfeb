import { expect, test } from "bun:test";
import { createApp } from "../app.ts";
import { createApiDeps } from "../deps/api-deps.ts";
import { createTestStores, silentLog } from "../testing/test-stores.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of a response
  readonly body: any;
}

/** Creates the app with real stores. `call` passes requests to the app without a socket. */
async function createHouse() {
  const stores = await createTestStores();
  const deps = await createApiDeps(stores.config, silentLog);
  const app = createApp(deps);
  await stores.createBusiness("demo");
  const call = async (
    method: string,
    path: string,
    options: { token?: string; json?: unknown; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> => {
    const res = await app.request(path, {
      method,
      headers: {
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...(options.json === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers,
      },
      ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    const text = await res.text();
    return {
      status: res.status,
      headers: res.headers,
      body: /json/.test(res.headers.get("content-type") ?? "") ? JSON.parse(text) : text,
    };
  };
  return {
    stores,
    call,
    operator: stores.deps.operatorKey.made ?? "",
    guest: async (business = "demo"): Promise<string> =>
      (await call("POST", "/v1/accounts/guest", { json: { business } })).body.token,
    async [Symbol.asyncDispose]() {
      await deps.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

const prompt = { prompt: "slow piano", durationSeconds: 30 };

test("a guest can start a generation and read its state", async () => {
  await using house = await createHouse();
  const token = await house.guest();
  const started = await house.call("POST", "/v1/generations", { token, json: prompt });
  expect(started.status).toBe(200);
  expect(started.headers.get("server-timing")).toMatch(/total;dur=/);
  expect(started.headers.get("x-request-id")).toBeString();
  const read = await house.call("GET", `/v1/generations/${started.body.requestId}`, { token });
  expect(read.body).toMatchObject({
    state: "queued",
    prompt: "slow piano",
    durationSeconds: 30,
    versionId: started.body.versionId,
  });
  const version = await house.call("GET", `/v1/versions/${started.body.versionId}`, { token });
  expect(version.body).toMatchObject({
    id: started.body.versionId,
    number: 1,
    state: "queued",
    requestId: started.body.requestId,
  });
});

test("the session cookie is HttpOnly and SameSite, and identifies the guest", async () => {
  await using house = await createHouse();
  const guest = await house.call("POST", "/v1/accounts/guest", { json: { business: "demo" } });
  const cookie = guest.headers.get("set-cookie") ?? "";
  expect(guest.status).toBe(201);
  expect(cookie).toContain("HttpOnly");
  expect(cookie).toContain("SameSite=Lax");
  const me = await house.call("GET", "/v1/accounts/me", { headers: { cookie: cookie.split(";")[0] ?? "" } });
  expect(me.body).toMatchObject({ userId: guest.body.userId, kind: "guest", business: "demo" });
});

test.each([
  ["a missing prompt", {}, "/prompt"],
  ["an empty prompt", { prompt: " \n " }, "/prompt"],
  ["a prompt with an invalid character", { prompt: "a\u0000b" }, "/prompt"],
  ["a broken surrogate", { prompt: "\ud800" }, "/prompt"],
  ["a prompt of 2,001 characters", { prompt: "x".repeat(2001) }, "/prompt"],
  ["a prompt of another type", { prompt: ["x"] }, "/prompt"],
  ["a duration of 9 seconds", { prompt: "x", durationSeconds: 9 }, "/durationSeconds"],
  ["a duration of 601 seconds", { prompt: "x", durationSeconds: 601 }, "/durationSeconds"],
  ["a text in place of a number of seconds", { prompt: "x", durationSeconds: "30" }, "/durationSeconds"],
  ["a duration with half a second", { prompt: "x", durationSeconds: 30.5 }, "/durationSeconds"],
  ["a negative seed", { prompt: "x", seed: -1 }, "/seed"],
  ["an unknown parameter", { prompt: "x", userId: "someone" }, "/userId"],
])("the error for %s names the field", async (_what, json, at) => {
  await using house = await createHouse();
  const answer = await house.call("POST", "/v1/generations", { token: await house.guest(), json });
  expect(answer.status).toBe(400);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.body).toMatchObject({
    code: "INVALID_PARAMETER",
    status: 400,
    requestId: answer.headers.get("x-request-id"),
  });
  expect(answer.body.faults.map((fault: { at: string }) => fault.at)).toContain(at);
});

test("prompts with 2,000 characters, emoji, line breaks or quotes are accepted and returned unchanged", async () => {
  await using house = await createHouse();
  const token = await house.guest();
  for (const text of ["夜".repeat(2000), "🎹 jazz, s'il vous plaît\n\tplus doux", "' OR 1=1 --"]) {
    const answer = await house.call("POST", "/v1/generations", { token, json: { prompt: text } });
    expect(answer.status).toBe(200);
    expect((await house.call("GET", `/v1/generations/${answer.body.requestId}`, { token })).body.prompt).toBe(
      text,
    );
  }
});

test("each kind of faulty request body gets its own error code", async () => {
  await using house = await createHouse();
  const token = await house.guest();
  const post = (body: string, type: string) =>
    house.call("POST", "/v1/generations", { token, body, headers: { "content-type": type } });
  expect((await post("prompt=x", "application/x-www-form-urlencoded")).body.code).toBe(
    "UNSUPPORTED_MEDIA_TYPE",
  );
  expect((await post('{"prompt"', "application/json")).body.code).toBe("INVALID_BODY");
  expect((await post(JSON.stringify({ prompt: "x".repeat(70_000) }), "application/json")).body.code).toBe(
    "BODY_TOO_LARGE",
  );
});

test("an invalid credential gets 401, and a credential of the wrong kind gets 403", async () => {
  await using house = await createHouse();
  const user = await house.guest();
  const nothing = await house.call("POST", "/v1/generations", { json: prompt });
  expect([nothing.status, nothing.body.code]).toEqual([401, "UNAUTHENTICATED"]);
  expect(nothing.headers.get("www-authenticate")).toStartWith("Bearer");
  expect((await house.call("POST", "/v1/generations", { token: "rk_nonsense", json: prompt })).status).toBe(
    401,
  );
  expect((await house.call("POST", "/v1/generations", { token: house.operator, json: prompt })).status).toBe(
    403,
  );
  expect((await house.call("GET", "/v1/businesses", { token: user })).status).toBe(403);
  expect((await house.call("GET", "/v1/businesses")).status).toBe(401);
  expect((await house.call("POST", "/v1/tokens", { token: user, json: { userId: "bob" } })).status).toBe(403);
});

test("a key that the operator creates for a business can issue tokens for users", async () => {
  await using house = await createHouse();
  const { operator } = house;
  const made = await house.call("POST", "/v1/businesses", {
    token: operator,
    json: { slug: "acme", name: "Acme" },
  });
  expect(made.body).toMatchObject({ slug: "acme", name: "Acme", engine: "sqlite", state: "active" });
  expect(JSON.stringify(made.body)).not.toContain("secret");
  expect(
    (await house.call("POST", "/v1/businesses", { token: operator, json: { slug: "acme" } })).status,
  ).toBe(409);
  expect((await house.call("GET", "/v1/businesses", { token: operator })).body.items).toHaveLength(2);

  const key = (await house.call("POST", "/v1/businesses/acme/keys", { token: operator, json: {} })).body;
  const minted = await house.call("POST", "/v1/tokens", { token: key.key, json: { userId: "bob" } });
  expect(minted.body).toMatchObject({ userId: "bob" });
  const me = await house.call("GET", "/v1/accounts/me", { token: minted.body.token });
  expect(me.body).toMatchObject({ userId: "bob", kind: "external", business: "acme" });

  expect((await house.call("DELETE", `/v1/businesses/acme/keys/${key.id}`, { token: operator })).status).toBe(
    204,
  );
  expect((await house.call("GET", "/v1/businesses/nobody/keys", { token: operator })).status).toBe(404);
});

test("things of another user or business get the same 404 as missing things", async () => {
  await using house = await createHouse();
  await house.stores.createBusiness("acme");
  const owner = await house.guest();
  const { requestId, versionId } = (
    await house.call("POST", "/v1/generations", { token: owner, json: prompt })
  ).body;
  const strangers = [await house.guest(), await house.guest("acme")];
  for (const token of strangers) {
    for (const [method, path] of [
      ["GET", `/v1/generations/${requestId}`],
      ["DELETE", `/v1/generations/${requestId}`],
      ["GET", `/v1/generations/${requestId}/chunks`],
      ["GET", `/v1/generations/${requestId}/events`],
      ["GET", `/v1/versions/${versionId}`],
      ["GET", `/v1/versions/${versionId}/audio`],
    ] as const) {
      const foreign = await house.call(method, path, { token });
      const missing = await house.call(
        method,
        path.replace(/[0-9a-f-]{36}/, "00000000-0000-7000-8000-000000000000"),
        { token },
      );
      expect([path, foreign.status, missing.status]).toEqual([path, 404, 404]);
      expect({ ...foreign.body, requestId: "" }).toEqual({ ...missing.body, requestId: "" });
    }
  }
});

test("a signed link needs no Authorization header", async () => {
  await using house = await createHouse();
  const token = await house.guest();
  const { links, requestId } = (await house.call("POST", "/v1/generations", { token, json: prompt })).body;
  await house.call("DELETE", `/v1/generations/${requestId}`, { token });
  const path = links.audio.replace(/^https?:\/\/[^/]+/, "");
  const opened = await house.call("GET", path, { headers: { "x-request-id": "mine-2" } });
  expect(opened.status).toBe(200);
  expect(opened.headers.get("x-request-id")).toBe("mine-2");
  expect(opened.headers.get("server-timing")).toMatch(/^total;dur=/);
  expect((await house.call("GET", path, { token: "rk_wrong" })).status).toBe(401);
  expect(
    (
      await house.call(
        "GET",
        path.replace(/signature=(.)/, (_: string, first: string) => `signature=${first === "A" ? "B" : "A"}`),
      )
    ).status,
  ).toBe(404);
  expect((await house.call("GET", path.split("?")[0])).status).toBe(401);
});

test("a repeated request with one Idempotency-Key returns the first generation", async () => {
  await using house = await createHouse();
  const token = await house.guest();
  const post = (key: string, json: object = prompt) =>
    house.call("POST", "/v1/generations", { token, json, headers: { "idempotency-key": key } });
  const one = await post("abc");
  expect((await post("abc")).body.requestId).toBe(one.body.requestId);
  expect((await post("abc", { ...prompt, seed: 3 })).body.code).toBe("IDEMPOTENCY_MISMATCH");
  expect((await post("x".repeat(256))).body.faults[0].at).toBe("Idempotency-Key");
});

test("/ready reports which stores are reachable", async () => {
  await using house = await createHouse();
  const ready = await house.call("GET", "/ready");
  expect(ready.body.status).toBe("ready");
  expect(ready.body.needs.map((need: { name: string }) => need.name)).toEqual([
    "control database",
    "job queue",
    "chunk store",
    "object store",
  ]);
  expect((await house.call("GET", "/health")).body.status).toBe("alive");
  const metrics = await house.call("GET", "/metrics");
  expect(metrics.body).toContain('rondo_http_requests_total{method="GET",route="/ready",status="200"} 1');
  expect(metrics.body).toContain("process_resident_memory_bytes");
  // To read this metric, Bun counts all objects of the heap, which blocks the event loop.
  expect(metrics.body).not.toContain("nodejs_heap_space_size");
});

test("an unknown path gets a problem response with the id of the request", async () => {
  await using house = await createHouse();
  const answer = await house.call("GET", "/v1/nothing", { headers: { "x-request-id": "mine-1" } });
  expect(answer.status).toBe(404);
  expect(answer.body).toMatchObject({ code: "NOT_FOUND", requestId: "mine-1" });
  const odd = await house.call("GET", "/v1/nothing", { headers: { "x-request-id": "a b" } });
  expect(odd.body.requestId).not.toBe("a b");
});

test("only the business itself can reach its own streams", async () => {
  await using house = await createHouse();
  await house.stores.createBusiness("acme");
  const keyFor = async (slug: string) =>
    (await house.call("POST", `/v1/businesses/${slug}/keys`, { token: house.operator, json: {} })).body.key;
  const [demo, acme] = [await keyFor("demo"), await keyFor("acme")];
  const put = (token: string, path = "/v1/stream/logs/today") =>
    house.call("PUT", path, { token, headers: { "content-type": "text/plain" }, body: "hello" });
  expect((await put(demo)).status).toBe(201);
  const read = await house.call("GET", "/v1/stream/logs/today?offset=-1", { token: demo });
  expect([read.status, read.body]).toEqual([200, "hello"]);
  expect((await house.call("GET", "/v1/stream/logs/today?offset=-1", { token: acme })).status).toBe(404);
  expect((await house.call("GET", "/v1/stream/logs/today", { token: await house.guest() })).status).toBe(403);
  expect((await house.call("GET", "/v1/stream/logs/today")).status).toBe(401);
  expect((await put(demo, "/v1/stream/%ff")).status).toBe(400);
});

test("the routes of a business's own streams can't reach the streams of generations", async () => {
  await using house = await createHouse();
  const { body: started } = await house.call("POST", "/v1/generations", {
    token: await house.guest(),
    json: prompt,
  });
  const { key } = (await house.call("POST", "/v1/businesses/demo/keys", { token: house.operator, json: {} }))
    .body;
  for (const path of [
    `versions/${started.versionId}/audio`,
    `..%2Fversions%2F${started.versionId}%2Faudio`,
  ]) {
    expect((await house.call("GET", `/v1/stream/${path}?offset=-1`, { token: key })).status).toBe(404);
  }
});

test("the length of a piece in the request overrules the length in the prompt", async () => {
  await using house = await createHouse();
  const token = await house.guest();
  const lengthOf = async (json: object) => {
    const { requestId } = (await house.call("POST", "/v1/generations", { token, json })).body;
    return (await house.call("GET", `/v1/generations/${requestId}`, { token })).body.durationSeconds;
  };
  expect(await lengthOf({ prompt: "two takes, 30 seconds of rain" })).toBe(30);
  expect(await lengthOf({ prompt: "30 seconds of rain", durationSeconds: 20 })).toBe(20);
  expect(await lengthOf({ prompt: "rain" })).toBe(60);
});
