// Tries every documented route and every named query with another business's ids and credentials.
import { expect, setDefaultTimeout, test } from "bun:test";
import { openApiOf } from "../../http/openapi/openapi.ts";
import { type Attempt, ownQueryRows } from "./attempts.ts";
import { runsLongTests } from "../long-tests.ts";
import { createHouse } from "./house.ts";
import { runMatrix, send } from "./run-matrix.ts";
import { type Ids, missingIds, type Tenant } from "./tenant.ts";

setDefaultTimeout(300_000);

/** The ids of each business are tried by every other one, so the time grows with the square of their number. */
const businesses = runsLongTests ? 3 : 2;

test("every operation in the API document has a row in the matrix, and every row is an operation", async () => {
  await using house = await createHouse({}, 1);
  const { paths } = openApiOf({ set: house.deps.specs.current, url: undefined }) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(Object.keys(house.rows).toSorted()).toEqual(operations.toSorted());
});

test("with another business's ids and credentials, every route responds as for a missing thing, and changes nothing", async () => {
  await using house = await createHouse({}, businesses);
  const { attempts, leaks } = await runMatrix(house, house.tenants, house.rows);
  console.log(
    `isolation matrix of ${businesses} businesses on SQLite: ${attempts} attempts, ${leaks.length} of them revealed something`,
  );
  expect(leaks).toEqual([]);
  expect(attempts).toBeGreaterThan(2_000);
});

test("a query of one business's app is an unknown name for every other business, and its own users get the rows", async () => {
  await using house = await createHouse({}, 2);
  const { attempts, leaks } = await runMatrix(house, house.tenants, ownQueryRows);
  expect(leaks).toEqual([]);
  expect(attempts).toBeGreaterThan(50);
  const [own] = house.tenants as [Tenant];
  const headers = own.credentials["user token"];
  const answer = await house.app.request(`/v1/queries/${own.ids.ownQuery}`, { headers });
  expect(((await answer.json()) as { items: object[] }).items).toHaveLength(1);
});

test("the matrix can detect a leak: to a business's own ids, each route responds differently than to missing ids", async () => {
  await using house = await createHouse({}, 1);
  const own = house.tenants[0]!;
  const missing = missingIds(own);
  const credentials = Object.entries({
    ...own.credentials,
    nobody: {},
    "operator key": { authorization: `Bearer ${house.operatorKey}` },
  });
  const order = ["head", "get", "put", "patch", "post", "delete"];
  const rankOf = (route: string): number =>
    order.indexOf(route.split(" ", 1)[0]!) - (route.endsWith("/share") ? 0.5 : 0);
  const blind: string[] = [];
  for (const [route, row] of Object.entries(house.rows).toSorted(([a], [b]) => rankOf(a) - rankOf(b))) {
    const method = route.split(" ", 1)[0]!.toUpperCase();
    const absent = row(missing, own);
    const attempts = row(own.ids, own);
    if (attempts.every(({ isLoose }) => isLoose)) continue;
    // These routes are skipped, because the operator sees every business.
    if (/\/v1\/(businesses|jobs)/.test(route) || namesOf(attempts) === namesOf(absent)) continue;
    let differs = false;
    for (const [index, attempt] of attempts.entries()) {
      for (const [, headers] of credentials) {
        if (differs) break;
        const got = await send(house.app, method, attempt, headers, own.ids);
        const expected = await send(house.app, method, absent[index]!, headers, missing);
        differs = JSON.stringify(got) !== JSON.stringify(expected);
      }
    }
    if (!differs) blind.push(route);
  }
  expect(blind).toEqual([]);
});

test("the response for another business's thing takes as long as for a missing thing", async () => {
  await using house = await createHouse({}, 2);
  const [own, other] = house.tenants as [Tenant, Tenant];
  const missing = missingIds(own);
  const slower: string[] = [];
  for (const [route, row] of Object.entries(house.rows)) {
    if (!route.startsWith("get ")) continue;
    const ask = (ids: Ids, index: number) =>
      send(house.app, "GET", row(ids, own)[index]!, own.credentials["user token"], ids);
    for (const [index, attempt] of row(other.ids, own).entries()) {
      if (attempt.isLoose || attempt.as) continue;
      const measure = async (rounds: number) => {
        const times = { theirs: [] as number[], missing: [] as number[] };
        for (let round = 0; round < rounds; round += 1) {
          times.theirs.push(await durationOf(() => ask(other.ids, index)));
          times.missing.push(await durationOf(() => ask(missing, index)));
        }
        const [theirs, none] = [Math.min(...times.theirs), Math.min(...times.missing)];
        const differs = Math.abs(theirs - none) > Math.max(1, none);
        return differs ? `${route}: ${theirs} and ${none} ms` : undefined;
      };
      // Other work on the machine delays single calls, but not the fastest ones, so these are
      // compared.
      const differences = [await measure(7)];
      while (differences.at(-1) !== undefined && differences.length < 5) differences.push(await measure(25));
      const last = differences.at(-1);
      if (last !== undefined) slower.push(last);
    }
  }
  expect(slower).toEqual([]);
});

async function durationOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** Returns the paths and bodies without cursors and ETags, which differ between queries. */
const namesOf = (attempts: readonly Attempt[]): string =>
  JSON.stringify(attempts.map(({ path, body }) => [path.replace(/cursor=.*/, ""), body]));
