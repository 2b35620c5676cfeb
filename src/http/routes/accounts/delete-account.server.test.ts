// Tests deleting the account of a member of a business on Postgres.
import { setDefaultTimeout, test } from "bun:test";
import { postgresPrograms, startPostgresServer } from "../../../testing/servers/postgres-server.ts";
import { checkDeletedMember } from "../../../testing/suites/deleted-member.ts";

setDefaultTimeout(30_000);

const programs = postgresPrograms();

test.skipIf(programs === undefined)(
  "a member's account on Postgres is deleted only with its password: music, e-mail, sessions and tokens; other accounts are unchanged",
  async () => {
    await using server = await startPostgresServer(programs);
    await checkDeletedMember({ RONDO_BUSINESS_URL: server.adminUrl });
  },
);
