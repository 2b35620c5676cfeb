// Tests which generator describes a piece when the piece is started.
import { expect, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { setBusinessGenerators } from "../../../businesses/lifecycle/set-business-generators.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { createTestStores, silentLog } from "../../../testing/test-stores.ts";

test("if the first generator of a business is no longer configured, the next generator describes new pieces", async () => {
  await using stores = await createTestStores({
    RONDO_GENERATORS: "away=http://127.0.0.1:9, sketch=builtin:",
    RONDO_GENERATOR_SECRET: "a secret",
  });
  await stores.createBusiness("demo");
  // The name "gone" was in RONDO_GENERATORS when the list of the business was set.
  const generatorNames = ["gone", "away", "sketch"];
  await setBusinessGenerators({ ...stores.deps, generatorNames }, "test", {
    slug: "demo",
    generators: ["gone", "sketch"],
  });
  const deps = await createApiDeps(stores.config, silentLog);
  await using _ = { [Symbol.asyncDispose]: () => deps.close() };
  const app = createApp(deps);
  const post = async (path: string, body: object, token?: string) => {
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const answer = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as { readonly token: string };
  };
  const { token } = await post("/v1/accounts/guest", { business: "demo" });
  const started = await post("/v1/generations", { prompt: "slow piano" }, token);
  // Only the built-in composer describes its plan at the start.
  expect(started).toMatchObject({ requestId: expect.any(String), plan: { style: "piano" } });
});
