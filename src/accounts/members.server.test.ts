// Tests members of businesses on Postgres.
import { describe, setDefaultTimeout } from "bun:test";
import { postgresPrograms, startPostgresServer } from "../testing/servers/postgres-server.ts";
import { createMemberHouse, describeMembers } from "../testing/suites/members.ts";

setDefaultTimeout(60_000);

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("with a Postgres server", () => {
  describeMembers("Postgres", async () => {
    const server = await startPostgresServer(programs);
    const house = await createMemberHouse({ RONDO_BUSINESS_URL: server.adminUrl });
    return {
      ...house,
      async [Symbol.asyncDispose]() {
        await house[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  });
});
