import { expect, test } from "bun:test";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors.ts";
import { createSharedDeps } from "../../deps/shared-deps.ts";
import { createTestStores, silentLog } from "../../testing/test-stores.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import type { BusinessCredentials } from "../../ports/business-provisioner/business-provisioner.ts";
import { createBusiness } from "./create-business.ts";
import { loadOperatorKey } from "../secrets/operator-key.ts";
import { loadMasterKey } from "../secrets/master-key-file.ts";
import { createSealing } from "../secrets/sealing.ts";
import { sweepBegunBusinesses } from "./sweep-begun-businesses.ts";

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (err: unknown) => (err instanceof AppError ? err.code : err),
  );

test("each business has its own database file", async () => {
  await using stores = await createTestStores();
  const one = await stores.createBusiness("one");
  const two = await stores.createBusiness("two");
  const files = await readdir(stores.config.businessUrl.location);
  expect(files.filter((name) => name.endsWith(".db")).toSorted()).toEqual(
    [`${one.id}.db`, `${two.id}.db`].toSorted(),
  );
});

test("a row that one business writes is not in another business's database", async () => {
  await using stores = await createTestStores();
  const one = await stores.createBusiness();
  const two = await stores.createBusiness();
  await stores.createUser(one, "alice");
  const usersOf = (id: string) =>
    stores.deps.databases.use(id, (database) => database.kysely.selectFrom("users").select("id").execute());
  expect(await usersOf(one.id)).toEqual([{ id: "alice" }]);
  expect(await usersOf(two.id)).toEqual([]);
});

test("if several requests ask for a slug at the same time, only one business gets the slug", async () => {
  await using stores = await createTestStores();
  const outcomes = await Promise.all(
    [1, 2, 3].map(() => codeOf(createBusiness(stores.deps, "test", { slug: "same" }))),
  );
  expect(outcomes.toSorted()).toEqual(["CONFLICT", "CONFLICT", "no error"]);
  expect(await stores.deps.registry.list()).toHaveLength(1);
  const files = await readdir(stores.config.businessUrl.location);
  expect(files.filter((name) => name.endsWith(".db"))).toHaveLength(1);
});

test.each(["", "a", "A-b", "-ab", "ab-", "a/../b", "a".repeat(41), "ä-ö", "1ab"])(
  "the slug %p is refused",
  async (slug) => {
    await using stores = await createTestStores();
    expect(await codeOf(createBusiness(stores.deps, "test", { slug }))).toBe("INVALID_PARAMETER");
  },
);

test("a request for the database of a missing business gets NOT_FOUND", async () => {
  await using stores = await createTestStores();
  expect(await codeOf(stores.deps.databases.use("nobody", async () => {}))).toBe("NOT_FOUND");
});

test("concurrent callers get the same open database", async () => {
  await using stores = await createTestStores();
  const { id } = await stores.createBusiness();
  const seen = await Promise.all(
    Array.from({ length: 20 }, () => stores.deps.databases.use(id, async (db) => db)),
  );
  expect(new Set(seen).size).toBe(1);
});

test("a key gives access to its business until the key is revoked", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness();
  const { id, key } = await stores.deps.keys.create(business.id, "server", "test");
  expect(await stores.deps.keys.find(key)).toEqual({ keyId: id, businessId: business.id });
  expect((await stores.deps.keys.list(business.id))[0]?.lastUsedAt).toBeString();

  await stores.deps.keys.revoke(id, "test");
  expect(await stores.deps.keys.find(key)).toBeUndefined();
  expect(await codeOf(stores.deps.keys.revoke(id, "test"))).toBe("NOT_FOUND");

  const { rows } = await stores.deps.control.run('select * from "businessKeys"', []);
  expect(JSON.stringify(rows)).not.toContain(key.slice(3));
});

test("the credentials and secrets of a business are encrypted in the control database", async () => {
  await using stores = await createTestStores();
  const business = await stores.createBusiness();
  const row = await stores.deps.control.kysely.selectFrom("businesses").selectAll().executeTakeFirstOrThrow();
  expect(row.credentials).not.toContain(".db");
  expect(row.secret).toStartWith("v1.");
  expect(business.signing.tokens).not.toEqual(business.signing.links);
});

test("sealed text can be opened only with the same key and for the same purpose", () => {
  const sealing = createSealing(() => ({ current: new Uint8Array(32).fill(1) }));
  const sealed = sealing.seal(Buffer.from("secret"), "here");
  expect(Buffer.from(sealing.open(sealed, "here")).toString()).toBe("secret");
  expect(() => sealing.open(sealed, "there")).toThrow();
  expect(() => sealing.open(`${sealed}AAAA`, "here")).toThrow();
  expect(() => createSealing(() => ({ current: new Uint8Array(32).fill(2) })).open(sealed, "here")).toThrow();
});

test("concurrent callers create only one master key", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "deep", "master.key");
  const keys = await Promise.all(Array.from({ length: 8 }, () => loadMasterKey({ file })));
  expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(1);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(Buffer.from((await readFile(file, "utf8")).trim(), "base64")).toHaveLength(32);
  expect(await readdir(join(directory.path, "deep"))).toEqual(["master.key"]);
});

test("the operator key is returned only by the call that creates it", async () => {
  await using stores = await createTestStores();
  const { control, operatorKey } = stores.deps;
  expect(operatorKey.made).toStartWith("ro_");
  const later = await loadOperatorKey(control, undefined);
  expect(later.made).toBeUndefined();
  expect(later.matches(operatorKey.made ?? "")).toBe(true);
  expect(later.matches("ro_something-else")).toBe(false);
});

test("if the master key does not fit the stored data, the start is refused", async () => {
  await using stores = await createTestStores();
  const other = createSharedDeps({ ...stores.config, masterKey: new Uint8Array(32).fill(9) }, silentLog);
  const err = await other.then(
    () => undefined,
    (refusal: unknown) => refusal as AppError,
  );
  expect(err?.code).toBe("CONFIG_INVALID");
  expect(err?.faults?.[0]?.at).toBe("RONDO_MASTER_KEY");
});

test("if one unfinished business can't be removed, the other unfinished businesses are still removed", async () => {
  await using stores = await createTestStores();
  const { control } = stores.deps;
  const begun = ["away", "here"].map((id) => ({
    id,
    engine: "sqlite" as const,
    state: "begun" as const,
    begunAt: new Date(0).toISOString(),
  }));
  await control.kysely.insertInto("begunBusinesses").values(begun).execute();
  const provisioner = {
    dropEvery: async ({ businessId }: { readonly businessId: string }) => {
      if (businessId === "away")
        throw new AppError("UNAVAILABLE", "The engine of this business is unavailable.");
    },
  };
  const outcome = await sweepBegunBusinesses({ control, provisioner }).catch((err: unknown) => err);
  expect(outcome).toBeInstanceOf(AggregateError);
  const left = await control.kysely.selectFrom("begunBusinesses").select("id").execute();
  expect(left).toEqual([{ id: "away" }]);
});

test("if a sweep cancels the creation of a business, a database that is created later is removed", async () => {
  await using stores = await createTestStores();
  const { deps } = stores;
  let credentials: BusinessCredentials | undefined;
  const provisioner = {
    ...deps.provisioner,
    async provision(id: string) {
      await sweepBegunBusinesses(deps, Date.now() + 3_600_000);
      credentials = await deps.provisioner.provision(id);
      return credentials;
    },
  };
  const create = createBusiness({ ...deps, provisioner }, "test", { slug: "late" });
  await expect(create).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(deps.provisioner.open(credentials!)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
