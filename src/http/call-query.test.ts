// Tests that a failed call of a business's own query is repeated only if the tables were changed and the query was
// therefore compiled again.
import { expect, test } from "bun:test";
import { type BusinessTables, businessSchema } from "../businesses/tables/schema.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import type { Database } from "../ports/database/database.ts";
import { createQuerySet, type QuerySet } from "../queries/run/query-set.ts";
import { loadSpecs } from "../queries/spec/load-specs.ts";
import { callQueryOn } from "./call-query.ts";

const loaded = await loadSpecs({ dir: `${import.meta.dir}/../../query-specs`, schema: businessSchema });
const caller = { kind: "user", businessId: "one", userId: "ann" } as const;
const call = { name: "library.stats", method: "GET", parameters: {} } as const;

/** Calls a query that the engine refuses with `code`. When the queries of the business are read again, they
 * are `present`. */
async function callRefused(code: ErrorCode, present: QuerySet) {
  let [statements, forgotten] = [0, 0];
  const database = {
    dialect: "sqlite",
    run() {
      statements += 1;
      return Promise.reject(new AppError(code, "The engine refuses the statement."));
    },
  } as unknown as Database<BusinessTables>;
  const specs = {
    current: createQuerySet([]),
    of: () => (forgotten === 0 ? loaded : present),
    forget() {
      forgotten += 1;
    },
  };
  const registry = { factById: () => Promise.reject(new Error("The query has no pages.")) };
  const databases = { use: () => Promise.reject(new Error("The database is already open.")) };
  const answered = await Promise.resolve(
    callQueryOn({ specs, registry, databases }, database, caller, call),
  ).catch((err: unknown) => err);
  expect(answered).toMatchObject({ code });
  return { statements, forgotten };
}

test("a call that fails with INTERNAL is repeated once if the query was compiled again meanwhile", async () => {
  const compiledAgain = createQuerySet([...loaded.queries.values()]);
  expect(await callRefused("INTERNAL", compiledAgain)).toEqual({ statements: 2, forgotten: 1 });
});

test("a call that fails with INTERNAL is not repeated if the query is still the same", async () => {
  expect(await callRefused("INTERNAL", loaded)).toEqual({ statements: 1, forgotten: 1 });
});

test("a call that fails with an error other than INTERNAL is not repeated", async () => {
  const compiledAgain = createQuerySet([...loaded.queries.values()]);
  expect(await callRefused("CONFLICT", compiledAgain)).toEqual({ statements: 1, forgotten: 0 });
});
