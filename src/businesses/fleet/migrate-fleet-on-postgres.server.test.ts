// Tests the migration of all businesses' databases (the fleet) on Postgres. The control database is on the same server.
import { afterAll, beforeAll, describe, setDefaultTimeout } from "bun:test";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { fleetSuite } from "../../testing/suites/fleet.ts";

setDefaultTimeout(120_000);

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("on Postgres (skipped where no server is installed)", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer(programs);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  fleetSuite(async () => ({
    RONDO_CONTROL_URL: await createPostgresDatabase(server),
    RONDO_BUSINESS_URL: server.adminUrl,
  }));
});
