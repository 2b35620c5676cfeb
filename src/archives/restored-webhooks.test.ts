// Tests what happens to the webhooks and the waiting jobs of a business that is restored from an
// archive, into the same Rondo or into another Rondo with another master key. Also tests that an
// archive contains all tables, and that a new business is suspended until everything is restored.
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Business } from "../businesses/business.ts";
import { credentialsContext } from "../businesses/databases/open-databases.ts";
import { noteErasedUser } from "../businesses/lifecycle/erased-users.ts";
import { businessSchema } from "../businesses/tables/schema.ts";
import { createMoveDeps } from "../deps/move-deps.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createTestStores, type TestStores } from "../testing/test-stores.ts";
import { openSecrets } from "../webhooks/endpoint-secrets.ts";
import { changeEndpoint, createEndpoint, rotateSecret } from "../webhooks/endpoints.ts";
import type { Manifest } from "./archive-format.ts";
import { exportBusiness } from "./export-business.ts";
import { restoreBusiness } from "./restore-business.ts";

setDefaultTimeout(60_000);

async function exportTo({ config, deps }: TestStores, business: Business, file: string): Promise<Manifest> {
  const moves = createMoveDeps(config, deps, []);
  const { credentials } = await deps.control.kysely
    .selectFrom("businesses")
    .select("credentials")
    .where("id", "=", business.id)
    .executeTakeFirstOrThrow();
  const plain = Buffer.from(deps.sealing.open(credentials, credentialsContext(business.id))).toString();
  const copy = await moves.openCopy(JSON.parse(plain));
  const manifest = await exportBusiness(deps, copy, business, file).finally(() => copy.close());
  await moves.close();
  return manifest;
}

async function restoreIn({ config, deps }: TestStores, path: string, slug: string) {
  const { openCopy, older, close } = createMoveDeps(config, deps, []);
  return restoreBusiness({ ...deps, openCopy, older }, "test", { path, slug }).finally(close);
}

/**
 * Creates a business with one endpoint, two users and one job in the outbox. Each user has one pending and one dead
 * delivery.
 */
async function createSending(stores: TestStores) {
  const { deps } = stores;
  const business = await stores.createBusiness("acme");
  const endpoint = await createEndpoint(deps, business, { url: "https://8.8.8.8/events" });
  const now = new Date().toISOString();
  for (const userId of ["alice", "bob"]) {
    await stores.createUser(business, userId);
    await deps.databases.use(business.id, async ({ kysely }) => {
      for (const state of ["pending", "dead"] as const) {
        const [id, data] = [`${state}-${userId}`, JSON.stringify({ userId, versionId: "v" })];
        await kysely
          .insertInto("webhookEvents")
          .values({ id, type: "generation.complete", data, createdAt: now })
          .execute();
        await kysely
          .insertInto("webhookDeliveries")
          .values({
            ...{ id, eventId: id, endpointId: endpoint.id, state, attempts: 0, round: 0, tries: "[]" },
            ...{ nextAttemptAt: now, createdAt: now },
          })
          .execute();
      }
    });
  }
  const job = JSON.stringify({ id: "a-job", name: "webhook.deliver", businessId: business.id, data: {} });
  await deps.databases.use(business.id, ({ kysely }) =>
    kysely
      .insertInto("outbox")
      .values({ id: Bun.randomUUIDv7(), queue: "webhook", job, createdAt: now })
      .execute(),
  );
  return { business, endpoint };
}

const rowsOf = ({ deps }: TestStores, { id }: Business) =>
  deps.databases.use(id, async ({ kysely }) => ({
    endpoints: await kysely.selectFrom("webhookEndpoints").selectAll().execute(),
    deliveries: await kysely
      .selectFrom("webhookDeliveries")
      .select(["eventId", "state"])
      .orderBy("eventId")
      .execute(),
    events: (await kysely.selectFrom("webhookEvents").select("id").orderBy("id").execute()).map(
      (event) => event.id,
    ),
    outbox: await kysely.selectFrom("outbox").select("id").execute(),
  }));

test("an archive contains every declared table of a business", async () => {
  await using directory = await createTemporaryDirectory();
  await using stores = await createTestStores();
  const manifest = await exportTo(stores, await stores.createBusiness(), join(directory.path, "all.tar"));
  expect(manifest.tables.map(({ name }) => name).toSorted()).toEqual(Object.keys(businessSchema).toSorted());
});

test("a restored business sends no webhooks by itself", async () => {
  await using directory = await createTemporaryDirectory();
  await using from = await createTestStores();
  await using to = await createTestStores();
  const file = join(directory.path, "acme.tar");
  const { business } = await createSending(from);
  await exportTo(from, business, file);
  const restored = await restoreIn(to, file, "acme");
  const { endpoints, deliveries, outbox } = await rowsOf(to, restored.business);
  expect(endpoints.map(({ state }) => state)).toEqual(["paused"]);
  expect(deliveries).toEqual(
    ["dead-alice", "dead-bob", "pending-alice", "pending-bob"].map((eventId) => ({ eventId, state: "dead" })),
  );
  expect(outbox).toEqual([]);
});

test("an endpoint that is restored in another Rondo gets a new secret", async () => {
  await using directory = await createTemporaryDirectory();
  await using from = await createTestStores();
  await using to = await createTestStores();
  const file = join(directory.path, "acme.tar");
  const { business, endpoint } = await createSending(from);
  await exportTo(from, business, file);
  const restored = await restoreIn(to, file, "acme");
  const secretsNow = async () =>
    openSecrets(restored.business, (await rowsOf(to, restored.business)).endpoints[0]!, Date.now());
  expect(await secretsNow()).toHaveLength(1);
  expect(await secretsNow()).not.toContain(endpoint.secret);
  const { secret } = await rotateSecret(to.deps, restored.business, endpoint.id, 0);
  expect(await secretsNow()).toEqual([secret]);
  const active = await changeEndpoint(to.deps, restored.business, endpoint.id, { state: "active" });
  expect(active.state).toBe("active");
});

test("the events and deliveries of a user who was erased after the export are not restored", async () => {
  await using directory = await createTemporaryDirectory();
  await using stores = await createTestStores();
  const file = join(directory.path, "acme.tar");
  const { business } = await createSending(stores);
  await exportTo(stores, business, file);
  await noteErasedUser(stores.deps.control, business.id, "alice");
  const restored = await restoreIn(stores, file, "again");
  const { events, deliveries } = await rowsOf(stores, restored.business);
  expect(events).toEqual(["dead-bob", "pending-bob"]);
  expect(deliveries.map(({ eventId }) => eventId)).toEqual(events);
});

test("the new business of a restore is suspended until everything is restored", async () => {
  await using stores = await createTestStores();
  await using directory = await createTemporaryDirectory();
  const { business } = await createSending(stores);
  const path = join(directory.path, "acme.tar");
  await exportTo(stores, business, path);
  const states: string[] = [];
  const { deps } = stores;
  const registry = {
    ...deps.registry,
    // The code that creates a business and the code that changes the state of a business call `forget` afterwards.
    forget() {
      states.push(stateNow());
      deps.registry.forget();
    },
  };
  const stateNow = () =>
    new Database(stores.config.controlUrl.location, { readonly: true })
      .query<{ state: string }, []>("select state from businesses where slug = 'again'")
      .get()!.state;
  await restoreIn({ ...stores, deps: { ...deps, registry } }, path, "again");
  expect(states).toEqual(["suspended", "active"]);
});
