// Runs the tests of usage and quotas on Postgres.
import { afterAll, beforeAll, describe, setDefaultTimeout } from "bun:test";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../testing/servers/postgres/postgres-server.ts";
import { defineUsageTests } from "../testing/suites/usage-and-quotas.ts";

setDefaultTimeout(60_000);
const programs = postgresPrograms();
if (programs === undefined) console.log("skipped: this machine has no Postgres");

describe.skipIf(programs === undefined)("on Postgres", () => {
  let server: PostgresServer;
  let url = "";
  beforeAll(async () => {
    server = await startPostgresServer(programs);
    url = await createPostgresDatabase(server);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  defineUsageTests(() => ({ RONDO_BUSINESS_URL: url }));
});
