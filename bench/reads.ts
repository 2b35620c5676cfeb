// Compares the two ways in which the API answers a read: by the fast path
// (src/http/reads/fast-path.ts), which is tried first, and by the router. Calls the API in this
// process, without a network. Prints the processor time per request in the best round.
// Run: bun bench/reads.ts [rounds]
import { createBusinessSpecs } from "../src/apps/business-specs.ts";
import { join } from "node:path";
import { createApp } from "../src/app.ts";
import { createUserToken } from "../src/accounts/users.ts";
import type { OpenDatabases } from "../src/businesses/databases/open-databases.ts";
import { type BusinessDatabase, promisingDatabase } from "../src/businesses/outbox/promising.ts";
import { type BusinessTables, businessSchema } from "../src/businesses/tables/schema.ts";
import { createApiDeps } from "../src/deps/api-deps.ts";
import type { MaybePromise } from "../src/maybe-promise.ts";
import { openSqlite } from "../src/ports/database/sqlite/database.ts";
import { createLog } from "../src/process/log.ts";
import { loadSpecs } from "../src/queries/spec/load-specs.ts";
import { createTestStores } from "../src/testing/test-stores.ts";
import { askingUser, fillTracks } from "./queries/data.ts";

const rounds = Number(Bun.argv[2] ?? 12);
const requestsPerRound = 3_000;

await using stores = await createTestStores();
const file = join(stores.config.dataDir, "tracks.db");
const migrations = `${import.meta.dir}/../migrations/business`;
const database = await openSqlite<BusinessTables>({ file, migrations });
await database.migrate();
await fillTracks(database);

const business = await stores.createBusiness();
const deps = await createApiDeps(stores.config, createLog("api", "error"));
const { key } = await deps.keys.create(business.id, "bench", "bench");
const caller = { kind: "business", businessId: business.id, keyId: "bench" } as const;
const { token } = await createUserToken(deps, caller, { userId: askingUser, expiresInSeconds: 3_600 });

/** While this is true, `changeMark` reports a change of the data at each call. So the API uses no cached response. */
let isChanging = false;
let changes = 0;
const changeMark = () => {
  if (isChanging) changes += 1;
  return (database.changeMark() ?? 0) + changes;
};
const served = promisingDatabase({ ...database, changeMark }, business.id, deps.due);
const use = <T>(_: string, work: (db: BusinessDatabase) => MaybePromise<T>) => work(served);
const databases = { ...deps.databases, use: use as OpenDatabases["use"] };
const current = await loadSpecs({ dir: `${import.meta.dir}/queries/specs`, schema: businessSchema });
const specs = createBusinessSpecs({ current, close() {} }, deps.log);
const apps = [true, false].map((hasFastPath) => createApp({ ...deps, specs, databases }, { hasFastPath }));
const source = { requestIP: () => ({ address: "127.0.0.1" }) };

async function send(app: (typeof apps)[number], path: string, init: RequestInit): Promise<void> {
  const res = await app.fetch(new Request(`http://127.0.0.1${path}`, init), source);
  if (!res.ok) throw new Error(`${path} answered ${res.status}: ${await res.text()}`);
  await res.arrayBuffer();
}

async function fillStream(path: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "audio/mpeg" };
  const [app] = apps;
  await send(app!, path, { method: "PUT", headers });
  const body = new Uint8Array(32 * 1_024);
  await send(app!, path, { method: "POST", headers: { ...headers, "stream-closed": "true" }, body });
}

/** Sends many requests, and returns the average processor time of a request in microseconds. */
async function timeOf(app: (typeof apps)[number], path: string, authorization: string): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < requestsPerRound; i += 1) await send(app, path, { headers: { authorization } });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requestsPerRound;
}

const stream = "/v1/stream/page";
await fillStream(stream);
const query = "/v1/queries/tracks.newest?limit=20";
const reads = [
  { name: "query, answer cached", path: query, credential: token, changing: false },
  { name: "query, not cached", path: query, credential: token, changing: true },
  { name: "32 KB page of a stream", path: `${stream}?offset=-1`, credential: key, changing: false },
];
console.log("| Read | Fast path, µs | Router, µs |\n|---|---|---|");
for (const { name, path, credential, changing } of reads) {
  isChanging = changing;
  const least = apps.map(() => Infinity);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, app] of apps.entries())
      least[at] = Math.min(least[at]!, await timeOf(app, path, `Bearer ${credential}`));
  }
  console.log(`| ${name} | ${least.map((us) => us.toFixed(1)).join(" | ")} |`);
}
await database.close();
await deps.close();
