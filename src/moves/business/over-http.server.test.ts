// Tests a business's move to another engine from the point of view of API callers. Named queries
// respond with the same bytes before, during and after the move. While the move has paused the
// writes of the business, a write gets status 503 with Retry-After.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createUserToken } from "../../accounts/users.ts";
import { createApp } from "../../app.ts";
import { type ApiDeps, createApiDeps } from "../../deps/api-deps.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { createStudio, type Studio } from "../../testing/studio.ts";
import { silentLog } from "../../testing/test-stores.ts";
import { finishMove } from "./end-move.ts";
import { moveBusiness, type MoveDeps } from "./move-business.ts";

setDefaultTimeout(90_000);
const programs = postgresPrograms();
const reads = [
  ...[
    "projects.list",
    "projects.withTracks",
    "tracks.list",
    "library.stats",
    "library.activity?from=2020-01-01T00:00:00.000Z&to=2099-01-01T00:00:00.000Z",
  ],
  ...["generations.recent", "generations.active", "trash.list", "tracks.search?text=piano"],
];

describe.skipIf(programs === undefined)(
  "for callers of the HTTP API of a business (skipped where no Postgres is installed),",
  () => {
    let server: PostgresServer;
    let studio: Studio;
    let deps: ApiDeps;
    let call: (method: string, path: string, body?: object) => Promise<Response>;

    beforeAll(async () => {
      server = await startPostgresServer(programs);
      studio = await createStudio();
      deps = await createApiDeps(studio.stores.config, silentLog);
      const app = createApp(deps);
      const { token } = await createUserToken(
        deps,
        { kind: "business", businessId: studio.business.id, keyId: "test" },
        { userId: "alice", expiresInSeconds: 3_600 },
      );
      call = async (method, path, body) =>
        app.request(path, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          ...(body && { body: JSON.stringify(body) }),
        });
      for (const prompt of ["a quiet piano", "Ünïcode 😀", "drums"]) await studio.make({ prompt });
    });
    afterAll(async () => {
      await deps?.close();
      await studio?.stores[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    const readAll = async (): Promise<readonly string[]> => {
      const answers: string[] = [];
      for (const read of reads) {
        const res = await call("GET", `/v1/queries/${read}`);
        answers.push(`${read} ${res.status} ${await res.text()}`);
      }
      return answers;
    };

    const create = (name: string) => call("POST", "/v1/queries/projects.create", { name });

    // The second test moves the business back to SQLite, so it needs the result of the first test.
    for (const engine of ["postgres", "sqlite"] as const)
      test(`named queries respond with the same bytes during a move to ${engine}`, async () => {
        const before = await readAll();
        for (const answer of before) expect(answer).toMatch(/^\S+ 200 /);
        const moving = createMoveDeps(studio.stores.config, deps, [
          { scheme: "postgres", location: server.adminUrl },
        ]);
        const seen: Response[] = [];
        const during: (readonly string[])[] = [];
        const openCopy: MoveDeps["openCopy"] = async (credentials) => {
          const copy = await moving.openCopy(credentials);
          const seal: typeof copy.log.seal = async (tables) => {
            seen.push(await create("in the pause"));
            during.push(await readAll());
            return copy.log.seal(tables);
          };
          return { ...copy, log: { ...copy.log, seal } };
        };
        const { slug } = studio.business;
        await moveBusiness({ ...moving, openCopy, onEvent: () => {} }, "test", { slug, engine });
        expect(during).toEqual([before]);
        expect(await readAll()).toEqual(before);
        const [refused] = seen;
        expect([refused?.status, refused?.headers.get("retry-after")]).toEqual([503, "1"]);
        expect(await refused?.json()).toMatchObject({ code: "UNAVAILABLE" });
        expect((await create(`after the move to ${engine}`)).status).toBeLessThan(300);
        expect(await (await call("GET", "/v1/queries/projects.list")).text()).toContain(
          `after the move to ${engine}`,
        );
        await finishMove({ ...moving, onEvent: () => {} }, slug);
        await moving.close();
      });
  },
);
