// Tests that a business moves between SQLite and Postgres while two processes read and write its data.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { credentialsContext } from "../../businesses/databases/open-databases.ts";
import { createSharedDeps, type SharedDeps } from "../../deps/shared-deps.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { createTestStores, silentLog, type TestStores } from "../../testing/test-stores.ts";
import { codeOf } from "../../testing/studio.ts";
import { dryRun } from "./dry-run.ts";
import { cancelMove, finishMove, moveBack } from "./end-move.ts";
import { expectWritten, type Load, numbersIn, startWrites } from "./fixtures/live-load.ts";
import { announceMs, endHold, freshMs } from "./fixtures/quick-moves.ts";
import { createMovesHere, type MoveState } from "./moves-here.ts";
import { moveBusiness, type MoveDeps } from "./move-business.ts";
import { resumeWrites } from "./resume-writes.ts";

setDefaultTimeout(150_000);
const programs = postgresPrograms();
const root = join(import.meta.dirname, "../../..");

describe.skipIf(programs === undefined)(
  "while a business is in use (skipped where no Postgres is installed),",
  () => {
    let server: PostgresServer;
    let stores: TestStores;
    let other: SharedDeps;

    beforeAll(async () => {
      server = await startPostgresServer(programs);
      stores = await createTestStores({}, { freshMs });
      other = await createSharedDeps(stores.config, silentLog, "worker", { freshMs });
    });
    afterAll(async () => {
      await other?.close();
      await stores?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    const moveDeps = (onEvent: MoveDeps["onEvent"] = () => {}) => {
      const deps = createMoveDeps(stores.config, stores.deps, [
        { scheme: "postgres", location: server.adminUrl },
      ]);
      return { ...deps, onEvent, announceMs };
    };

    const startLoad = (id: string): Load => startWrites([stores.deps, other], id);

    async function createUsed(slug: string): Promise<string> {
      const business = await stores.createBusiness(slug);
      await stores.createUser(business, "alice");
      return business.id;
    }

    const expectExactly = (id: string, load: Load) => expectWritten([stores.deps, other], id, load);

    const engineOf = async (slug: string): Promise<string | undefined> => {
      stores.deps.registry.forget();
      return (await stores.deps.registry.findBySlug(slug))?.engine;
    };

    const holdings = async (): Promise<readonly string[]> => {
      const sql = new Bun.SQL(server.superuserUrl, { max: 1 });
      const rows = await sql`select datname from pg_database where datname ~ '^rondo_[0-9a-f]{32}_'`;
      await sql.end();
      return rows.map(({ datname }: { datname: string }) => datname);
    };

    test("every confirmed write exists exactly once after several moves between SQLite and Postgres", async () => {
      const id = await createUsed("acme");
      const load = startLoad(id);
      const there = await moveBusiness(moveDeps(), "test", { slug: "acme", engine: "postgres" });
      expect(await engineOf("acme")).toBe("postgres");
      await setTimeout(500);
      const back = await moveBack(moveDeps(), "test", "acme");
      expect(await engineOf("acme")).toBe("sqlite");
      await setTimeout(500);
      const again = await moveBack(moveDeps(), "test", "acme");
      expect(await engineOf("acme")).toBe("postgres");
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
      // A pause usually takes a fraction of a second (measured by bench/promotion.ts), but more on a busy machine.
      for (const pauseMs of pauses) expect(pauseMs).toBeLessThan(20_000);
    });

    test("the operator can start and follow a move in the background", async () => {
      await createUsed("watched");
      const to = { scheme: "postgres", location: server.adminUrl };
      const moves = createMovesHere({
        ...stores.deps,
        open: (addresses) => ({ ...createMoveDeps(stores.config, stores.deps, addresses), announceMs }),
      });
      const finished = async (): Promise<MoveState> => {
        await moves.settled();
        return moves.stateOf("watched");
      };
      expect(await codeOf(moves.begin("watched", "move", {}))).toBe("INVALID_PARAMETER");
      await moves.begin("watched", "dryRun", { to });
      const tried = await finished();
      expect(tried.progress).toMatchObject({ state: "done", report: null, fault: null });
      expect(tried.progress?.tables).toContainEqual(expect.objectContaining({ table: "users", rows: 1 }));
      expect(tried.record).toBeNull();

      expect(await moves.begin("watched", "move", { to })).toMatchObject({ progress: { state: "running" } });
      expect(await codeOf(moves.begin("watched", "cancel", {}))).toBe("CONFLICT");
      const moved = await finished();
      expect(moved.progress).toMatchObject({ state: "done", report: { pauseMs: expect.any(Number) } });
      expect(moved.record).toMatchObject({ step: "switched", engine: "sqlite" });
      expect(await engineOf("watched")).toBe("postgres");

      await moves.begin("watched", "move", { to });
      expect((await finished()).progress).toMatchObject({ state: "failed", fault: { code: "CONFLICT" } });
      await moves.begin("watched", "back", { to });
      expect((await finished()).progress).toMatchObject({ state: "done" });
      expect(await engineOf("watched")).toBe("sqlite");
    });

    test("if the new database can't be opened, the database in use is closed again", async () => {
      await createUsed("half");
      const deps = moveDeps();
      let opened = 0;
      let closed = 0;
      const openCopy: MoveDeps["openCopy"] = async (credentials) => {
        if (credentials.engine === "postgres") throw new Error("refused");
        const copy = await deps.openCopy(credentials);
        opened += 1;
        return {
          ...copy,
          close() {
            closed += 1;
            return copy.close();
          },
        };
      };
      const wanted = { slug: "half", engine: "postgres" } as const;
      await expect(dryRun({ ...deps, openCopy }, wanted)).rejects.toThrow("refused");
      await expect(moveBusiness({ ...deps, openCopy }, "test", wanted)).rejects.toThrow("refused");
      expect(opened).toBeGreaterThan(0);
      expect(closed).toBe(opened);
    });

    test("if a move pauses writes, reads succeed and writes fail with UNAVAILABLE", async () => {
      const id = await createUsed("paused");
      const seen: unknown[] = [];
      const deps = moveDeps();
      const openCopy: MoveDeps["openCopy"] = async (credentials) => {
        const copy = await deps.openCopy(credentials);
        const seal: typeof copy.log.seal = async (tables) => {
          const row = {
            id: "new",
            userId: "alice",
            name: "1",
            createdAt: "2026-11-29T10:00:00.000Z",
            updatedAt: "2026-11-29T10:00:00.000Z",
          };
          for (const { databases } of [stores.deps, other]) {
            seen.push(
              await databases
                .use(id, (database) => database.kysely.insertInto("projects").values(row).execute())
                .catch((err: unknown) => err),
            );
            seen.push(
              await databases.use(id, (database) =>
                database.kysely.selectFrom("users").select("id").execute(),
              ),
            );
          }
          return copy.log.seal(tables);
        };
        return { ...copy, log: { ...copy.log, seal } };
      };
      await moveBusiness({ ...deps, openCopy }, "test", { slug: "paused", engine: "postgres" });
      expect(seen).toMatchObject([
        { code: "UNAVAILABLE", retryAfterSeconds: 1 },
        [{ id: "alice" }],
        { code: "UNAVAILABLE", retryAfterSeconds: 1 },
        [{ id: "alice" }],
      ]);
      seen.length = 0;
      await moveBack({ ...deps, openCopy }, "test", "paused");
      expect(seen).toMatchObject([
        { code: "UNAVAILABLE", retryAfterSeconds: 1 },
        [{ id: "alice" }],
        { code: "UNAVAILABLE", retryAfterSeconds: 1 },
        [{ id: "alice" }],
      ]);
      await finishMove(deps, "paused");
    });

    test("if Postgres can't store a value, the move fails and the business stays on SQLite", async () => {
      const id = await createUsed("nul");
      const before = await holdings();
      const rename = (name: string) =>
        stores.deps.databases.use(id, (database) =>
          database.kysely
            .updateTable("users")
            .set({ kind: name as never })
            .execute(),
        );
      await rename("a\0b");
      const err = await moveBusiness(moveDeps(), "test", { slug: "nul", engine: "postgres" }).catch(
        (cause: unknown) => cause,
      );
      expect(err).toMatchObject({
        code: "INVALID_PARAMETER",
        details: { table: "users", row: "id = alice", column: "kind" },
      });
      expect(await engineOf("nul")).toBe("sqlite");
      expect(await holdings()).toEqual(before);
      await rename("guest");
      await moveBusiness(moveDeps(), "test", { slug: "nul", engine: "postgres" });
      expect(await engineOf("nul")).toBe("postgres");
    });

    test("if the switch to the new database fails, every confirmed write is kept exactly once", async () => {
      const id = await createUsed("failing");
      const load = startLoad(id);
      const deps = moveDeps();
      const control = {
        ...deps.control,
        transaction: () => Promise.reject(new Error("The control database is away.")),
      };
      await expect(
        moveBusiness({ ...deps, control }, "test", { slug: "failing", engine: "postgres" }),
      ).rejects.toThrow("The control database is away.");
      await setTimeout(300);
      await load.stop();
      expect(await engineOf("failing")).toBe("sqlite");
      await expectExactly(id, load);
    });

    test("if a move is killed and repeated, every confirmed write is kept exactly once", async () => {
      const id = await createUsed("killed");
      const load = startLoad(id);
      const runUntil = async (step: string | undefined, afterMs = 0): Promise<string> => {
        const child = Bun.spawn(
          [
            process.execPath,
            "src/cli/main.ts",
            "business",
            "promote",
            "killed",
            "--to",
            server.adminUrl,
            "--json",
          ],
          {
            cwd: root,
            env: { ...Bun.env, RONDO_DATA: stores.config.dataDir, RONDO_LOG: "silent" },
            stdout: "pipe",
            stderr: "pipe",
          },
        );
        let seen = "";
        for await (const piece of child.stdout) {
          seen += Buffer.from(piece).toString();
          if (step === undefined || !seen.includes(`"step":"${step}"`)) continue;
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
      const last = await runUntil("switch");
      expect(last).toMatch(/"step":"switch"|was moved/);
      expect(await engineOf("killed")).toBe("postgres");
      await setTimeout(500);
      await load.stop();
      await expectExactly(id, load);
      console.log(`${load.confirmed.size} confirmed writes`);
      await finishMove(moveDeps(), "killed");
      expect((await holdings()).filter((name) => name.includes(id.replaceAll("-", "")))).toHaveLength(1);
    });

    for (const [what, act] of [
      ["run again", () => moveBusiness(moveDeps(), "test", { slug: "sealed", engine: "postgres" })],
      ["ended by `resumeWrites`", () => resumeWrites(moveDeps(), Date.now() + 60_000)],
      [
        "ended by a second call of `resumeWrites`",
        async () => {
          const openCopy = () => Promise.reject(new Error("The database is away."));
          const first = resumeWrites({ ...moveDeps(), openCopy }, Date.now() + 60_000);
          await expect(first).rejects.toThrow("The writes of a business stay paused.");
          return resumeWrites(moveDeps(), Date.now() + 60_000);
        },
      ],
      ["cancelled", () => cancelMove(moveDeps(), "sealed")],
    ] as const)
      test(`if a move is killed during its pause of writes, writes are refused until the move is ${what}`, async () => {
        const business = await stores.deps.registry.findBySlug("sealed");
        const id = business?.id ?? (await createUsed("sealed"));
        const deps = moveDeps();
        const real = deps.control;
        let isDead = false;
        const control = {
          ...real,
          get kysely() {
            if (isDead) throw new Error("killed");
            return real.kysely;
          },
          transaction() {
            isDead = true;
            return Promise.reject(new Error("killed"));
          },
        };
        const killed = moveBusiness({ ...deps, control }, "test", { slug: "sealed", engine: "postgres" });
        await expect(killed).rejects.toThrow("The move failed, and its traces could not be removed yet.");
        await endHold(real, id);
        const write = (name: string) =>
          stores.deps.databases.use(id, (database) =>
            database.kysely
              .updateTable("users")
              .set({ kind: name as never })
              .execute(),
          );
        await expect(write("member")).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 1 });
        await act();
        await write("member");
        const engine = await engineOf("sealed");
        expect(engine).toBe(what.startsWith("run") ? "postgres" : "sqlite");
        if (engine === "postgres") {
          await finishMove(moveDeps(), "sealed");
          await moveBusiness(moveDeps(), "test", { slug: "sealed", engine: "sqlite" });
          await finishMove(moveDeps(), "sealed");
          expect(await numbersIn(other, id)).toEqual([]);
        }
      });

    test("if the business's credentials are sealed again during a move, the move succeeds", async () => {
      await createUsed("resealed");
      const deps = moveDeps();
      const { control, sealing } = stores.deps;
      const openCopy: MoveDeps["openCopy"] = async (credentials) => {
        const { id, credentials: text } = await control.kysely
          .selectFrom("businesses")
          .select(["id", "credentials"])
          .where("slug", "=", "resealed")
          .executeTakeFirstOrThrow();
        const context = credentialsContext(id);
        const again = sealing.seal(sealing.open(text, context), context);
        await control.kysely
          .updateTable("businesses")
          .set({ credentials: again })
          .where("id", "=", id)
          .execute();
        return deps.openCopy(credentials);
      };
      await moveBusiness({ ...deps, openCopy }, "test", {
        slug: "resealed",
        engine: "postgres",
      });
      expect(await engineOf("resealed")).toBe("postgres");
    });

    test("if a move back to SQLite fails at the switch, a repeated move loses no writes", async () => {
      const id = await createUsed("returning");
      const deps = moveDeps();
      await moveBusiness(deps, "test", { slug: "returning", engine: "postgres" });
      const load = startLoad(id);
      const failing = {
        ...deps.control,
        transaction: () => Promise.reject(new Error("The control database is away.")),
      };
      await expect(moveBack({ ...deps, control: failing }, "test", "returning")).rejects.toThrow(
        "The control database is away.",
      );
      expect(await engineOf("returning")).toBe("postgres");
      let isDead = false;
      const control = {
        ...deps.control,
        get kysely() {
          if (isDead) throw new Error("killed");
          return deps.control.kysely;
        },
        transaction() {
          isDead = true;
          return Promise.reject(new Error("killed"));
        },
      };
      await expect(moveBack({ ...deps, control }, "test", "returning")).rejects.toMatchObject({
        ...{ code: "UNAVAILABLE", cause: { errors: [{ message: "killed" }, { message: "killed" }] } },
      });
      await endHold(deps.control, id);
      expect(await engineOf("returning")).toBe("postgres");
      await moveBack(deps, "test", "returning");
      expect(await engineOf("returning")).toBe("sqlite");
      await setTimeout(300);
      await load.stop();
      await expectExactly(id, load);
      await finishMove(deps, "returning");
    });

    test("if an interrupted move is cancelled, its new database is deleted", async () => {
      const id = await createUsed("cancelled");
      const before = await holdings();
      const dies: MoveDeps["openCopy"] = () => Promise.reject(new Error("killed"));
      await moveBusiness({ ...moveDeps(), openCopy: dies }, "test", {
        slug: "cancelled",
        engine: "postgres",
      }).catch(() => undefined);
      expect((await holdings()).length).toBe(before.length + 1);
      await cancelMove(moveDeps(), "cancelled");
      expect(await holdings()).toEqual(before);
      expect(await numbersIn(stores.deps, id)).toEqual([]);
    });
  },
);
