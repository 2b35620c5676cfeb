// Tests that an erased business leaves nothing in Postgres, MongoDB, Redis and the bucket except its receipt and its
// audit rows.
import { expect, setDefaultTimeout, test } from "bun:test";
import Redis from "ioredis";
import { MongoClient } from "mongodb";
import postgres from "postgres";
import { openCache } from "../../deps/open-cache.ts";
import { audioObjectKey } from "../../library/tiers/object-keys.ts";
import { databaseNameOf } from "../../ports/chunk-store/mongodb/documents.ts";
import { queueNames } from "../../ports/job-queue/job-queue.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createStreams } from "../../streams/streams.ts";
import { onEachProfile } from "../../testing/profiles.ts";
import { createStudio, noSignal } from "../../testing/studio.ts";
import { silentLog } from "../../testing/test-stores.ts";
import { deleteBusiness } from "./delete-business.ts";
import { sweepDeletedBusinesses } from "./sweep-deleted-businesses.ts";

setDefaultTimeout(120_000);

/** For each key in Redis, returns one string that contains the key and its value. */
async function textsInRedis(url: string): Promise<readonly string[]> {
  const redis = new Redis(url);
  const read: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, "0", "-1"),
    stream: (key) => redis.call("xrange", key, "-", "+"),
  };
  const keys = await redis.keys("*");
  const texts = await Promise.all(
    keys.map(async (key) => `${key} ${JSON.stringify(await read[await redis.type(key)]?.(key))}`),
  );
  redis.disconnect();
  return texts;
}

/**
 * Returns a string for each stream and each chunk in the databases of these businesses. Each string
 * begins with the id of the business.
 */
async function textsInMongo(url: string, businessIds: readonly string[]): Promise<readonly string[]> {
  await using client = await new MongoClient(url).connect();
  const texts: string[] = [];
  for (const id of businessIds)
    for (const collection of ["streams", "chunks"])
      for (const found of await client.db(databaseNameOf(id)).collection(collection).find().toArray())
        texts.push(`${id} ${collection} ${String(found._id)}`);
  return texts;
}

/** Returns the names of all databases and roles, and one string for each row of the control database. */
async function textsInPostgres(url: string): Promise<readonly string[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const names = await sql`select datname as name from pg_database union all select rolname from pg_roles`;
  const tables = await sql`select tablename from pg_tables where schemaname = 'public'`;
  const rows: string[] = [];
  for (const { tablename } of tables)
    for (const row of await sql`select * from ${sql(tablename as string)}`)
      rows.push(`${tablename}: ${JSON.stringify(row)}`);
  await sql.end({ timeout: 1 });
  return [...names.map(({ name }) => String(name)), ...rows];
}

onEachProfile(({ name, openStores }) => {
  // erased-everywhere.test.ts inspects the files of the embedded profile.
  if (name === "embedded") return;
  test("after an erasure, only the receipt and the audit rows of a business are stored", async () => {
    await using opened = await openStores();
    await using studio = await createStudio(opened.environment);
    const { deps, config } = studio.stores;
    const cache = await openCache(config, silentLog);
    const streams = createStreams({ store: deps.chunkStore, cache });
    const [ours, theirs] = [studio.alice.businessId, studio.otherAlice.businessId];
    for (const caller of [studio.alice, studio.otherAlice]) {
      const { businessId } = caller;
      const { versionId } = await studio.make({}, caller);
      const content = (async function* () {
        yield new Uint8Array(100);
      })();
      await deps.objects!.write(audioObjectKey(businessId, versionId), content, {
        contentType: "audio/mpeg",
      });
      const chunk = { streamId: "s", position: 0, chunks: [new Uint8Array(10)], startsInside: false };
      await cache.publish(audioKey(businessId, versionId), { ...chunk, next: 10, closed: false });
      await deps.keys.create(businessId, "test", "test");
      for (const queue of queueNames)
        await deps.jobs.add(queue, [
          { name: "thing.make", data: {}, businessId, owner: caller.userId },
          { name: "thing.make", data: {}, businessId, delayMs: 60_000 },
        ]);
    }
    const objectsOf = async (businessId: string) => (await deps.objects!.list({ businessId })).items.length;
    const look = async () => ({
      postgres: await textsInPostgres(config.controlUrl.location),
      mongo: await textsInMongo(config.chunksUrl.location, [ours, theirs]),
      redis: await textsInRedis(config.queueUrl.location),
    });
    const naming = (texts: readonly string[], id: string) =>
      texts.filter((text) => text.includes(id) || text.includes(id.replaceAll("-", "")));
    const before = await look();
    for (const texts of Object.values(before)) expect(naming(texts, ours).length).toBeGreaterThan(0);

    await deleteBusiness(deps, "test", { slug: studio.business.slug, graceDays: 0 });
    await sweepDeletedBusinesses({ ...deps, streams }, noSignal, Date.now() + 60_000);
    const after = await look();
    const kept = naming(after.postgres, ours).filter((text) => !/^(erasures|audit):/.test(text));
    expect([kept, naming(after.mongo, ours), naming(after.redis, ours)]).toEqual([[], [], []]);
    expect([await objectsOf(ours), await objectsOf(theirs)]).toEqual([0, 1]);
    for (const store of ["postgres", "mongo", "redis"] as const)
      expect([store, naming(after[store], theirs).length]).toEqual([
        store,
        naming(before[store], theirs).length,
      ]);
    streams.close();
    await cache.close();
  });
});
