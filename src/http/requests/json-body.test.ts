// Tests that routes refuse a JSON body that a database can't store unchanged, and that a body in UTF-8 is stored.
import { expect, test } from "bun:test";
import { createApp } from "../../app.ts";
import { createTestApiDeps } from "../../testing/test-api-deps.ts";
import { createTestStores } from "../../testing/test-stores.ts";

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

const bodies: Readonly<Record<string, (json: string) => BodyInit>> = {
  "is not UTF-8": (json) => latin1(json.replace("TEXT", "caf\xe9")),
  "with an overlong sequence": (json) => latin1(json.replace("TEXT", "\xc0\x80")),
  "holds NUL": (json) => json.replace("TEXT", "a\\u0000b"),
  "with half a surrogate pair": (json) => json.replace("TEXT", "a\\ud800b"),
  "repeats a key": (json) => json.replace("{", '{"name":1,"name":1,'),
  "with a number beyond a double": (json) => json.replace(/"[^"]*TEXT"/, "1e400"),
  "is nested too deeply": (json) => json.replace(/"[^"]*TEXT"/, `${"[".repeat(200)}${"]".repeat(200)}`),
};

test("a route that accepts JSON refuses a body that can't be stored unchanged", async () => {
  await using stores = await createTestStores();
  await stores.createBusiness("demo");
  const deps = await createTestApiDeps(stores.config);
  const app = createApp(deps);
  const operator = stores.deps.operatorKey.made ?? "";
  const send = (path: string, token: string, body: BodyInit) =>
    app.request(path, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      },
    });
  const guest = (await (await send("/v1/accounts/guest", "", '{"business":"demo"}')).json()) as {
    token: string;
  };
  const tool = (name: string, value: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${value}}}`;

  const routes: readonly (readonly [string, string, string])[] = [
    ["/v1/businesses", operator, '{"slug":"zz","name":"TEXT"}'],
    ["/v1/businesses/demo/keys", operator, '{"name":"TEXT"}'],
    ["/v1/accounts/guest", "", '{"business":"TEXT"}'],
    ["/v1/accounts/sign-in", "", '{"business":"demo","email":"TEXT","password":"passwordpassword"}'],
    ["/v1/accounts/sign-up", "", '{"business":"demo","email":"a@example.com","password":"passwordTEXT"}'],
    ["/v1/generations", guest.token, '{"prompt":"TEXT"}'],
    ["/v1/queries/projects.create", guest.token, '{"name":"TEXT"}'],
    ["/mcp", guest.token, tool("projects_create", '{"name":"TEXT"}')],
  ];
  for (const [path, token, json] of routes) {
    for (const [title, bodyOf] of Object.entries(bodies)) {
      const answer = await send(path, token, bodyOf(json));
      const text = await answer.text();
      const refused = answer.status === 400 || text.includes("INVALID_PARAMETER");
      expect(`${path} ${title}: ${refused} ${text}`).toContain(": true");
    }
  }
  expect((await deps.registry.list()).map(({ slug }) => slug)).toEqual(["demo"]);
  const projects = await app.request("/v1/queries/projects.list", {
    headers: { authorization: `Bearer ${guest.token}` },
  });
  expect(await projects.json()).toMatchObject({ items: [] });
  await deps.close();
});

test("a JSON body in UTF-8 is stored unchanged", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness("demo");
  const deps = await createTestApiDeps(stores.config);
  const { key } = await deps.keys.create(business.id, "", "test");
  const app = createApp(deps);
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const minted = await app.request("/v1/tokens", {
    method: "POST",
    headers,
    body: '\ufeff{"userId":"ada","expiresInSeconds":60}',
  });
  const { token } = (await minted.json()) as { token: string };
  const made = await app.request("/v1/queries/projects.create", {
    method: "POST",
    headers: { ...headers, authorization: `Bearer ${token}` },
    body: '{"name":"café \\ud83c\\udfb7 🎷 \\\\u0000"}',
  });
  expect(await made.json()).toMatchObject({ item: { name: "café 🎷 🎷 \\u0000" } });
  await deps.close();
});
