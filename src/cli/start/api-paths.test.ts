import { expect, test } from "bun:test";
import { createApp } from "../../app.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { createTestStores, silentLog } from "../../testing/test-stores.ts";
import { apiPaths } from "./api-paths.ts";

test("apiPaths covers every route of the API and no other path", async () => {
  await using stores = await createTestStores();
  const deps = await createApiDeps(stores.config, silentLog);
  const paths = new Set(createApp(deps).routes.map(({ path }) => path));
  await deps.close();
  const isPassedOn = (path: string) => apiPaths.some((prefix) => path.startsWith(prefix));
  expect(apiPaths.filter((prefix) => ![...paths].some((path) => path.startsWith(prefix)))).toEqual([]);
  expect([...paths].filter((path) => path !== "/*" && !isPassedOn(path))).toEqual([]);
});
