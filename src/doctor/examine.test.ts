// The doctor on real stores, well and ill: each fault is told under its setting, with what to do.
import { describe, expect, test } from "bun:test";
import { chmod, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import postgres from "postgres";
import { checkMasterKey } from "../businesses/check-master-key.ts";
import type { ControlTables } from "../businesses/control-schema.ts";
import { createSealing, loadMasterKey } from "../businesses/sealing.ts";
import { readConfig } from "../config/config.ts";
import { openSqlite } from "../ports/database/sqlite/database.ts";
import { startGcsServer } from "../testing/servers/gcs-server.ts";
import { hasMongo, startMongoServer } from "../testing/servers/mongodb-server.ts";
import { startNeonStandIn } from "../testing/servers/neon-stand-in.ts";
import { postgresPrograms, startPostgresServer } from "../testing/servers/postgres-server.ts";
import { hasRedis, startRedisServer } from "../testing/servers/redis-server.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { examine } from "./examine.ts";
import type { Finding } from "./finding.ts";

async function examined(setting: string, environment: Record<string, string>): Promise<readonly Finding[]> {
  await using directory = await createTemporaryDirectory();
  const findings = await examine(readConfig({ RONDO_DATA: directory.path, ...environment }));
  for (const { state, hint } of findings) if (state !== "good") expect(hint).toBeString();
  return findings.filter((finding) => finding.setting === setting);
}

const examinedUrl = (setting: string, url: string) => examined(setting, { [setting]: url });
const statesOf = (findings: readonly Finding[]) => findings.map(({ state }) => state);
/** What it says of what is not good, with what to do. */
const complaintsOf = (findings: readonly Finding[]): string =>
  findings
    .filter(({ state }) => state !== "good")
    .map(({ state, says, hint }) => `${state}: ${says} ${hint}`)
    .join("\n");

const nobody = "127.0.0.1:1";

describe("embedded", () => {
  test("with nothing set all is well, and nothing is made by asking", async () => {
    await using directory = await createTemporaryDirectory();
    const data = join(directory.path, "deep", "data");
    const findings = await examine(readConfig({ RONDO_DATA: data }));
    expect(complaintsOf(findings)).toBe("");
    expect(findings.length).toBeGreaterThan(10);
    expect(existsSync(data)).toBe(false);
  });

  test("a folder that is a file, a place where nothing can be written and a file that is no database are told", async () => {
    await using directory = await createTemporaryDirectory();
    const file = join(directory.path, "file");
    await Bun.write(file, "this is no database, however long one looks at it");
    expect(complaintsOf(await examinedUrl("RONDO_CHUNKS_URL", `sqlite:${file}`))).toContain("is a file");
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", "file:/proc/rondo"))).toContain(
      "/proc is not writable",
    );
    expect(complaintsOf(await examinedUrl("RONDO_CONTROL_URL", `sqlite:${file}`))).toContain(
      "can't be read as a database",
    );
  });
});

