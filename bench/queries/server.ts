// Runs one server of the query benchmark: `bun bench/queries/server.ts <variant> <database>`. The
// database is a file for the variants with SQLite, and a URL for the others. The first line of stderr is JSON with the
// port, the path that clients are to request, and the value of the Authorization header, if one is needed. The log is
// written to stdout.
import { createBusinessSpecs } from "../../src/apps/business-specs.ts";
import { Database as Sqlite } from "bun:sqlite";
import postgres from "postgres";
import { createApp } from "../../src/app.ts";
import { createUserToken } from "../../src/accounts/users.ts";
import { type BusinessDatabase, promisingDatabase } from "../../src/businesses/outbox/promising.ts";
import { type BusinessTables, businessSchema } from "../../src/businesses/tables/schema.ts";
import type { OpenDatabases } from "../../src/businesses/databases/open-databases.ts";
import { createApiDeps } from "../../src/deps/api-deps.ts";
import type { MaybePromise } from "../../src/maybe-promise.ts";
import type { Database } from "../../src/ports/database/database.ts";
import { openPostgres } from "../../src/ports/database/postgres/database.ts";
import { openSqlite } from "../../src/ports/database/sqlite/database.ts";
import { loadSpecs } from "../../src/queries/spec/load-specs.ts";
import { createLog } from "../../src/process/log.ts";
import { createTestStores } from "../../src/testing/test-stores.ts";
import { askingUser, handWritten } from "./data.ts";

const [variant = "", target = ""] = Bun.argv.slice(2);
const migrations = `${import.meta.dir}/../../migrations/business`;
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
    return barePostgres(postgres(target));
  },
  async "bare-postgres-2"() {
    return barePostgres(postgres(target, { max: 2 }));
  },
  async "rondo-sqlite"() {
    return rondo(await openSqlite<BusinessTables>({ file: target, migrations }));
  },
  /** Simulates a change of the data before each request, so that no cached response is used. */
  async "rondo-sqlite-changing"() {
    const database = await openSqlite<BusinessTables>({ file: target, migrations });
    let changes = 0;
    const changeMark = () => {
      changes += 1;
      return (database.changeMark() ?? 0) + changes;
    };
    return rondo({ ...database, changeMark });
  },
  async "rondo-postgres"() {
    return rondo(await openPostgres<BusinessTables>({ url: target, migrations }));
  },
};

function barePostgres(sql: postgres.Sql): Served {
  const fetch: Fetch = async ({ url }) => {
    const rows = await sql.unsafe(handWritten.postgres, [userOf(url), limitOf(url)], { prepare: true });
    return new Response(JSON.stringify({ items: rows }), { headers: json });
  };
  return { fetch, path: barePath };
}

/**
 * Serves the complete Rondo API, including credentials, checks, scoping, request ids, timing, metrics and log. The API
 * has one business database.
 */
async function rondo(database: Database<BusinessTables>): Promise<Served> {
  const stores = await createTestStores();
  const business = await stores.createBusiness();
  const deps = await createApiDeps(stores.config, createLog("api", "info"));
  const caller = { kind: "business", businessId: business.id, keyId: "bench" } as const;
  const { token } = await createUserToken(deps, caller, { userId: askingUser, expiresInSeconds: 3_600 });
  const current = await loadSpecs({ dir: `${import.meta.dir}/specs`, schema: businessSchema });
  const specs = createBusinessSpecs({ current, close() {} }, deps.log);
  const served = promisingDatabase(database, business.id, deps.due);
  const use = <T>(_: string, work: (db: BusinessDatabase) => MaybePromise<T>) => work(served);
  const app = createApp({
    ...deps,
    specs,
    databases: { ...deps.databases, use: use as OpenDatabases["use"] },
  });
  return { fetch: app.fetch, path: "/v1/queries/tracks.newest?limit=20", authorization: `Bearer ${token}` };
}

const served = await variants[variant]!();
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: served.fetch });
console.error(JSON.stringify({ port: server.port, path: served.path, authorization: served.authorization }));
