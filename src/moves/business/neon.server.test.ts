// Tests the moves of a business between SQLite, Postgres and a stand-in for Neon. During some of the moves, the test
// writes to the business and reads from the business through two sets of stores, which stand for two processes.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createPreview } from "../../businesses/previews/create-preview.ts";
import { endPreview } from "../../businesses/previews/sweep-previews.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { createSharedDeps, type SharedDeps } from "../../deps/shared-deps.ts";
import { isAppError } from "../../errors.ts";
import { longOnly, runsLongTests } from "../../testing/long-tests.ts";
import { type NeonStandIn, startNeonStandIn } from "../../testing/servers/neon/neon-stand-in.ts";
import { postgresPrograms, startPostgresServer } from "../../testing/servers/postgres/postgres-server.ts";
import { createTestStores, silentLog, type TestStores } from "../../testing/test-stores.ts";
import { until } from "../../testing/until.ts";
import { dryRun } from "./dry-run.ts";
import { cancelMove, finishMove, moveBack } from "./end-move.ts";
import { expectWritten, type Load, numbersIn, startWrites } from "./fixtures/live-load.ts";
import { announceMs, endHold, freshMs } from "./fixtures/quick-moves.ts";
import { moveBusiness, type MoveDeps } from "./move-business.ts";

setDefaultTimeout(150_000);
const root = join(import.meta.dirname, "../../..");

