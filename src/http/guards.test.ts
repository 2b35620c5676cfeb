// Tests the guards of all routes: the session cookie, the origins from which the cookie is accepted, the headers of
// responses, the allowed methods, and the hosts in links.
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { createApp } from "../app.ts";
import { createApiDeps } from "../deps/api-deps.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createTestStores, silentLog } from "../testing/test-stores.ts";
import { webRoutes } from "./routes/web.ts";

setDefaultTimeout(60_000);

async function createHouse(environment: Record<string, string> = {}) {
  const stores = await createTestStores(environment);
  const deps = await createApiDeps(stores.config, silentLog);
  const app = createApp(deps);
  await stores.createBusiness("demo");
  const call = (
    method: string,
    path: string,
    sent: { json?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const headers = new Headers(sent.headers);
    if (sent.json !== undefined) headers.set("content-type", "application/json");
    const body = sent.json === undefined ? null : JSON.stringify(sent.json);
    return app.request(path, { method, headers, body });
  };
  return {
    app,
    call,
    operator: { authorization: `Bearer ${stores.deps.operatorKey.made}` },
    async guest() {
      const res = await call("POST", "/v1/accounts/guest", { json: { business: "demo" } });
      const set = res.headers.getSetCookie();
      const { token } = (await res.json()) as { token: string };
      return { set, cookie: set[0]!.split(";")[0]!, bearer: { authorization: `Bearer ${token}` } };
    },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

const host = "music.example.com";
const https = { RONDO_PUBLIC_URL: `https://${host}` };

test("if the public URL is https, the session cookie is Secure and bound to its host", async () => {
  await using house = await createHouse(https);
  const { set } = await house.guest();
  expect(set).toHaveLength(1);
  expect(set[0]).toStartWith("__Host-rondo_session=demo.");
  for (const part of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) expect(set[0]).toContain(part);
  expect(set[0]).not.toContain("Domain");
  await using plain = await createHouse();
  const forwarded = await plain.call("POST", "/v1/accounts/guest", {
    json: { business: "demo" },
    headers: { "x-forwarded-proto": "https" },
  });
  expect(forwarded.headers.get("set-cookie")).toStartWith("rondo_session=");
  expect(forwarded.headers.get("set-cookie")).not.toContain("Secure");
});

test("a session cookie from before the change of the public URL to https stays valid", async () => {
  await using house = await createHouse(https);
  const { cookie } = await house.guest();
  const old = cookie.replace("__Host-", "");
  const asked = await house.call("GET", "/v1/accounts/session", { headers: { cookie: old } });
  expect(await asked.json()).toMatchObject({ account: { kind: "guest" } });
  const [renamed, dropped] = asked.headers.getSetCookie();
  expect(renamed).toStartWith(`${cookie};`);
  expect(dropped).toStartWith("rondo_session=; Max-Age=0");
  const again = await house.call("GET", "/v1/accounts/session", { headers: { cookie } });
  expect(again.headers.getSetCookie()).toEqual([]);
  // The cookie of this host takes precedence over a cookie that a sibling subdomain can have set.
  const both = { cookie: `rondo_session=demo.planted; ${cookie}` };
  expect((await house.call("GET", "/v1/accounts/me", { headers: both })).status).toBe(200);
});

const foreign: Record<string, Record<string, string>> = {
  "another site": { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  "a sibling subdomain": { origin: `https://blog.example.com`, "sec-fetch-site": "same-site" },
  "another site, an older browser": { origin: "https://evil.example" },
  "a sibling subdomain, an older browser": { origin: "https://blog.example.com" },
  "a page without an origin": { origin: "null" },
};
const own: Record<string, Record<string, string>> = {
  "the page": { origin: `https://${host}`, "sec-fetch-site": "same-origin" },
  "the page, an older browser": { origin: `https://${host}` },
  "the page at its own address in the network": {
    origin: "http://192.168.1.5:3000",
    host: "192.168.1.5:3000",
  },
  "no browser": {},
};

test("a write with the session cookie is refused from a page of another origin", async () => {
  await using house = await createHouse(https);
  const { cookie, bearer } = await house.guest();
  const started = await house.call("POST", "/v1/generations", {
    json: { prompt: "rain" },
    headers: { cookie },
  });
  const { projectId, requestId } = (await started.json()) as Record<string, string>;
  const writes: [string, string, unknown?][] = [
    ["POST", "/v1/accounts/sign-out"],
    ["POST", `/v1/projects/${projectId}/restore`],
    ["DELETE", `/v1/projects/${projectId}`],
    ["DELETE", `/v1/generations/${requestId}`],
    ["POST", "/v1/generations", { prompt: "snow" }],
    ["POST", "/v1/queries/projects.create", { name: "Mine" }],
    ["POST", "/mcp", {}],
  ];
  for (const [from, headers] of Object.entries(foreign))
    for (const [method, path, json] of writes) {
      const res = await house.call(method, path, { json, headers: { ...headers, cookie } });
      expect([from, path, res.status]).toEqual([from, path, 403]);
    }
  for (const [from, headers] of Object.entries(own)) {
    const res = await house.call("POST", "/v1/queries/projects.create", {
      json: { name: "Mine" },
      headers: { ...headers, cookie },
    });
    expect([from, res.status]).toEqual([from, 200]);
  }
  // The rule applies neither to bearer tokens nor to reads.
  const evil = foreign["another site"]!;
  const withToken = await house.call("POST", "/v1/queries/projects.create", {
    json: { name: "Mine" },
    headers: { ...evil, ...bearer },
  });
  expect(withToken.status).toBe(200);
  expect((await house.call("GET", "/v1/accounts/me", { headers: { ...evil, cookie } })).status).toBe(200);
});

test("private responses forbid caching", async () => {
  await using house = await createHouse();
  const { bearer } = await house.guest();
  const json = { prompt: "rain" };
  const made = await house.call("POST", "/v1/generations", { json, headers: bearer });
  const { versionId, requestId } = (await made.clone().json()) as Record<string, string>;
  const operator = house.operator;
  const key = await house.call("POST", "/v1/businesses/demo/keys", { json: {}, headers: operator });
  const { key: secret } = (await key.clone().json()) as { key: string };
  const rk = { authorization: `Bearer ${secret}` };
  const answers = {
    guest: await house.call("POST", "/v1/accounts/guest", { json: { business: "demo" } }),
    me: await house.call("GET", "/v1/accounts/me", { headers: bearer }),
    token: await house.call("POST", "/v1/tokens", { json: { userId: "u" }, headers: rk }),
    key,
    made,
    version: await house.call("GET", `/v1/versions/${versionId}`, { headers: bearer }),
    generation: await house.call("GET", `/v1/generations/${requestId}`, { headers: bearer }),
    businesses: await house.call("GET", "/v1/businesses", { headers: operator }),
    signOut: await house.call("POST", "/v1/accounts/sign-out", { headers: bearer }),
  };
  for (const [name, { headers }] of Object.entries(answers))
    expect([name, headers.get("cache-control")]).toEqual([name, "no-store"]);
  const others = {
    query: await house.call("GET", "/v1/queries/projects.list", { headers: rk }),
    stream: await house.call("GET", "/v1/stream/none", { headers: rk }),
    health: await house.call("GET", "/health"),
    metrics: await house.call("GET", "/metrics"),
    docs: await house.call("GET", "/docs"),
    openapi: await house.call("GET", "/openapi.json"),
    nowhere: await house.call("GET", "/v1/nowhere"),
  };
  for (const [name, { headers }] of Object.entries({ ...answers, ...others }))
    expect([name, headers.get("x-content-type-options")]).toEqual([name, "nosniff"]);
  for (const path of ["/docs", "/docs/errors"])
    expect((await house.call("GET", path)).headers.get("content-security-policy")).toContain(
      "frame-ancestors 'none'",
    );
});

test("an unsupported method of a known path gets 405 with the supported methods in Allow", async () => {
  await using house = await createHouse();
  const empty = await createTemporaryDirectory();
  house.app.route("/", await webRoutes(join(empty.path, "none")));
  const { bearer } = await house.guest();
  const wrong: [string, string, string][] = [
    ["GET", "/v1/accounts/sign-out", "POST"],
    ["PUT", "/v1/accounts/me", "GET, HEAD, DELETE"],
    ["GET", "/v1/tokens", "POST"],
    ["PUT", "/v1/generations", "POST"],
    ["PATCH", "/v1/generations/x", "GET, HEAD, DELETE"],
    ["POST", "/v1/projects/x", "DELETE"],
    ["DELETE", "/v1/versions/x/download", "GET, HEAD"],
    ["POST", "/health", "GET, HEAD"],
    ["PUT", "/docs", "GET, HEAD"],
    ["DELETE", "/v1/queries/tracks.list", "GET, POST"],
    ["PUT", "/v1/generations/x/chunks", "GET, HEAD, POST, OPTIONS"],
  ];
  for (const [method, path, allow] of wrong) {
    const res = await house.call(method, path, { headers: bearer });
    expect([method, path, res.status, res.headers.get("allow")]).toEqual([method, path, 405, allow]);
    expect(await res.json()).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
  }
  for (const [method, path] of [
    ["POST", "/v1/nowhere"],
    ["POST", "/nowhere"],
    ["GET", "/v1/nowhere"],
    ["PUT", "/"],
  ] as const)
    expect([path, (await house.call(method, path, { headers: bearer })).status]).toEqual([path, 404]);
  await empty[Symbol.asyncDispose]();
});

test("without a public URL, only requests to a loopback host get links with a host", async () => {
  const audioAt = async (at: string, environment: Record<string, string> = {}) => {
    await using house = await createHouse(environment);
    const { bearer } = await house.guest();
    const res = await house.call("POST", `${at}/v1/generations`, {
      json: { prompt: "rain" },
      headers: bearer,
    });
    const { links } = (await res.json()) as { links: { audio: string; self: string } };
    const there = await house.call("GET", links.self, { headers: bearer });
    expect(there.status).toBe(200);
    return links.audio.slice(0, links.audio.indexOf("/v1/"));
  };
  expect(await audioAt("http://evil.example", https)).toBe(`https://${host}`);
  expect(await audioAt("http://evil.example")).toBe("");
  expect(await audioAt("http://127.0.0.1.evil.example")).toBe("");
  expect(await audioAt("http://localhost:3000")).toBe("http://localhost:3000");
  expect(await audioAt("http://127.0.0.1:3000")).toBe("http://127.0.0.1:3000");
});

test("the page can't use devices or load files from other servers", async () => {
  await using directory = await createTemporaryDirectory();
  const style = ":root{--accent:red}";
  await Bun.write(join(directory.path, "index.html"), `<!doctype html><style>${style}</style>`);
  const web = await webRoutes(directory.path);
  const { headers } = await web.request("/");
  const policy = headers.get("content-security-policy")!;
  const hash = new Bun.CryptoHasher("sha256").update(style).digest("base64");
  expect(policy).toContain(`style-src 'self' 'sha256-${hash}';`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  expect(headers.get("permissions-policy")).toContain("microphone=()");
  expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
  using server = Bun.serve({ port: 0, fetch: web.fetch });
  const head = await fetch(server.url, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, headers.get("content-length")]);
});

test("apart from this server, the page can load sound only from the bucket to which links redirect", async () => {
  await using directory = await createTemporaryDirectory();
  await Bun.write(join(directory.path, "index.html"), "<!doctype html>");
  const policyOf = async (options?: { soundOrigin: string }) =>
    (await (await webRoutes(directory.path, options)).request("/")).headers.get("content-security-policy");
  const there = await policyOf({ soundOrigin: "https://storage.googleapis.com" });
  expect(there).toMatch(/connect-src 'self' https:\/\/storage\.googleapis\.com;/);
  expect(there).toMatch(/media-src 'self' blob: https:\/\/storage\.googleapis\.com;/);
  expect(await policyOf()).not.toContain("http");
});
