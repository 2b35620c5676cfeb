// Tests that the account of a member can be deleted when the business is on Postgres.
import { setDefaultTimeout, test } from "bun:test";
import { postgresPrograms, startPostgresServer } from "../../../testing/servers/postgres/postgres-server.ts";
import { checkDeletedAccount } from "../../../testing/suites/deleted-account.ts";
import { checkDeletedMember } from "../../../testing/suites/deleted-member.ts";

setDefaultTimeout(30_000);

const programs = postgresPrograms();

test.skipIf(programs === undefined)(
  "without a grace period, only the right password deletes a member's account on Postgres with its music, e-mail, sessions and tokens, and no other account",
  async () => {
    await using server = await startPostgresServer(programs);
    await checkDeletedMember({ RONDO_BUSINESS_URL: server.adminUrl });
  },
);

test.skipIf(programs === undefined)(
  "a deleted account on Postgres is closed at once, is restored with everything in it, and is erased after the grace period, also after a crash",
  async () => {
    await using server = await startPostgresServer(programs);
    await checkDeletedAccount({ RONDO_BUSINESS_URL: server.adminUrl });
  },
);