describe.skipIf(postgresPrograms() === undefined)(
  "with Neon (skipped where no Postgres is installed),",
  () => {
    let neon: NeonStandIn;
    let stores: TestStores;
    let other: SharedDeps;
    let environment: Record<string, string>;

    beforeAll(async () => {
      neon = await startNeonStandIn();
      environment = { RONDO_NEON_API_KEY: neon.apiKey, RONDO_NEON_API_URL: neon.apiUrl };
      stores = await createTestStores(environment, { freshMs });
      other = await createSharedDeps(stores.config, silentLog, "worker", { freshMs });
    });
    afterAll(async () => {
      await other?.close();
      await stores?.[Symbol.asyncDispose]();
      await neon?.[Symbol.asyncDispose]();
    });

    const moveDeps = (onEvent: MoveDeps["onEvent"] = () => {}): MoveDeps => ({
      ...createMoveDeps(stores.config, stores.deps, [{ scheme: "neon", location: `neon:${neon.projectId}` }]),
      ...{ onEvent, announceMs },
    });
    const startLoad = (id: string): Load => startWrites([stores.deps, other], id);
    const expectExactly = (id: string, load: Load) => expectWritten([stores.deps, other], id, load);

    async function createUsed(slug: string): Promise<string> {
      const business = await stores.createBusiness(slug);
      await stores.createUser(business, "alice");
      return business.id;
    }
    const engineOf = async (slug: string): Promise<string | undefined> => {
      stores.deps.registry.forget();
      return (await stores.deps.registry.findBySlug(slug))?.engine;
    };
    const branchesOf = (id: string): readonly string[] =>
      neon.branchNames().filter((name) => name.startsWith(`rondo-${id}`));
    const rename = (id: string, kind: string) =>
      stores.deps.databases.use(id, (database) =>
        database.kysely
          .updateTable("users")
          .set({ kind: kind as never })
          .execute(),
      );

    test("after a dry run, Neon has no branch of the business", async () => {
      const id = await createUsed("examined");
      const report = await dryRun(moveDeps(), { slug: "examined", engine: "neon" });
      const users = report.find(({ table }) => table === "users");
      expect(users?.rows).toBe(1);
      expect(users?.columns).toContainEqual({
        name: "createdAt",
        from: "text",
        to: "timestamp(3) with time zone",
      });
      expect(branchesOf(id)).toEqual([]);
      expect(await engineOf("examined")).toBe("sqlite");
    });

    test("every confirmed write is stored exactly once after four moves between SQLite and Neon", async () => {
      const id = await createUsed("acme");
      const load = startLoad(id);
      const there = await moveBusiness(moveDeps(), "test", { slug: "acme", engine: "neon" });
      expect(await engineOf("acme")).toBe("neon");
      await setTimeout(500);
      const back = await moveBack(moveDeps(), "test", "acme");
      expect(await engineOf("acme")).toBe("sqlite");
      await setTimeout(500);
      const again = await moveBack(moveDeps(), "test", "acme");
      expect(await engineOf("acme")).toBe("neon");
      await setTimeout(500);
      await finishMove(moveDeps(), "acme");
      await setTimeout(200);
      const left = await moveBusiness(moveDeps(), "test", { slug: "acme", engine: "sqlite" });
      await setTimeout(200);
      await load.stop();
      await expectExactly(id, load);
      const pauses = [there, back, again, left].map(({ pauseMs }) => Math.round(pauseMs));
      console.log(
        `${load.confirmed.size} confirmed writes; pauses of ${pauses.join(", ")} ms; longest gap ${Math.round(load.gapMs())} ms`,
      );
      // The limit is high, because the test must also pass on a busy machine. Usually a pause takes a fraction of a
      // second; bench/promotion.ts measures the pauses.
      for (const pauseMs of pauses) expect(pauseMs).toBeLessThan(20_000);
      expect(branchesOf(id)).toHaveLength(1);
      await finishMove(moveDeps(), "acme");
      expect(branchesOf(id)).toEqual([]);
    });

    test.skipIf(!runsLongTests)(
      `if a move is killed and repeated, every confirmed write is stored exactly once ${longOnly}`,
      async () => {
        const id = await createUsed("killed");
        const load = startLoad(id);
        const runUntil = async (step: string, afterMs = 0): Promise<string> => {
          const command = ["business", "promote", "killed", "--to", `neon:${neon.projectId}`, "--json"];
          const child = Bun.spawn(
            [
              ...[process.execPath, "--preload", "./src/testing/servers/neon/neon-stand-in-driver.ts"],
              ...["src/cli/main.ts", ...command],
            ],
            {
              cwd: root,
              env: {
                ...Bun.env,
                ...environment,
                RONDO_DATA: stores.config.dataDir,
                RONDO_LOG: "silent",
              },
              stdout: "pipe",
              stderr: "pipe",
            },
          );
          let seen = "";
          for await (const piece of child.stdout) {
            seen += Buffer.from(piece).toString();
            if (!seen.includes(`"step":"${step}"`)) continue;
            await setTimeout(afterMs);
            child.kill("SIGKILL");
          }
          await child.exited;
          await endHold(stores.deps.control, id);
          return `${seen}${await new Response(child.stderr).text()}`;
        };
        for (const step of ["prepare", "copy", "index", "wait"]) {
          expect(await runUntil(step)).toContain(`"step":"${step}"`);
          expect(await engineOf("killed")).toBe("sqlite");
        }
        for (const afterMs of [0, 100, 200, 300])
          if ((await engineOf("killed")) === "sqlite") await runUntil("pause", afterMs);
        expect(await runUntil("switch")).toMatch(/"step":"switch"|was moved|not finished/);
        expect(await engineOf("killed")).toBe("neon");
        await setTimeout(500);
        await load.stop();
        await expectExactly(id, load);
        console.log(`${load.confirmed.size} confirmed writes`);
        await finishMove(moveDeps(), "killed");
        expect(branchesOf(id)).toHaveLength(1);
      },
    );

    test("if Neon can't store a value, the move fails and the business stays on SQLite", async () => {
      const id = await createUsed("nul");
      await rename(id, "a\0b");
      const moved = moveBusiness(moveDeps(), "test", { slug: "nul", engine: "neon" });
      await expect(moved).rejects.toMatchObject({
        code: "INVALID_PARAMETER",
        details: { table: "users", row: "id = alice", column: "kind" },
      });
      expect([await engineOf("nul"), branchesOf(id)]).toEqual(["sqlite", []]);
      await rename(id, "guest");
    });

    test("if the Neon compute crashes during the copy, the business stays on SQLite", async () => {
      const id = await createUsed("crashing");
      const load = startLoad(id);
      const deps = moveDeps();
      const openCopy: MoveDeps["openCopy"] = async (credentials) => {
        const copy = await deps.openCopy(credentials);
        if (credentials.engine !== "neon") return copy;
        const writer: typeof copy.writer = {
          ...copy.writer,
          async load(table, batches) {
            await neon.crash(branchesOf(id)[0]!);
            return copy.writer.load(table, batches);
          },
        };
        return { ...copy, writer };
      };
      const moved = moveBusiness({ ...deps, openCopy }, "test", { slug: "crashing", engine: "neon" });
      await expect(moved).rejects.toThrow();
      expect([await engineOf("crashing"), branchesOf(id)]).toEqual(["sqlite", []]);
      await moveBusiness(deps, "test", { slug: "crashing", engine: "neon" });
      await load.stop();
      await expectExactly(id, load);
      expect([await engineOf("crashing"), branchesOf(id).length]).toEqual(["neon", 1]);
    });

    test("after the move, a suspended or crashed compute serves the business again", async () => {
      const id = await createUsed("sleeping");
      await moveBusiness(moveDeps(), "test", { slug: "sleeping", engine: "neon" });
      const [branch] = branchesOf(id);
      const users = () =>
        stores.deps.databases.use(id, ({ kysely }) => kysely.selectFrom("users").select("kind").execute());
      /**
       * Returns false if a query fails with UNAVAILABLE. The first query after the end of a database session can fail
       * with this error, so the test repeats the query.
       */
      const isServed = () =>
        users().then(
          () => true,
          (err: unknown) => {
            if (!isAppError(err, "UNAVAILABLE")) throw err;
            return false;
          },
        );
      await rename(id, "member");
      await neon.sleep(branch!);
      await until("the suspended compute serves the business", isServed);
      expect(await users()).toEqual([{ kind: "member" as never }]);
      await rename(id, "guest");
      await neon.crash(branch!);
      await until("the crashed compute serves the business", isServed);
      expect(await users()).toEqual([{ kind: "guest" }]);
    });

    test("if Neon refuses requests for a while, the move is delayed and succeeds", async () => {
      await createUsed("patient");
      const before = { refused: neon.answered(429), locked: neon.answered(423) };
      neon.refuseNext(429, 429, 423, 429);
      await moveBusiness(moveDeps(), "test", { slug: "patient", engine: "neon" });
      expect(neon.answered(429) - before.refused).toBe(3);
      expect(neon.answered(423)).toBeGreaterThan(before.locked);
      expect(await engineOf("patient")).toBe("neon");
    });

    test("if an interrupted move is cancelled, its Neon branch is deleted", async () => {
      const id = await createUsed("cancelled");
      const dies: MoveDeps["openCopy"] = () => Promise.reject(new Error("killed"));
      const moved = moveBusiness({ ...moveDeps(), openCopy: dies }, "test", {
        slug: "cancelled",
        engine: "neon",
      });
      await expect(moved).rejects.toThrow("its traces could not be removed yet");
      expect(branchesOf(id)).toHaveLength(1);
      await cancelMove(moveDeps(), "cancelled");
      expect([branchesOf(id), await engineOf("cancelled")]).toEqual([[], "sqlite"]);
      expect(await numbersIn(stores.deps, id)).toEqual([]);
    });

    test("after a move back to SQLite, a Neon branch with previews is not deleted", async () => {
      const id = await createUsed("previewed");
      const deps = moveDeps();
      await moveBusiness(deps, "test", { slug: "previewed", engine: "neon" });
      const preview = await createPreview(stores.deps, "test", { slug: "previewed" });
      await moveBack(deps, "test", "previewed");
      await expect(finishMove(deps, "previewed")).rejects.toMatchObject({
        code: "CONFLICT",
        hint: expect.stringContaining(`rondo business preview previewed end ${preview.id}`),
      });
      await moveBack(deps, "test", "previewed");
      expect(await engineOf("previewed")).toBe("neon");
      await moveBack(deps, "test", "previewed");
      await endPreview(stores.deps, "test", { slug: "previewed", previewId: preview.id });
      await finishMove(deps, "previewed");
      expect([await engineOf("previewed"), branchesOf(id)]).toEqual(["sqlite", []]);
    });

    test.skipIf(!runsLongTests)(
      `a business can move from Neon to Postgres and back ${longOnly}`,
      async () => {
        await using server = await startPostgresServer();
        const id = await createUsed("between");
        const deps = {
          ...createMoveDeps(stores.config, stores.deps, [
            { scheme: "neon", location: `neon:${neon.projectId}` },
            { scheme: "postgres", location: server.adminUrl },
          ]),
          ...{ onEvent: () => {}, announceMs },
        };
        await moveBusiness(deps, "test", { slug: "between", engine: "neon" });
        await finishMove(deps, "between");
        await rename(id, "member");
        await moveBusiness(deps, "test", { slug: "between", engine: "postgres" });
        expect(await engineOf("between")).toBe("postgres");
        await rename(id, "guest");
        await moveBack(deps, "test", "between");
        expect(await engineOf("between")).toBe("neon");
        const users = await stores.deps.databases.use(id, ({ kysely }) =>
          kysely.selectFrom("users").select("kind").execute(),
        );
        expect(users).toEqual([{ kind: "guest" }]);
        await finishMove(deps, "between");
      },
    );
  },
);
