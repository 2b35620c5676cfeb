// Tests on SQLite and on Postgres that parallel requests can't create more endpoints than a business is allowed to
// have.
import { expect, test } from "bun:test";
import { createSharedDeps } from "../deps/shared-deps.ts";
import { createStudio } from "../testing/studio.ts";
import { createTestPostgres, hasPostgres } from "../testing/servers/postgres/postgres-database.ts";
import { silentLog } from "../testing/test-stores.ts";
import { createEndpoint, listEndpoints } from "./endpoints.ts";

async function refusesTooMany(environment: Record<string, string>): Promise<void> {
  await using studio = await createStudio(environment);
  const { deps, business } = studio;
  // Half of the requests use `other`, which has its own connections, as a second process would. So transactions run in
  // parallel. If they ran one after another, the test would prove nothing.
  const other = await createSharedDeps(studio.stores.config, silentLog);
  await using _closing = { [Symbol.asyncDispose]: () => other.close() };
  expect(await listEndpoints(other, business.id)).toEqual([]);
  const url = "https://8.8.8.8/events";
  const made = await Promise.allSettled(
    Array.from({ length: 30 }, (_, at) => createEndpoint(at % 2 === 0 ? deps : other, business, { url })),
  );
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
  expect(await listEndpoints(deps, business.id)).toHaveLength(20);
}

test("thirty parallel requests create only the twenty allowed endpoints, on SQLite", () =>
  refusesTooMany({}));

test.skipIf(!(await hasPostgres()))(
  "thirty parallel requests create only the twenty allowed endpoints, on Postgres",
  async () => {
    await using server = await createTestPostgres();
    await refusesTooMany({ RONDO_BUSINESS_URL: server.url });
  },
  60_000,
);
