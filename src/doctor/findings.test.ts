// Tests the findings of `rondo doctor` about three kinds of servers: a server that is too old, a server that hides a
// setting, and a server that does not answer in time. The reports of the servers are written by hand, because no test
// machine has such servers.
import { expect, test } from "bun:test";
import type { PostgresReport } from "../ports/drivers/postgres-inspect.ts";
import type { RedisReport } from "../ports/drivers/redis-inspect.ts";
import { businessFindings, controlFindings } from "../ports/drivers/postgres-findings.ts";
import { cacheFindings, queueFindings } from "../ports/drivers/redis-findings.ts";
import type { Found } from "../ports/found.ts";
import { until } from "../testing/until.ts";
import { foundOf } from "./finding.ts";

const wrongs = (findings: readonly Found[]) =>
  findings.filter(({ state }) => state === "wrong").map(({ says }) => says);

test("a Postgres server before version 15 is a fault", () => {
  const report: PostgresReport = {
    version: "14.9",
    versionNumber: 140_009,
    role: "rondo",
    isSuperuser: false,
    canMakeDatabases: true,
    canMakeRoles: true,
    canMakeTables: true,
    connectionsMax: 100,
    acceptsAnyPassword: false,
    migrations: [],
    knowsNewLetters: true,
  };
  for (const findings of [controlFindings(report), businessFindings(report)]) {
    expect(wrongs(findings)).toEqual(["PostgreSQL 14.9 is too old: 15 or newer is needed."]);
  }
  expect(wrongs(controlFindings({ ...report, version: "15.0", versionNumber: 150_000 }))).toEqual([]);
  const told = (knowsNewLetters: boolean) =>
    businessFindings({ ...report, knowsNewLetters }).some(({ says }) =>
      says.includes("the server's older ICU library"),
    );
  expect([told(true), told(false)]).toEqual([false, true]);
});

test("Redis before version 6.2 is too old for the queue", () => {
  const report: RedisReport = {
    version: "6.0.16",
    evictionPolicy: "noeviction",
    memoryBytesMax: 0,
    isCluster: false,
    refusals: [],
  };
  expect(wrongs(queueFindings(report))).toEqual(["Redis 6.0.16 is too old: 6.2 or newer is needed."]);
  expect(wrongs(cacheFindings(report))).toEqual([]);
  expect(wrongs(cacheFindings({ ...report, isCluster: true }))).toHaveLength(1);
  expect(wrongs(queueFindings({ ...report, version: "7.0.15" }))).toEqual([]);
});

test("a Redis server that does not show its maxmemory-policy gives a warning and not a fault", () => {
  const report = {
    version: "7.2.0",
    evictionPolicy: undefined,
    memoryBytesMax: 0,
    isCluster: false,
    refusals: [],
  };
  expect(queueFindings(report).map(({ state }) => state)).toEqual(["good", "warning", "good"]);
});

test("a check that runs out of time reports that the server did not answer", async () => {
  const signal = AbortSignal.timeout(1);
  await until("the time is over", () => signal.aborted);
  expect(foundOf(signal.reason)).toMatchObject({
    state: "wrong",
    says: "The server did not answer in time.",
  });
});
