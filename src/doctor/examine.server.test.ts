// Tests the doctor on working and on faulty Postgres, Neon, Redis and MongoDB servers. Each fault is reported under its
// setting, with a hint.
import { describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import postgres from "postgres";
import { complaintsOf, examined, examinedUrl, nobody, statesOf } from "../testing/examined.ts";
import { hasMongo, startMongoServer } from "../testing/servers/mongodb-server.ts";
import { startNeonStandIn } from "../testing/servers/neon/neon-stand-in.ts";
import { postgresPrograms, startPostgresServer } from "../testing/servers/postgres/postgres-server.ts";
import { hasRedis, startRedisServer } from "../testing/servers/redis-server.ts";

describe.skipIf(postgresPrograms() === undefined)("the findings about Postgres", () => {
  test("each fault of a Postgres server or role has its own finding", async () => {
    await using server = await startPostgresServer();
    const { host, port, adminUrl, superuserUrl } = server;
    const boss = postgres(superuserUrl, { max: 1, onnotice: () => {} });
    await boss.unsafe("create role weak login password 'weak'");
    await boss.end();

    for (const setting of ["RONDO_CONTROL_URL", "RONDO_BUSINESS_URL"]) {
      const findings = await examinedUrl(setting, adminUrl);
      expect(complaintsOf(findings)).toBe("");
      expect(findings[0]?.says).toMatch(/^PostgreSQL 1\d/);
    }
    const weak = `postgres://weak:weak@${host}:${port}/rondo`;
    expect(complaintsOf(await examinedUrl("RONDO_BUSINESS_URL", weak))).toContain(
      'alter role "weak" createdb createrole',
    );
    expect(complaintsOf(await examinedUrl("RONDO_CONTROL_URL", weak))).toContain(
      "is not allowed to create tables",
    );
    expect(complaintsOf(await examinedUrl("RONDO_BUSINESS_URL", superuserUrl))).toContain("is a superuser");
    for (const [url, complaint] of [
      [adminUrl.replace("rondo-secret", "wrong"), "refuses the role or its password"],
      [adminUrl.replace(/rondo$/, "nowhere"), "does not exist"],
      [`postgres://rondo@${nobody}/rondo`, "cannot be reached"],
    ] as const) {
      const complaints = complaintsOf(await examinedUrl("RONDO_CONTROL_URL", url));
      expect(complaints).toStartWith("wrong: ");
      expect(complaints).toContain(complaint);
    }

    const owner = postgres(adminUrl, { max: 1, onnotice: () => {} });
    await owner`create table kysely_migration (name text primary key, timestamp text not null)`;
    await owner`insert into kysely_migration values ('299901010000_future', '')`;
    expect(complaintsOf(await examinedUrl("RONDO_CONTROL_URL", adminUrl))).toContain("299901010000_future");
    expect(complaintsOf(await examinedUrl("RONDO_BUSINESS_URL", adminUrl))).toBe("");
    await owner`drop table kysely_migration`;
    await owner.end();

    await trustEveryone(superuserUrl);
    expect(complaintsOf(await examinedUrl("RONDO_CONTROL_URL", adminUrl))).toMatch(
      /^warning: The server accepts any password/,
    );
  }, 60_000);
});

/** Lets every user connect without a password, as a carelessly configured server does. */
async function trustEveryone(superuserUrl: string): Promise<void> {
  const boss = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  const [row] = await boss<{ file: string }[]>`select current_setting('hba_file') as file`;
  await Bun.write(row?.file ?? "", "host all all 127.0.0.1/32 trust\n");
  await boss`select pg_reload_conf()`;
  await boss.end();
}

describe.skipIf(!hasRedis)("the findings about Redis", () => {
  test("a queue on a Redis server that evicts keys is a fault", async () => {
    await using evicting = await startRedisServer([
      "--maxmemory",
      "50mb",
      "--maxmemory-policy",
      "allkeys-lru",
    ]);
    expect(complaintsOf(await examinedUrl("RONDO_QUEUE_URL", evicting.url))).toMatch(
      /^wrong: Redis evicts keys .*allkeys-lru.* noeviction/,
    );
    expect(complaintsOf(await examinedUrl("RONDO_CACHE_URL", evicting.url))).toBe("");
    await using keeping = await startRedisServer(["--maxmemory", "50mb"]);
    expect(complaintsOf(await examinedUrl("RONDO_QUEUE_URL", keeping.url))).toBe("");
    expect(complaintsOf(await examinedUrl("RONDO_CACHE_URL", keeping.url))).toStartWith(
      "warning: When its memory is full",
    );
  }, 60_000);

  test("wrong credentials, missing permissions and an unreachable server are reported as different faults", async () => {
    await using server = await startRedisServer(["--requirepass", "secret"]);
    const { port } = server;
    const admin = new Redis(`redis://:secret@127.0.0.1:${port}`);
    await admin.call("acl", "setuser", "reader", "on", ">reader", "~*", "&*", "+@read", "+info", "+ping");
    admin.disconnect();
    for (const [url, complaint] of [
      [`redis://127.0.0.1:${port}`, "refuses the user or its password"],
      [`redis://:wrong@127.0.0.1:${port}`, "refuses the user or its password"],
      [`redis://reader:reader@127.0.0.1:${port}`, "lacks a permission"],
      [`redis://${nobody}`, "cannot be reached"],
    ] as const) {
      for (const setting of ["RONDO_QUEUE_URL", "RONDO_CACHE_URL"]) {
        const complaints = complaintsOf(await examinedUrl(setting, url));
        expect(complaints).toStartWith("wrong: ");
        expect(complaints).toContain(complaint);
        expect(complaints).not.toMatch(/secret|:wrong/);
      }
    }
    expect(complaintsOf(await examinedUrl("RONDO_QUEUE_URL", `redis://:secret@127.0.0.1:${port}`))).toBe("");
  }, 60_000);
});

describe.skipIf(!hasMongo)("the findings about MongoDB", () => {
  test("an unreachable server is a fault", async () => {
    await using server = await startMongoServer();
    const findings = await examinedUrl("RONDO_CHUNKS_URL", server.url);
    expect(statesOf(findings)).not.toContain("wrong");
    expect(findings[0]?.says).toStartWith("MongoDB ");
    expect(statesOf(await examinedUrl("RONDO_CHUNKS_URL", `mongodb://${nobody}`))).toEqual(["wrong"]);
  }, 60_000);
});

describe.skipIf(postgresPrograms() === undefined)("the findings about Neon", () => {
  test("a refused key and a missing project are reported as faults", async () => {
    await using neon = await startNeonStandIn();
    const environment = (projectId: string, key: string) => ({
      RONDO_BUSINESS_URL: `neon:${projectId}`,
      RONDO_NEON_API_KEY: key,
      RONDO_NEON_API_URL: neon.apiUrl,
    });
    const setting = "RONDO_BUSINESS_URL";
    expect(complaintsOf(await examined(setting, environment(neon.projectId, neon.apiKey)))).toBe("");
    expect(complaintsOf(await examined(setting, environment(neon.projectId, "wrong")))).toContain(
      "refused the API key",
    );
    expect(statesOf(await examined(setting, environment("no-such-project", neon.apiKey)))).toEqual(["wrong"]);
  }, 60_000);
});
