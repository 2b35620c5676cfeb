// Creates an instance of Rondo with several businesses and without rate limits, for the isolation matrix
// (run-matrix.ts).
import { createApp } from "../../app.ts";
import { createTestApiDeps } from "../test-api-deps.ts";
import { createStudio } from "../studio.ts";
import { queryRows, rows } from "./attempts.ts";
import { createTenant, type Tenant } from "./tenant.ts";

const withoutLimits = Object.fromEntries(
  ["WRITES", "GENERATIONS", "BUSINESS", "ADDRESS", "ADDRESS_PIECES", "BUSINESS_PIECES"]
    .concat(["GUEST_MINUTES", "SIGN_INS", "FAILED_CREDENTIALS", "MAILS"])
    .map((name) => [`RONDO_LIMIT_${name}`, "off"]),
);

/** `size` is the number of businesses, from 1 to 3. */
export async function createHouse(environment: Record<string, string>, size: number) {
  const studio = await createStudio({ ...withoutLimits, ...environment });
  const deps = await createTestApiDeps(studio.stores.config);
  const app = createApp(deps);
  const tenants: Tenant[] = [];
  for (const slug of ["acme", "globex", "initech"].slice(0, size))
    tenants.push(await createTenant(studio, deps, app, slug));
  await deps.control.kysely
    .updateTable("businesses")
    .set({ limits: '{"concurrentGenerationsPerUser":10000}' })
    .execute();
  deps.registry.forget();
  const all = { ...rows, ...queryRows(deps.specs.current) };
  return {
    ...{ app, deps, tenants, rows: all, operatorKey: studio.stores.deps.operatorKey.made! },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}
