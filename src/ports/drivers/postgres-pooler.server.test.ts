// Tests that Rondo works behind PgBouncer in session mode. In the other modes, or if a setting of
// PgBouncer is unsuitable, Rondo refuses the database, and the error contains the reason.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { examine } from "../../doctor/examine.ts";
import { readConfig } from "../../config/config.ts";
import { isAppError } from "../../errors.ts";
import { startPgBouncer } from "../../testing/servers/postgres/pgbouncer.ts";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { refuseSharedSessions } from "./postgres-pooler.ts";

const programs = postgresPrograms();
const skipped = programs === undefined || Bun.which("pgbouncer") === null;
const user = { name: "rondo", password: "rondo-secret" };
const passBy = "ignore_startup_parameters = TimeZone, statement_timeout, plan_cache_mode";

describe.skipIf(skipped)("a Postgres server (skipped where PgBouncer or Postgres is not installed)", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer(programs);
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  const refusalOf = (url: string) =>
    refuseSharedSessions(url).then(
      () => undefined,
      (err: unknown) => err,
    );

  test("is accepted without a pooler", async () => {
    expect(await refusalOf(server.adminUrl)).toBeUndefined();
  });

  test("is refused behind PgBouncer with default settings, and the error names the setting to change", async () => {
    await using pooler = await startPgBouncer({ server, user, mode: "session" });
    await using directory = await createTemporaryDirectory();
    const url = pooler.through(server.adminUrl);
    const refusal = await refusalOf(url);
    expect(isAppError(refusal, "CONFIG_INVALID")).toBe(true);
    const child = Bun.spawn([process.execPath, join(import.meta.dirname, "../../main.ts")], {
      cwd: directory.path,
      env: { PATH: Bun.env.PATH, RONDO_DATA: directory.path, PORT: "0", RONDO_CONTROL_URL: url },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [code, text] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    expect(code).toBe(78);
    expect(text).toContain("RONDO_CONTROL_URL: ");
    expect(text).toContain("unsupported startup parameter");
    expect(text).toContain(passBy);
    expect(text).not.toContain("rondo-secret");
    const findings = await examine(readConfig({ RONDO_DATA: directory.path, RONDO_CONTROL_URL: url }));
    expect(JSON.stringify(findings.filter(({ setting }) => setting === "RONDO_CONTROL_URL"))).toContain(
      passBy,
    );
  }, 60_000);

  test.each(["transaction", "statement"] as const)(
    "is refused behind PgBouncer in %s mode, and the error contains the reason",
    async (mode) => {
      await using pooler = await startPgBouncer({ server, user, mode, more: [passBy] });
      const refusal = await refusalOf(pooler.through(server.adminUrl));
      expect(refusal).toMatchObject({
        code: "CONFIG_INVALID",
        publicMessage: expect.stringContaining("shares one Postgres session between several connections"),
        hint: expect.stringContaining("pool_mode = session"),
      });
    },
  );

  test("works as the control database behind PgBouncer in session mode", async () => {
    await using pooler = await startPgBouncer({ server, user, mode: "session", more: [passBy] });
    await using stores = await createTestStores({ RONDO_CONTROL_URL: pooler.through(server.adminUrl) });
    const business = await stores.createBusiness("demo");
    expect((await stores.deps.registry.findBySlug("demo"))?.id).toBe(business.id);
  }, 60_000);
});
