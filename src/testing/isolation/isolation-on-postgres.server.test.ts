// Runs the isolation matrix (run-matrix.ts: requests with the ids and credentials of another business) on Postgres, and
// tries the stored credential of each business on the databases of all businesses.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { credentialsContext } from "../../businesses/databases/open-databases.ts";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../servers/postgres/postgres-server.ts";
import { runsLongTests } from "../long-tests.ts";
import { createHouse } from "./house.ts";
import { differentTimes } from "./response-times.ts";
import { runMatrix } from "./run-matrix.ts";
import type { Tenant } from "./tenant.ts";

setDefaultTimeout(400_000);
const businesses = runsLongTests ? 3 : 2;
const programs = postgresPrograms();

describe.skipIf(programs === undefined)("on Postgres (skipped where no server is installed)", () => {
  let server: PostgresServer;
  let house: Awaited<ReturnType<typeof createHouse>>;

  beforeAll(async () => {
    server = await startPostgresServer(programs);
    const url = await createPostgresDatabase(server);
    house = await createHouse({ RONDO_CONTROL_URL: url, RONDO_BUSINESS_URL: url }, businesses);
  });
  afterAll(async () => {
    await house[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function databaseUrlOf({ business: { id } }: Tenant): Promise<URL> {
    const { credentials } = await house.deps.control.kysely
      .selectFrom("businesses")
      .select("credentials")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const plain = house.deps.sealing.open(credentials, credentialsContext(id));
    return new URL((JSON.parse(Buffer.from(plain).toString()) as { url: string }).url);
  }

  test("every route responds to another business's ids in the same way as to missing ids", async () => {
    const { attempts, leaks } = await runMatrix(house, house.tenants, house.rows);
    console.log(
      `isolation matrix of ${businesses} businesses on Postgres: ${attempts} attempts, ${leaks.length} of them revealed something`,
    );
    expect(leaks).toEqual([]);
    expect(attempts).toBeGreaterThan(2_000);
  });

  test("a GET of another business's thing takes the same time as a GET of a missing thing", async () => {
    expect(await differentTimes(house, ["GET"])).toEqual([]);
  });

  test("the stored credentials of one business don't open another business's database", async () => {
    const urls = await Promise.all(house.tenants.map(databaseUrlOf));
    const codes: string[] = [];
    for (const url of urls) {
      for (const other of urls) {
        const client = postgres(Object.assign(new URL(url), { pathname: other.pathname }).href, { max: 1 });
        const code = await client`select 1`.then(
          () => "let in",
          (err: { code?: string }) => err.code ?? String(err),
        );
        await client.end({ timeout: 1 });
        codes.push(url === other ? `own: ${code}` : code);
      }
    }
    // 42501: the role is not allowed to connect to this database.
    const pairs = urls.flatMap((one) => urls.map((other) => (one === other ? "own: let in" : "42501")));
    expect(codes.toSorted()).toEqual(pairs.toSorted());
  });
});