describe("the master key", () => {
  async function createData() {
    const directory = await createTemporaryDirectory();
    const masterKey = { file: join(directory.path, "master.key") };
    const control = await openSqlite<ControlTables>({
      file: join(directory.path, "control.db"),
      migrations: join(import.meta.dirname, "../../migrations/control"),
    });
    await control.migrate();
    await checkMasterKey(control, createSealing(await loadMasterKey(masterKey)));
    await control.close();
    return {
      file: masterKey.file,
      examined: (more: Record<string, string> = {}) =>
        examined("RONDO_MASTER_KEY", { RONDO_DATA: directory.path, ...more }),
      [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
    };
  }

  test("the key of the data is good; one that others may read is warned of", async () => {
    await using data = await createData();
    expect(statesOf(await data.examined())).toEqual(["good"]);
    await chmod(data.file, 0o644);
    expect(complaintsOf(await data.examined())).toContain("chmod 600");
  });

  test("another key, and none where there was one, are wrong", async () => {
    await using data = await createData();
    const other = { RONDO_MASTER_KEY: Buffer.alloc(32, 1).toString("base64") };
    expect(complaintsOf(await data.examined(other))).toContain("did not create the existing data");
    await rm(data.file);
    expect(complaintsOf(await data.examined())).toContain(
      "There is no master key, but the existing data was created with one",
    );
    expect(existsSync(data.file)).toBe(false);
  });
});

describe.skipIf(postgresPrograms() === undefined)("Postgres", () => {
  test("rights, passwords and a server that is away are told apart", async () => {
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
    expect(complaintsOf(await examinedUrl("RONDO_CONTROL_URL", weak))).toContain("may not create tables");
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

    await trustEveryone(superuserUrl);
    expect(complaintsOf(await examinedUrl("RONDO_CONTROL_URL", adminUrl))).toMatch(
      /^warning: The server accepts any password/,
    );
  }, 60_000);
});

/** As a server that someone set up in a hurry. */
async function trustEveryone(superuserUrl: string): Promise<void> {
  const boss = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  const [row] = await boss<{ file: string }[]>`select current_setting('hba_file') as file`;
  await Bun.write(row?.file ?? "", "host all all 127.0.0.1/32 trust\n");
  await boss`select pg_reload_conf()`;
  await boss.end();
}

describe.skipIf(!hasRedis)("Redis", () => {
  test("one that evicts is wrong for the queue and fine for the cache", async () => {
    await using evicting = await startRedisServer([
      "--maxmemory",
      "50mb",
      "--maxmemory-policy",
      "allkeys-lru",
    ]);
    expect(complaintsOf(await examinedUrl("RONDO_QUEUE_URL", evicting.url))).toMatch(
      /^wrong: It evicts keys .*allkeys-lru.* noeviction/,
    );
    expect(complaintsOf(await examinedUrl("RONDO_CACHE_URL", evicting.url))).toBe("");
    await using keeping = await startRedisServer(["--maxmemory", "50mb"]);
    expect(complaintsOf(await examinedUrl("RONDO_QUEUE_URL", keeping.url))).toBe("");
    expect(complaintsOf(await examinedUrl("RONDO_CACHE_URL", keeping.url))).toStartWith(
      "warning: When its memory is full",
    );
  }, 30_000);

  test("wrong credentials, missing rights and a server that is away are told apart", async () => {
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

describe.skipIf(!hasMongo)("MongoDB", () => {
  test("its version and kind are told; one that is away is wrong", async () => {
    await using server = await startMongoServer();
    const findings = await examinedUrl("RONDO_CHUNKS_URL", server.url);
    expect(statesOf(findings)).not.toContain("wrong");
    expect(findings[0]?.says).toStartWith("MongoDB ");
    expect(statesOf(await examinedUrl("RONDO_CHUNKS_URL", `mongodb://${nobody}`))).toEqual(["wrong"]);
  }, 60_000);
});

describe("Google Cloud Storage", () => {
  test("rights, a missing bucket and a server that is away are told apart, and nothing is left behind", async () => {
    await using server = startGcsServer();
    const well = await examinedUrl("RONDO_OBJECTS_URL", server.url);
    expect(complaintsOf(well)).toBe("");
    expect(well[0]?.says).toContain("written");
    expect([...server.bucket.objects.keys()]).toEqual([]);

    server.fault = ({ kind }) => (kind === "multipart" ? { status: 403, reason: "forbidden" } : undefined);
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", server.url))).toMatch(
      /wrong: .*may not write in the bucket .*objectUser/,
    );
    server.fault = () => ({ status: 401, reason: "authError" });
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", server.url))).toContain(
      "does not accept our credentials",
    );
    server.fault = undefined;
    const elsewhere = server.url.replace(server.bucketName, "elsewhere");
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", elsewhere))).toContain(
      "bucket does not exist",
    );
    await server.stop();
    expect(complaintsOf(await examinedUrl("RONDO_OBJECTS_URL", server.url))).toContain("cannot be reached");
  }, 60_000);
});

describe.skipIf(postgresPrograms() === undefined)("Neon", () => {
  test("a key that is refused and a project that is not there are told", async () => {
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

describe("endpoints", () => {
  test("the language model: its name and its key are held against what the endpoint says", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (req) =>
        req.headers.get("authorization") === "Bearer right" && new URL(req.url).pathname === "/v1/models"
          ? Response.json({ data: [{ id: "small" }, { id: "large" }] })
          : new Response("no", { status: 401 }),
    });
    const ask = async (model: string, key: string, url = `http://127.0.0.1:${server.port}/v1`) =>
      complaintsOf(
        await examined("RONDO_LLM_URL", { RONDO_LLM_URL: url, RONDO_LLM_MODEL: model, RONDO_LLM_KEY: key }),
      );
    expect(await ask("large", "right")).toBe("");
    expect(await ask("huge", "right")).toContain("like small, large");
    expect(await ask("large", "false-key")).toContain("RONDO_LLM_KEY");
    expect(await ask("large", "right", `http://${nobody}/v1`)).toContain("cannot be reached");
  }, 30_000);

  test("the public address is good only where this leads", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (req) => new Response(null, { status: new URL(req.url).pathname === "/health" ? 200 : 404 }),
    });
    const here = `http://127.0.0.1:${server.port}`;
    expect(complaintsOf(await examinedUrl("RONDO_PUBLIC_URL", here))).toBe("");
    expect(complaintsOf(await examinedUrl("RONDO_PUBLIC_URL", `${here}/elsewhere`))).toStartWith("wrong: ");
    expect(complaintsOf(await examinedUrl("RONDO_PUBLIC_URL", `http://${nobody}`))).toStartWith("warning: ");
  });

  test("a proxy missing in the settings is reported", async () => {
    const url = `https://${nobody}`;
    const ask = async (proxies: string) =>
      complaintsOf(
        await examined("RONDO_PUBLIC_URL", { RONDO_PUBLIC_URL: url, RONDO_TRUSTED_PROXIES: proxies }),
      );
    expect(await ask("0")).toContain("RONDO_TRUSTED_PROXIES is 0");
    expect(await ask("1")).not.toContain("RONDO_TRUSTED_PROXIES");
  });
});
