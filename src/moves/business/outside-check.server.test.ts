// Tests that all rows of a business's database are the same after a move to another engine, and after the move back.
// The programs sqlite3 and psql, which use no code of Rondo, read every table of both databases.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../app.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { createTenant } from "../../testing/isolation/tenant.ts";
import { type NeonStandIn, startNeonStandIn } from "../../testing/servers/neon/neon-stand-in.ts";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { createStudio, type Studio } from "../../testing/studio.ts";
import { silentLog } from "../../testing/test-stores.ts";
import { moveBack } from "./end-move.ts";
import { postgresDump, runSqlite, sqliteDump } from "./fixtures/outside-dump.ts";
import { announceMs, freshMs } from "./fixtures/quick-moves.ts";
import { moveBusiness } from "./move-business.ts";
import { findMove, findMovedBusiness } from "./move-record.ts";

setDefaultTimeout(120_000);
const programs = postgresPrograms();
const hasClients = Bun.which("sqlite3") !== null && Bun.which("psql") !== null;

describe.skipIf(programs === undefined || !hasClients)(
  "in a comparison by sqlite3 and psql (skipped if Postgres or a program is missing),",
  () => {
    let server: PostgresServer;
    let neon: NeonStandIn;
    let studio: Studio;

    beforeAll(async () => {
      server = await startPostgresServer(programs);
      neon = await startNeonStandIn();
      studio = await createStudio(
        { RONDO_NEON_API_KEY: neon.apiKey, RONDO_NEON_API_URL: neon.apiUrl },
        { freshMs },
      );
    });
    afterAll(async () => {
      await studio?.[Symbol.asyncDispose]();
      await neon?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    /** Returns the superuser's URL of a business's database, in the form that psql needs. */
    function inspectUrl(engine: string, url: string): string {
      const { hostname, pathname } = new URL(url);
      if (engine === "postgres") return Object.assign(new URL(server.superuserUrl), { pathname }).href;
      const branch = neon.branchNames().find((name) => hostname === neon.hostOf(name))!;
      return neon.superuserUrl(branch, pathname.slice(1));
    }

    for (const engine of ["postgres", "neon"] as const)
      test(`a move to ${engine} and a move back change no row of a business`, async () => {
        const slug = `on-${engine}`;
        const api = await createApiDeps(studio.stores.config, silentLog);
        const { alice } = await createTenant(studio, api, createApp(api), slug);
        // If the API stayed open, it would store its counts of queries during the check.
        await api.close();
        const { deps } = studio.stores;
        const moving = {
          ...createMoveDeps(studio.stores.config, deps, [
            { scheme: "postgres", location: server.adminUrl },
            { scheme: "neon", location: `neon:${neon.projectId}` },
          ]),
          ...{ onEvent: () => {}, announceMs },
        };
        const { id, credentials } = await findMovedBusiness(deps, slug);
        const file = credentials.file!;
        const before = await sqliteDump(file);

        await moveBusiness(moving, "test", { slug, engine });
        const url = inspectUrl(engine, (await findMovedBusiness(deps, slug)).credentials.url!);
        const there = await postgresDump(url);
        expect(there).toEqual(before);
        // The former file has not changed.
        expect(await sqliteDump(file)).toEqual(before);

        await studio.make({ prompt: "after the move 😀" }, alice);
        const after = await postgresDump(url);
        expect(after).not.toEqual(before);
        await moveBack(moving, "test", slug);
        expect((await findMove(deps, id))?.engine).toBe(engine);
        expect(await sqliteDump(file)).toEqual(after);
        expect(await postgresDump(url)).toEqual(after);

        const filled = Object.values(after).filter(({ length }) => length > 0).length;
        const rows = Object.values(after).flat().length;
        console.log(`${engine}: ${rows} rows in ${filled} of ${Object.keys(after).length} tables agree`);
        expect(filled).toBeGreaterThan(5);

        // The comparison itself detects a single changed value.
        await runSqlite(
          file,
          `drop trigger if exists "rondo_move_log_users_update"; update "users" set "kind" = "kind" || 'x' where "id" = 'alice'`,
        );
        expect(await sqliteDump(file)).not.toEqual(after);
        await moving.close();
      });
  },
);
