// One server of the query benchmark: bun bench/queries-server.ts <variant>. Says its port, and what to send, on the first line.
import { Database as Sqlite } from "bun:sqlite";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Kysely } from "kysely";
import postgres from "postgres";
import { createAuthenticator } from "../src/accounts/authenticate.ts";
import { createUserToken } from "../src/accounts/users.ts";
import { type BusinessTables, businessSchema } from "../src/businesses/schema.ts";
import { createMetrics } from "../src/http/metrics.ts";
import { authenticate } from "../src/http/middleware/authenticate.ts";
import { observe } from "../src/http/middleware/observe.ts";
import { problemResponse } from "../src/http/problem.ts";
import { type QueryRoutesDeps, queryRoutes } from "../src/http/routes/queries.ts";
import type { HttpEnv } from "../src/http/wire.ts";
import type { Database } from "../src/ports/database/database.ts";
import { openPostgres } from "../src/ports/database/postgres.ts";
import { openPostgresPool } from "../src/ports/database/postgres-client.ts";
import { postgresDialect } from "../src/ports/database/postgres-dialect.ts";
import { openSqlite } from "../src/ports/database/sqlite.ts";
import { loadSpecs } from "../src/queries/load-specs.ts";
import { createTestStores, silentLog } from "../src/testing/test-stores.ts";
import { askingUser, handWritten } from "./queries-data.ts";

const [variant = "", target = ""] = Bun.argv.slice(2);
const poolMax = 10;
const migrations = `${import.meta.dir}/../migrations/business`;
const json = { "content-type": "application/json" };
const limitOf = (url: string) => Number(new URL(url).searchParams.get("limit") ?? 20);

type Fetch = (req: Request) => Response | Promise<Response>;
interface Served {
  readonly fetch: Fetch;
  readonly path: string;
  readonly authorization?: string;
}

const barePath = `/tracks?userId=${askingUser}&limit=20`;
const userOf = (url: string) => new URL(url).searchParams.get("userId") ?? "";

const variants: Readonly<Record<string, () => Promise<Served>>> = {
  async "bare-sqlite"() {
    const db = new Sqlite(target, { readonly: true });
    const statement = db.prepare(handWritten.sqlite);
    const fetch: Fetch = ({ url }) =>
      new Response(JSON.stringify({ items: statement.all(userOf(url), limitOf(url)) }), { headers: json });
    return { fetch, path: barePath };
  },
  async "bare-postgres"() {
    const sql = postgres(target, { max: poolMax });
    const fetch: Fetch = async ({ url }) => {
      const rows = await sql.unsafe(handWritten.postgres, [userOf(url), limitOf(url)], { prepare: true });
      return new Response(JSON.stringify({ items: rows }), { headers: json });
    };
    return { fetch, path: barePath };
  },
  async "kysely-per-request"() {
    const db = new Kysely<BusinessTables>({
      dialect: postgresDialect(openPostgresPool({ url: target, max: poolMax })),
    });
    const app = new Hono().get("/tracks", async (c) => {
      const items = await db
        .selectFrom("tracks")
        .select(["id", "title", "projectId", "createdAt", "updatedAt"])
        .where("userId", "=", c.req.query("userId") ?? "")
        .orderBy("createdAt", "desc")
        .orderBy("id", "desc")
        .limit(Number(c.req.query("limit") ?? 20))
        .execute();
      return c.json({ items });
    });
    return { fetch: app.fetch, path: barePath };
  },
  async "rondo-sqlite"() {
    return rondo(await openSqlite<BusinessTables>({ file: target, migrations }));
  },
  async "rondo-postgres"() {
    return rondo(await openPostgres<BusinessTables>({ url: target, migrations, max: poolMax }));
  },
};

/** The routes of the product over one database: its own credentials, checks, scoping, request id, timing and metrics. */
async function rondo(database: Database<BusinessTables>): Promise<Served> {
  const { deps, createBusiness } = await createTestStores();
  const business = await createBusiness();
  const caller = { kind: "business", businessId: business.id, keyId: "bench" } as const;
  const { token } = await createUserToken(deps, caller, { userId: askingUser, expiresInSeconds: 3_600 });
  const databases = {
    use: <T>(_: string, work: (db: Database<BusinessTables>) => Promise<T>) => work(database),
  };
  const specs = {
    current: await loadSpecs({ dir: `${import.meta.dir}/query-specs`, schema: businessSchema }),
  };
  const routeDeps = { specs, registry: deps.registry, databases } satisfies QueryRoutesDeps;
  const v1 = new Hono<HttpEnv>()
    .use(authenticate(createAuthenticator(deps)))
    .use(bodyLimit({ maxSize: 64 * 1024 }))
    .route("/queries", queryRoutes(routeDeps));
  const app = new Hono<HttpEnv>()
    .use(observe(silentLog, createMetrics()))
    .onError((err, c) => problemResponse(err, c.get("requestId")))
    .route("/v1", v1);
  return { fetch: app.fetch, path: "/v1/queries/tracks.newest?limit=20", authorization: `Bearer ${token}` };
}

const served = await variants[variant]!();
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: served.fetch });
console.log(JSON.stringify({ port: server.port, path: served.path, authorization: served.authorization }));
