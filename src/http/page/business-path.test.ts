// Tests that a business's page below the path /b/<slug>/ has its own addresses and its own session. The
// pages of other businesses don't accept this session.
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { createApp } from "../../app.ts";
import { AppError } from "../../errors.ts";
import { createLooks } from "../../apps/theme/looks.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { createTestStores, silentLog } from "../../testing/test-stores.ts";
import { webRoutes } from "../routes/web.ts";

setDefaultTimeout(60_000);

const shell = `<!doctype html><html><head><title>Rondo</title><link rel="manifest" href="/manifest.webmanifest" />
<script type="application/json" id="business">{"slug":"demo","name":"Rondo"}</script></head></html>`;

const refuse = () => Promise.reject(new AppError("UNAVAILABLE", "The database cannot be reached."));
const unavailable = { findByHost: refuse, findBySlug: refuse };

async function createHouse(environment: Record<string, string> = {}, { isControlDown = false } = {}) {
  const stores = await createTestStores(environment);
  const deps = await createApiDeps(stores.config, silentLog);
  const directory = await createTemporaryDirectory();
  await Bun.write(join(directory.path, "index.html"), shell);
  await Bun.write(join(directory.path, "manifest.webmanifest"), JSON.stringify({ id: "/", start_url: "/" }));
  await Bun.write(join(directory.path, "sw.js"), "// worker");
  const looks = createLooks(isControlDown ? { ...deps, registry: unavailable } : deps);
  const app = createApp(deps).route("/", await webRoutes(directory.path, { looks }));
  for (const slug of ["demo", "acme", "acme-two"]) await stores.createBusiness(slug);
  const call = (path: string, { json, ...headers }: { json?: object; cookie?: string } = {}) =>
    app.request(`https://music.test${path}`, {
      method: json ? "POST" : "GET",
      headers: { ...headers, ...(json && { "content-type": "application/json" }) },
      body: json ? JSON.stringify(json) : null,
    });
  return {
    app,
    call,
    async guest(base: string, business: string) {
      const res = await call(`${base}/v1/accounts/guest`, { json: { business } });
      expect(res.status).toBe(201);
      return res.headers.getSetCookie().map((cookie) => cookie.split(";")[0]!);
    },
    async accountOf(path: string, cookie: string) {
      const { account } = (await (await call(`${path}/v1/accounts/session`, { cookie })).json()) as {
        account: { business: string } | null;
      };
      return account?.business ?? null;
    },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await stores[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test("the page of a business, its manifest and its service worker are served below /b/<slug>", async () => {
  await using house = await createHouse();
  const cookie = (await house.guest("/b/acme", "acme"))[0]!;
  // Without a session for this path, the page of a piece is answered with 404, because pieces are private.
  expect((await house.call("/b/acme/p/018f")).status).toBe(404);
  for (const view of ["/", "/albums", "/p/018f"]) {
    const page = await house.call(`/b/acme${view}`, { cookie });
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).toContain('"slug":"acme"');
    expect(html).toContain('"base":"/b/acme"');
    expect(html).toContain('<link rel="manifest" href="/b/acme/manifest.webmanifest" />');
  }
  const manifest = await (await house.call("/b/acme/manifest.webmanifest")).json();
  expect(manifest).toMatchObject({ id: "/b/acme/", start_url: "/b/acme/", scope: "/b/acme/" });
  expect(await (await house.call("/b/acme/sw.js")).text()).toBe("// worker");
  expect(await (await house.call("/")).text()).not.toContain("base");
  expect(await (await house.call("/b/demo/")).text()).toContain('"base":"/b/demo"');
});

test("the path of a business without the final slash redirects to the page", async () => {
  await using house = await createHouse();
  const moved = await house.call("/b/acme?from=mail");
  expect([moved.status, moved.headers.get("location")]).toEqual([308, "/b/acme/?from=mail"]);
  for (const path of ["/b/missing/", "/b/missing/albums", "/b/Acme/", "/b//", "/b/acme%2Ftwo/"]) {
    const page = await house.call(path);
    expect(page.status).toBe(404);
    expect(await page.text()).toContain('"slug":"demo"');
  }
});

test("if the control database is unavailable, the page of a business has Rondo's own look", async () => {
  await using house = await createHouse({}, { isControlDown: true });
  expect(await (await house.call("/")).text()).toBe(shell);
  for (const path of ["/b/acme/", "/b/acme/albums"]) {
    const page = await house.call(path);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('{"slug":"acme","name":"Rondo","base":"/b/acme"}');
  }
  expect(await (await house.call("/b/acme/sw.js")).text()).toBe("// worker");
});

test.each([{}, { RONDO_PUBLIC_URL: "https://music.test" }])(
  "a session is valid only below the path where the session began (%o)",
  async (environment) => {
    await using house = await createHouse(environment);
    const name = "RONDO_PUBLIC_URL" in environment ? "__Host-rondo_session" : "rondo_session";
    const root = await house.guest("", "demo");
    const acme = await house.guest("/b/acme", "acme");
    const two = await house.guest("/b/acme-two", "acme-two");
    expect(root[0]).toStartWith(`${name}=demo.`);
    expect(acme[0]).toStartWith(`${name}_acme=acme.`);
    const all = ["theme=dark", ...two, ...acme, ...root].join("; ");
    expect(await house.accountOf("", all)).toBe("demo");
    expect(await house.accountOf("/b/acme", all)).toBe("acme");
    expect(await house.accountOf("/b/acme-two", all)).toBe("acme-two");
    for (const cookie of [root[0]!, acme[0]!])
      expect(await house.accountOf("/b/acme-two", cookie)).toBeNull();
    const out = await house.call("/b/acme/v1/accounts/sign-out", { json: {}, cookie: all });
    expect(out.headers.getSetCookie()).toHaveLength(1);
    expect(out.headers.get("set-cookie")).toStartWith(`${name}_acme=; Max-Age=0`);
    expect(await house.accountOf("/b/acme", all)).toBeNull();
    expect(await house.accountOf("", all)).toBe("demo");
  },
);

test("for a request below /b/<slug>, the client's IP address is read from the connection", async () => {
  await using house = await createHouse();
  const seen: Request[] = [];
  const request = new Request("https://music.test/b/acme/v1/accounts/guest", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ business: "acme" }),
  });
  const requestIP = (one: Request) => {
    seen.push(one);
    return one === request ? { address: "192.0.2.1" } : null;
  };
  expect((await house.app.fetch(request, { requestIP })).status).toBe(201);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every((one) => one === request)).toBe(true);
});
