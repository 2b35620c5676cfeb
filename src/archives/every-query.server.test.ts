// Exports a business from SQLite and restores it into Postgres. Sample calls of every named query, made for two users,
// must get the same bytes from both engines.
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Caller } from "../accounts/caller.ts";
import { createMoveDeps } from "../deps/move-deps.ts";
import { findMovedBusiness } from "../moves/business/move-record.ts";
import { ada, bob, fillBusiness } from "../queries/draft/sample-business.ts";
import { businessCalls, sampledCalls } from "../queries/fixtures/business-calls.ts";
import { ask, steadyClock } from "../queries/fixtures/engines.ts";
import { loadSpecs } from "../queries/spec/load-specs.ts";
import type { Query } from "../queries/spec/parse/spec.ts";
import { businessSchema } from "../businesses/tables/schema.ts";
import { postgresPrograms, startPostgresServer } from "../testing/servers/postgres/postgres-server.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createTestStores, type TestStores } from "../testing/test-stores.ts";
import { exportBusiness } from "./export-business.ts";
import { restoreBusiness } from "./restore-business.ts";

setDefaultTimeout(120_000);

const programs = postgresPrograms();

test.skipIf(programs === undefined)(
  "after an export from SQLite and a restore into Postgres, every named query returns the same bytes (skipped where no Postgres is installed)",
  async () => {
    await using server = await startPostgresServer(programs);
    await using source = await createTestStores();
    await using target = await createTestStores({
      RONDO_CONTROL_URL: server.adminUrl,
      RONDO_BUSINESS_URL: server.adminUrl,
    });
    await using directory = await createTemporaryDirectory();
    const archive = join(directory.path, "acme.tar");
    const set = await loadSpecs({ dir: "query-specs", schema: businessSchema });
    const queries = [...set.queries.values()];
    const answersOf = ({ deps }: TestStores, businessId: string, wanted: readonly Query[]) =>
      deps.databases.use(businessId, async (database) => {
        const engine = {
          database,
          clock: steadyClock(),
          openAgain: () => Promise.reject(new Error("unused")),
        };
        const answers: string[] = [];
        for (const { name, scope } of wanted)
          for (const person of [ada, bob])
            for (const call of businessCalls[name] ?? sampledCalls(set.get(name))) {
              const caller: Caller =
                scope === "user"
                  ? { kind: "user", businessId: "one", userId: person }
                  : { kind: "business", businessId: "one", keyId: "key" };
              const body = await ask(set, engine, { name, caller, parameters: call });
              answers.push(`${name} ${JSON.stringify(call)} as ${person}: ${body}`);
            }
        return answers;
      });

    const acme = await source.createBusiness("acme");
    await source.deps.databases.use(acme.id, (database) => fillBusiness(database));
    const reads = queries.filter(({ method }) => method === "GET");
    const before = await answersOf(source, acme.id, reads);

    const { credentials } = await findMovedBusiness(source.deps, "acme");
    const opening = createMoveDeps(source.config, source.deps, []);
    const copy = await opening.openCopy(credentials);
    await exportBusiness(source.deps, copy, acme, archive);
    await copy.close();
    await opening.close();
    const restoring = createMoveDeps(target.config, target.deps, []);
    const { business } = await restoreBusiness(
      { ...target.deps, openCopy: restoring.openCopy, older: restoring.older },
      "test",
      {
        path: archive,
        slug: "again",
      },
    );
    await restoring.close();
    expect([acme.engine, business.engine]).toEqual(["sqlite", "postgres"]);

    expect(await answersOf(target, business.id, reads)).toEqual(before);
    const writes = queries.filter((query) => !reads.includes(query));
    const written = await answersOf(source, acme.id, writes);
    expect(await answersOf(target, business.id, writes)).toEqual(written);
    const after = await answersOf(source, acme.id, reads);
    expect(await answersOf(target, business.id, reads)).toEqual(after);
    expect(after).not.toEqual(before);

    const named = new Set([...before, ...written].map((answer) => answer.split(" ", 1)[0]));
    expect([...named].sort()).toEqual([...set.queries.keys()].sort());
    const shares = [before, written, after].map(({ length }) => length);
    console.log(
      `${named.size} queries; ${shares.join(" + ")} answers before the writes, of the writes, and after the writes`,
    );
  },
);
