// Tests that the account of a member can be deleted when the business is on Postgres.
import { expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import { restoreAccount } from "../../../accounts/deletion/restore-account.ts";
import { signUp } from "../../../accounts/sign-in/sign-up.ts";
import { createSharedDeps } from "../../../deps/shared-deps.ts";
import { postgresPrograms, startPostgresServer } from "../../../testing/servers/postgres/postgres-server.ts";
import { checkDeletedAccount } from "../../../testing/suites/deleted-account.ts";
import { checkDeletedMember } from "../../../testing/suites/deleted-member.ts";
import { createMemberHouse } from "../../../testing/suites/members.ts";
import { silentLog } from "../../../testing/test-stores.ts";
import { until } from "../../../testing/until.ts";

setDefaultTimeout(60_000);

const programs = postgresPrograms();

test.skipIf(programs === undefined)(
  "without a grace period, a member's account on Postgres is deleted with all its data",
  async () => {
    await using server = await startPostgresServer(programs);
    await checkDeletedMember({ RONDO_BUSINESS_URL: server.adminUrl });
  },
);

test.skipIf(programs === undefined)(
  "a closed account on Postgres can be restored until the grace period is over",
  async () => {
    await using server = await startPostgresServer(programs);
    await checkDeletedAccount({ RONDO_BUSINESS_URL: server.adminUrl });
  },
);

test.skipIf(programs === undefined)(
  "if another call restores an account on Postgres at the same time, a restoration still signs in",
  async () => {
    await using server = await startPostgresServer(programs);
    await using house = await createMemberHouse({ RONDO_BUSINESS_URL: server.adminUrl });
    const { deps, business, studio } = house;
    const login = { business, email: "ada@example.com", password: "long enough" };
    const { token } = await signUp(deps, undefined, login);
    const { config } = studio.stores;
    const otherProcess = await createSharedDeps(config, silentLog, "cli");
    await otherProcess.databases.use(studio.business.id, async (database) => {
      const deleteAfter = new Date(Date.now() + 3_600_000).toISOString();
      await database.kysely.updateTable("users").set({ deleteAfter }).execute();
      // This transaction does what the first call does. The second call waits for this transaction.
      const { restoring } = await database.transaction(async (trx) => {
        await trx.updateTable("users").set({ deleteAfter: null }).where("id", "=", token.userId).execute();
        const second = restoreAccount(deps, undefined, login);
        second.catch(() => {});
        const waiting = sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'`;
        await until("the second call waits", async () => (await waiting.execute(trx)).rows.length > 0);
        return { restoring: second };
      });
      expect((await restoring).token.userId).toBe(token.userId);
    });
    await otherProcess.close();
  },
);
