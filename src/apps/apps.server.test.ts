// Tests the apps of businesses on Postgres.
import { afterAll, beforeAll, describe } from "bun:test";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../testing/servers/postgres/postgres-server.ts";
import { appSuite } from "./fixtures/app-suite.ts";

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("on Postgres (skipped if Postgres is not installed)", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer(programs);
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose](), 60_000);
  appSuite(async () => {
    const url = await createPostgresDatabase(server);
    return { RONDO_CONTROL_URL: url, RONDO_BUSINESS_URL: url };
  });
});
