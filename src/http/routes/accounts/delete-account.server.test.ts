// Tests that the account of a member can be deleted when the business is on Postgres.
import { setDefaultTimeout, test } from "bun:test";
import { postgresPrograms, startPostgresServer } from "../../../testing/servers/postgres/postgres-server.ts";
import { checkDeletedAccount } from "../../../testing/suites/deleted-account.ts";
import { checkDeletedMember } from "../../../testing/suites/deleted-member.ts";

setDefaultTimeout(60_000);

const programs = postgresPrograms();

test.skipIf(programs === undefined)(
  "without a grace period, a member's account on Postgres is deleted only with the right password; then all data of this account is deleted, and no other account is changed",
  async () => {
    await using server = await startPostgresServer(programs);
    await checkDeletedMember({ RONDO_BUSINESS_URL: server.adminUrl });
  },
);

test.skipIf(programs === undefined)(
  "a deleted account on Postgres is closed at once, can be restored completely, and is erased after the grace period, even if the first erasure is interrupted",
  async () => {
    await using server = await startPostgresServer(programs);
    await checkDeletedAccount({ RONDO_BUSINESS_URL: server.adminUrl });
  },
);
