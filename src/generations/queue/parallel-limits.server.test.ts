// Tests that parallel requests can't exceed the limits of queued and running generations, on SQLite and, if a Postgres
// server is available, on Postgres.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { UserCaller } from "../../accounts/caller.ts";
import { createSharedDeps } from "../../deps/shared-deps.ts";
import { createStreams } from "../../streams/streams.ts";
import { openCache } from "../../deps/open-cache.ts";
import {
  createTestPostgres,
  hasPostgres,
  type TestPostgres,
} from "../../testing/servers/postgres/postgres-database.ts";
import { createStudio } from "../../testing/studio.ts";
import { silentLog } from "../../testing/test-stores.ts";
import { readUsage } from "../../usage/read-usage.ts";
import { startGeneration, type StartGenerationInput } from "../start-generation.ts";

setDefaultTimeout(60_000);
const requestsAtOnce = 24;

async function createTwoProcesses(environment: Record<string, string>) {
  const studio = await createStudio(environment);
  const { stores, deps, business } = studio;
  // Within one process, the transactions of a business can run one after the other. Then the test could not find a
  // fault that needs parallel transactions. So `other` has its own connections, like a second process.
  const shared = await createSharedDeps(stores.config, silentLog);
  const cache = await openCache(stores.config, silentLog);
  const streams = createStreams({ store: shared.chunkStore, cache });
  const other = { ...shared, streams, log: silentLog };
  return {
    studio,
    /** Sends parallel requests, alternately from the two processes, and returns how many requests were accepted. */
    async accepted(
      callers: readonly UserCaller[],
      input: Partial<StartGenerationInput> = {},
    ): Promise<number> {
      // Both processes open the database first, so that the requests run in parallel from the beginning.
      for (const one of [deps, other]) await one.databases.use(business.id, (db) => db.run("select 1", []));
      const tried = await Promise.allSettled(
        Array.from({ length: requestsAtOnce }, (_, at) =>
          startGeneration(at % 2 === 0 ? deps : other, callers[at % callers.length]!, {
            ...{ prompt: "slow piano", durationSeconds: 30, seed: at },
            ...input,
          }),
        ),
      );
      return tried.filter(({ status }) => status === "fulfilled").length;
    },
    async createGuest(): Promise<UserCaller> {
      const userId = crypto.randomUUID();
      const row = { id: userId, kind: "guest", createdAt: new Date().toISOString() } as const;
      await deps.databases.use(business.id, ({ kysely }) => kysely.insertInto("users").values(row).execute());
      return { kind: "user", businessId: business.id, userId };
    },
    async [Symbol.asyncDispose]() {
      streams.close();
      await cache.close();
      await shared.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

/** The environment of the stores. Without Postgres, the databases of the businesses are SQLite files. */
const environmentOf = (postgres: TestPostgres | undefined, more: Record<string, string> = {}) => ({
  ...(postgres && { RONDO_BUSINESS_URL: postgres.url }),
  ...more,
});

function defineTests(name: string, start: () => Promise<TestPostgres | undefined>): void {
  describe(name, () => {
    test("parallel requests of one user can't exceed the limit of the user", async () => {
      await using postgres = await start();
      await using processes = await createTwoProcesses(environmentOf(postgres));
      const { studio, accepted } = processes;
      const most = studio.business.limits.concurrentGenerationsPerUser;
      expect(await accepted([studio.alice])).toBe(most);
      const { items } = await readUsage(studio.deps, studio.business.id, {});
      expect(items).toMatchObject([{ generations: most }]);
    });

    test("parallel requests of two users can't exceed the limit of the business", async () => {
      await using postgres = await start();
      await using processes = await createTwoProcesses(
        environmentOf(postgres, { RONDO_LIMIT_BUSINESS_PIECES: "3" }),
      );
      const { studio, accepted } = processes;
      expect(await accepted([studio.alice, studio.bob])).toBe(3);
    });

    test("parallel requests of guests with one address can't exceed the limit of the address", async () => {
      await using postgres = await start();
      await using processes = await createTwoProcesses(
        environmentOf(postgres, { RONDO_LIMIT_ADDRESS_PIECES: "3" }),
      );
      const { accepted, createGuest } = processes;
      const guests = [await createGuest(), await createGuest(), await createGuest()];
      expect(await accepted(guests, { address: "203.0.113.7" })).toBe(3);
    });

    test("parallel requests of a guest can't exceed the guest's limit of minutes", async () => {
      await using postgres = await start();
      await using processes = await createTwoProcesses(
        environmentOf(postgres, { RONDO_LIMIT_GUEST_MINUTES: "1/1d" }),
      );
      const { accepted, createGuest } = processes;
      expect(await accepted([await createGuest()])).toBe(2);
    });

    test("parallel requests of one user start only one endless piece", async () => {
      await using postgres = await start();
      await using processes = await createTwoProcesses(environmentOf(postgres));
      const { studio, accepted } = processes;
      expect(await accepted([studio.alice], { options: { endless: true } })).toBe(1);
    });
  });
}

defineTests("on SQLite", async () => undefined);
if (await hasPostgres()) defineTests("on Postgres", createTestPostgres);
