// Crashes the creation of a business at each of its steps. Tests that either the complete business or nothing is left
// after the sweep.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import postgres from "postgres";
import { createPostgresProvisioner } from "../../ports/business-provisioner/postgres/provisioner.ts";
import { copyAllRows } from "../../ports/database/postgres/copy/copy-all.ts";
import { openPostgres } from "../../ports/database/postgres/database.ts";
import {
  crashAtEveryStep,
  crashesPerStep,
  type CrashPoints,
} from "../../testing/whole/processes/crash-points.ts";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { createTestStores, type TestStores } from "../../testing/test-stores.ts";
import { createBusiness } from "./create-business.ts";
import type { BusinessTables } from "../tables/schema.ts";
import { sweepBegunBusinesses } from "./sweep-begun-businesses.ts";

setDefaultTimeout(120_000);

const programs = postgresPrograms();
const migrations = join(import.meta.dirname, "../../../migrations/business");
const inAnHour = () => Date.now() + 3_600_000;

describe.skipIf(programs === undefined)(
  "the creation of a business on Postgres (skipped where no Postgres is installed)",
  () => {
    let server: PostgresServer;
    let boss: postgres.Sql;

    beforeAll(async () => {
      server = await startPostgresServer(programs);
      boss = postgres(server.superuserUrl, { max: 1 });
      await boss`create database control owner rondo`;
    });
    afterAll(async () => {
      await boss.end({ timeout: 1 });
      await server[Symbol.asyncDispose]();
    });

    const holdings = async (): Promise<readonly string[]> => {
      const rows = await boss<{ name: string }[]>`
      select 'database ' || datname as name from pg_database where datname ~ '^rondo_[0-9a-f]{32}_'
      union all select 'role ' || rolname from pg_roles where rolname ~ '^rondo_[0-9a-f]{32}_' order by 1`;
      return rows.map(({ name }) => name);
    };

    const crashing = (points: CrashPoints) =>
      createPostgresProvisioner<BusinessTables>({
        adminUrl: server.adminUrl,
        migrations,
        copyRows: copyAllRows,
        openDatabase: async (url) => points.database(await openPostgres<BusinessTables>({ url, migrations })),
      });

    const controls = {
      "in a file": () => ({}),
      "on Postgres": () => ({
        RONDO_CONTROL_URL: Object.assign(new URL(server.adminUrl), { pathname: "/control" }).href,
      }),
    };

    for (const [where, settings] of Object.entries(controls)) {
      test(`with the control database ${where} is complete or undone after a crash and a sweep`, async () => {
        await using stores: TestStores = await createTestStores({
          RONDO_BUSINESS_URL: server.adminUrl,
          ...settings(),
        });
        const { deps } = stores;
        const before = (await holdings()).length;
        let tries = 0;
        const steps = await crashAtEveryStep({
          prepare: async () => `try-${tries++}`,
          async act(points, slug) {
            const provisioner = crashing(points);
            try {
              const control = points.database(deps.control);
              await createBusiness({ ...deps, control, provisioner }, "test", { slug });
            } finally {
              await provisioner.close();
            }
          },
          recover: () => sweepBegunBusinesses(deps, inAnHour()),
          async check(slug) {
            const businesses = await deps.registry.list();
            expect((await holdings()).length - before).toBe(2 * businesses.length);
            expect(await deps.control.kysely.selectFrom("begunBusinesses").selectAll().execute()).toEqual([]);
            const made = businesses.find((business) => business.slug === slug);
            if (made !== undefined) {
              const users = deps.databases.use(made.id, (db) =>
                db.kysely.selectFrom("users").select("id").execute(),
              );
              expect(await users).toEqual([]);
            }
          },
        });
        expect(steps).toBeGreaterThan(10);
        console.log(`making a business: killed at each of ${steps} steps, ${crashesPerStep}`);
      });
    }

    test("is undone by a sweep only if the creation began long ago", async () => {
      await using stores = await createTestStores({ RONDO_BUSINESS_URL: server.adminUrl });
      const { deps } = stores;
      const before = await holdings();
      const outcomeAfterSweep = (nowMs: number, slug: string) =>
        createBusiness(
          {
            ...deps,
            provisioner: {
              ...deps.provisioner,
              async provision(businessId) {
                const credentials = await deps.provisioner.provision(businessId);
                await sweepBegunBusinesses(deps, nowMs);
                return credentials;
              },
            },
          },
          "test",
          { slug },
        ).then(
          ({ slug: made }) => made,
          ({ code }: { code: string }) => code,
        );
      expect(await outcomeAfterSweep(Date.now(), "at-work")).toBe("at-work");
      const withOne = await holdings();
      expect(withOne.length).toBe(before.length + 2);
      expect(await outcomeAfterSweep(inAnHour(), "given-up")).toBe("UNAVAILABLE");
      expect(await deps.registry.findBySlug("given-up")).toBeUndefined();
      expect(await holdings()).toEqual(withOne);
    });
  },
);
