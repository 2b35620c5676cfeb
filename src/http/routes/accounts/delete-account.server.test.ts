// Tests that the account of a member can be deleted when the business is on Postgres.
import { setDefaultTimeout, test } from "bun:test";
import { postgresPrograms, startPostgresServer } from "../../../testing/servers/postgres-server.ts";
import { checkDeletedMember } from "../../../testing/suites/deleted-member.ts";

setDefaultTimeout(30_000);

const programs = postgresPrograms();

test.skipIf(programs === undefined)(
  "with the password, a member's account on Postgres is deleted with music, e-mail, sessions and tokens, and other accounts are unchanged",
  async () => {
    await using server = await startPostgresServer(programs);
    await checkDeletedMember({ RONDO_BUSINESS_URL: server.adminUrl });
  },
);
