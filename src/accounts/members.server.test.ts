// Tests the members of a business on Postgres.
import { afterAll, beforeAll, describe, setDefaultTimeout } from "bun:test";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../testing/servers/postgres/postgres-server.ts";
import { createMemberHouse, describeMembers } from "../testing/suites/members.ts";

setDefaultTimeout(60_000);

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("with a Postgres server", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer(programs);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  describeMembers("Postgres", () => createMemberHouse({ RONDO_BUSINESS_URL: server.adminUrl }));
});
