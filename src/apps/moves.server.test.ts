// Tests that the tables of a business's app are moved with the business: to another engine and back, and in an archive.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { exportBusiness } from "../archives/export-business.ts";
import { restoreBusiness } from "../archives/restore-business.ts";
import type { Business } from "../businesses/business.ts";
import { credentialsContext } from "../businesses/databases/open-databases.ts";
import { deleteBusiness } from "../businesses/lifecycle/delete-business.ts";
import { sweepDeletedBusinesses } from "../businesses/lifecycle/sweep-deleted-businesses.ts";
import { createMoveDeps } from "../deps/move-deps.ts";
import { dryRun } from "../moves/business/dry-run.ts";
import { finishMove, moveBack } from "../moves/business/end-move.ts";
import { moveBusiness } from "../moves/business/move-business.ts";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../testing/servers/postgres/postgres-server.ts";
import { noSignal } from "../testing/studio.ts";
import { until } from "../testing/until.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { type AppHouse, createAppHouse } from "./fixtures/app-house.ts";
import { musicApps } from "./fixtures/music-app.ts";

const programs = postgresPrograms();
const lists = ["playlists.list", "playlistItems.list", "listens.list", "tags.list"];

/**
 * Creates a business with rows in the tables of its app. The rows contain each kind of value that the engines store in
 * different ways.
 */
async function fill(house: AppHouse, slug: string): Promise<Business> {
  const business = await house.createBusiness(slug);
  const token = await house.tokenOf(business, "alice");
  const { trackId } = await house.studio.make({}, { kind: "user", businessId: business.id, userId: "alice" });
  expect((await house.put(slug, musicApps[4], "?allowLoss=true")).status).toBe(200);
  await house.deps.databases.use(business.id, async ({ kysely, dialect }) => {
    const insert = (table: string, row: object) =>
      kysely
        .insertInto(table as "projects")
        .values(row as never)
        .execute();
    const own = { userId: "alice" };
    await insert("playlists", {
      id: "p1",
      ...own,
      name: "Ωdd\t\\N",
      isPublic: dialect === "sqlite" ? 1 : true,
    });
    await insert("playlistItems", { id: "i1", ...own, playlistId: "p1", trackId, position: 1 });
    await insert("listens", {
      id: "l1",
      ...own,
      trackId,
      times: 9007199254740991,
      lastAt: "2026-01-31T12:00:00.123Z",
    });
    await insert("tags", { id: "t1", ...own, label: "calm" });
  });
  expect((await house.ask("GET", "/v1/queries/playlists.list", token)).body.items).toHaveLength(1);
  return business;
}

/**
 * Waits until this process uses the new database. For a moment after a move, the process can still
 * use the former database, which refuses writes.
 */
const moved = (house: AppHouse, business: Business) =>
  until("this process uses the new database", () =>
    house.tokenOf(business, "alice").then(
      () => true,
      () => false,
    ),
  );

async function answersOf(house: AppHouse, business: Pick<Business, "id">): Promise<readonly unknown[]> {
  const token = await house.tokenOf(business as Business, "alice");
  const answers: unknown[] = [];
  for (const name of lists) answers.push((await house.ask("GET", `/v1/queries/${name}`, token)).body);
  return answers;
}

describe.skipIf(programs === undefined)("with Postgres (skipped where no server is installed)", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer(programs);
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose](), 60_000);

  test("a business moves to Postgres and back with the tables of its app", async () => {
    await using house = await createAppHouse();
    const acme = await fill(house, "acme");
    const before = await answersOf(house, acme);
    const location = await createPostgresDatabase(server);
    const moving = createMoveDeps(house.studio.stores.config, house.deps, [{ scheme: "postgres", location }]);
    const deps = { ...moving, announceMs: 0, onEvent() {} };
    const tables = (await dryRun(deps, { slug: "acme", engine: "postgres" })).map(({ table }) => table);
    expect(tables).toContain("playlistItems");
    await moveBusiness(deps, "test", { slug: "acme", engine: "postgres" });
    await moved(house, acme);
    expect(await answersOf(house, acme)).toEqual([...before]);
    expect((await house.put("acme", musicApps[0], "?allowLoss=true")).body).toMatchObject({
      code: "CONFLICT",
      detail: expect.stringContaining("being moved"),
    });
    await moveBack(deps, "test", "acme");
    await moved(house, acme);
    expect(await answersOf(house, acme)).toEqual([...before]);
    await finishMove(deps, "acme");
    expect((await house.put("acme", musicApps[3])).status).toBe(200);
    await moving.close();
  }, 120_000);

  for (const [from, to] of [
    ["sqlite", "postgres"],
    ["postgres", "sqlite"],
  ] as const)
    test(`the tables of an app are restored on ${to} from an archive of ${from}`, async () => {
      const environmentOf = async (engine: string): Promise<Record<string, string>> => {
        if (engine === "sqlite") return {};
        const url = await createPostgresDatabase(server);
        return { RONDO_CONTROL_URL: url, RONDO_BUSINESS_URL: url };
      };
      await using directory = await createTemporaryDirectory();
      const file = join(directory.path, "acme.tar");
      await using source = await createAppHouse(await environmentOf(from));
      await using target = await createAppHouse(await environmentOf(to));
      const acme = await fill(source, "acme");
      const before = await answersOf(source, acme);
      const sourceMoves = createMoveDeps(source.studio.stores.config, source.deps, []);
      const targetMoves = createMoveDeps(target.studio.stores.config, target.deps, []);
      const { credentials } = await source.deps.control.kysely
        .selectFrom("businesses")
        .select("credentials")
        .where("id", "=", acme.id)
        .executeTakeFirstOrThrow();
      const copy = await sourceMoves.openCopy(
        JSON.parse(
          Buffer.from(source.deps.sealing.open(credentials, credentialsContext(acme.id))).toString(),
        ),
      );
      await exportBusiness(source.deps, copy, acme, file);
      await copy.close();
      const { business } = await restoreBusiness(
        { ...target.deps, openCopy: targetMoves.openCopy, older: targetMoves.older },
        "test",
        {
          path: file,
          slug: "restored",
        },
      );
      expect(await answersOf(target, business)).toEqual([...before]);
      expect((await target.put("restored", musicApps[4])).body).toMatchObject({ version: 1, isNew: false });
      await deleteBusiness(target.deps, "test", { slug: "restored", graceDays: 0 });
      await sweepDeletedBusinesses(target.deps, noSignal, Date.now() + 60_000);
      const { counts } = await target.deps.control.kysely
        .selectFrom("erasures")
        .select("counts")
        .executeTakeFirstOrThrow();
      expect(JSON.parse(counts).rows).toMatchObject({ playlists: 1, playlistItems: 1, listens: 1, tags: 1 });
      await Promise.all([sourceMoves.close(), targetMoves.close()]);
    }, 120_000);
});
