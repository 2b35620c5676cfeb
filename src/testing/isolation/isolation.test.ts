// Runs the isolation matrix (run-matrix.ts). The matrix tries to reach the content of one business
// with the credentials of another business, through every documented route and every named query.
import { expect, setDefaultTimeout, test } from "bun:test";
import { setTimeout } from "node:timers/promises";
import { openApiOf } from "../../http/openapi/openapi.ts";
import { type Attempt, ownQueryRows } from "./attempts.ts";
import { runsLongTests } from "../long-tests.ts";
import { createHouse } from "./house.ts";
import { differentTimes } from "./response-times.ts";
import { runMatrix, send } from "./run-matrix.ts";
import { type App, missingIds, type Tenant, written } from "./tenant.ts";

setDefaultTimeout(300_000);

/** Each business tries the ids of every other business, so the time grows with the square of this number. */
const businesses = runsLongTests ? 3 : 2;

test("the isolation matrix has exactly one row for each operation in the API document", async () => {
  await using house = await createHouse({}, 1);
  const { paths } = openApiOf({ set: house.deps.specs.current, url: undefined }) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(Object.keys(house.rows).toSorted()).toEqual(operations.toSorted());
});

test("every route responds to another business's ids in the same way as to missing ids", async () => {
  await using house = await createHouse({}, businesses);
  const { attempts, leaks } = await runMatrix(house, house.tenants, house.rows);
  console.log(
    `isolation matrix of ${businesses} businesses on SQLite: ${attempts} attempts, ${leaks.length} of them revealed something`,
  );
  expect(leaks).toEqual([]);
  expect(attempts).toBeGreaterThan(2_000);
});

test("a query of a business's app is unknown to every other business", async () => {
  await using house = await createHouse({}, 2);
  const { attempts, leaks } = await runMatrix(house, house.tenants, ownQueryRows);
  expect(leaks).toEqual([]);
  expect(attempts).toBeGreaterThan(50);
  const [own] = house.tenants as [Tenant];
  const headers = own.credentials["user token"];
  const answer = await house.app.request(`/v1/queries/${own.ids.ownQuery}`, { headers });
  expect(((await answer.json()) as { items: object[] }).items).toHaveLength(1);
});

test("each tested route responds differently to a business's own ids and to missing ids", async () => {
  await using house = await createHouse({}, 1);
  const own = house.tenants[0]!;
  const missing = missingIds(own);
  const credentials = Object.entries({
    ...own.credentials,
    nobody: {},
    "operator key": { authorization: `Bearer ${house.operatorKey}` },
  });
  // Deletions come last, because the other requests need the things that are deleted.
  const order = ["head", "get", "put", "patch", "post", "delete"];
  const rankOf = (route: string): number =>
    order.indexOf(route.split(" ", 1)[0]!) - (route.endsWith("/share") ? 0.5 : 0);
  const blind: string[] = [];
  for (const [route, row] of Object.entries(house.rows).toSorted(([a], [b]) => rankOf(a) - rankOf(b))) {
    const method = route.split(" ", 1)[0]!.toUpperCase();
    const absent = row(missing, own);
    const attempts = row(own.ids, own);
    if (attempts.every(({ isLoose }) => isLoose)) continue;
    // The routes of the operator are skipped, because the operator sees every business. A route is also skipped if its
    // requests contain no id, because such requests are the same with the business's own ids and with missing ids.
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

test("a request for another business's thing takes the same time as a request for a missing thing", async () => {
  await using house = await createHouse({}, 2);
  const methods = runsLongTests ? ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] : ["GET"];
  expect(await differentTimes(house, methods)).toEqual([]);
});

test("the measurement of times detects a difference of five milliseconds", async () => {
  await using house = await createHouse({}, 2);
  const { projectId } = house.tenants[1]!.ids;
  const app = {
    request: async (path: string, init?: RequestInit) => {
      if (path.includes(projectId)) await setTimeout(5);
      return house.app.request(path, init);
    },
  } as App;
  const rows = Object.fromEntries(Object.entries(house.rows).filter(([route]) => route.includes("projects")));
  const different = await differentTimes({ ...house, app, rows }, ["GET"]);
  expect(different.map((line) => line.slice(0, line.indexOf(":")))).toContain(
    "get /v1/projects/{projectId}/archive",
  );
});

test("a used Idempotency-Key gets a different response than an unused key", async () => {
  await using house = await createHouse({}, 1);
  const own = house.tenants[0]!;
  const missing = missingIds(own);
  const headers = own.credentials["user token"];
  const detected: string[] = [];
  for (const [route, row] of Object.entries(house.rows)) {
    const absent = row(missing, own);
    for (const [index, attempt] of row(own.ids, own).entries()) {
      if (attempt.headers?.["idempotency-key"] === undefined) continue;
      const got = await send(house.app, "POST", attempt, headers, missing);
      const expected = await send(house.app, "POST", absent[index]!, headers, missing);
      const repeats = own.secrets.some((secret) => got.text.includes(secret));
      if (repeats || got.status !== expected.status) detected.push(route);
    }
  }
  expect(detected).toEqual(["post /v1/generations", `post /v1/queries/${written.query}`]);
});

test("a cursor of another business gets the same response as a forged cursor", async () => {
  await using house = await createHouse({}, 2);
  const [own, other] = house.tenants as [Tenant, Tenant];
  const headers = own.credentials["user token"];
  const answerTo = async (direction: string, cursor: string) => {
    const path = `/v1/queries/tracks.list?limit=1&${direction}=${cursor}`;
    const response = await house.app.request(path, { headers });
    const { code } = (await response.json()) as { code?: string };
    return { status: response.status, code };
  };
  for (const direction of ["after", "before"]) {
    expect(await answerTo(direction, own.ids.cursor)).toEqual({ status: 200, code: undefined });
    const forged = await answerTo(direction, missingIds(own).cursor);
    expect(forged).toEqual({ status: 400, code: "INVALID_PARAMETER" });
    expect(await answerTo(direction, other.ids.cursor)).toEqual(forged);
  }
});

/** Returns the paths and bodies as one text. Cursors and ETags are left out, because they always differ. */
const namesOf = (attempts: readonly Attempt[]): string =>
  JSON.stringify(attempts.map(({ path, body }) => [path.replace(/(after|before)=.*/, ""), body]));
