// Tests that a backup can be made while Rondo is in use, that a restore leaves out the users and businesses that were
// erased after the backup, and that one business can be restored alone.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import type { Business } from "../businesses/business.ts";
import { deleteBusiness } from "../businesses/lifecycle/delete-business.ts";
import { noteErasedUser } from "../businesses/lifecycle/erased-users.ts";
import { sweepDeletedBusinesses } from "../businesses/lifecycle/sweep-deleted-businesses.ts";
import { type Config, readConfig } from "../config/config.ts";
import { createMoveDeps } from "../deps/move-deps.ts";
import { openControl } from "../deps/open-control.ts";
import { createSharedDeps, type SharedDeps } from "../deps/shared-deps.ts";
import type { AppError } from "../errors.ts";
import { audioObjectKey } from "../library/tiers/object-keys.ts";
import { openChunkStore } from "../ports/chunk-store/open.ts";
import { audioKey } from "../streams/stream-keys.ts";
import { mountSmallDisk } from "../testing/disks/small-disk.ts";
import { createStudio, noSignal } from "../testing/studio.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { silentLog } from "../testing/test-stores.ts";
import { controlName, manifestName, objectListName } from "./backup-format.ts";
import { embeddedFilesOf } from "./embedded-files.ts";
import { parseErasures, readErasures } from "./erasure-list.ts";
import { factsOf, makeBackup } from "./make-backup.ts";
import { openBackup } from "./open-backup.ts";
import { type RestoreBackupInput, restoreBackup } from "./restore-backup.ts";
import { restoreOne } from "./restore-one.ts";
import { sealMasterKey } from "./sealed-key.ts";

setDefaultTimeout(60_000);

const leftOut = { kind: "left out" } as const;
const backUp = (
  deps: SharedDeps,
  config: Config,
  folder: string,
  masterKey = leftOut as Parameters<typeof makeBackup>[1]["masterKey"],
  onNotAudited: (err: unknown) => void = (err) => {
    throw err;
  },
) =>
  makeBackup(
    { ...deps, files: embeddedFilesOf(config), onFile: () => {}, onNotAudited },
    { folder, masterKey },
  );

const restore = (config: Config, input: Partial<RestoreBackupInput> & { readonly folder: string }) =>
  restoreBackup(
    { config, openControl, openStores: (staged) => createSharedDeps(staged, silentLog, "cli") },
    { replace: false, passphrase: undefined, erasures: undefined, ...input },
  );

/**
 * Creates a business in which alice and bob each have one piece of music. The object store also has
 * the sound of both pieces.
 */
async function createFilled(studio: Awaited<ReturnType<typeof createStudio>>, slug: string) {
  const { deps } = studio.stores;
  const business = await studio.stores.createBusiness(slug);
  const versions: Record<string, string> = {};
  for (const userId of ["alice", "bob"]) {
    const { versionId } = await studio.make({}, await studio.stores.createUser(business, userId));
    versions[userId] = versionId;
    await deps.objects!.write(
      audioObjectKey(business.id, versionId),
      (async function* () {
        yield new TextEncoder().encode(`the sound of ${userId}`);
      })(),
      { contentType: "audio/mpeg" },
    );
  }
  return { business, versions };
}

/** For alice and for bob, stores one webhook event and the usage of one day. */
const storeTraces = (deps: SharedDeps, { id }: Pick<Business, "id">) =>
  deps.databases.use(id, async ({ kysely }) => {
    const counts = { generations: 1, soundMs: 2, storedBytes: 3, servedBytes: 4, queries: 5 };
    for (const userId of ["alice", "bob"]) {
      const [data, createdAt] = [JSON.stringify({ userId }), new Date().toISOString()];
      await kysely
        .insertInto("webhookEvents")
        .values({ id: `event-${userId}`, type: "deletion.complete", data, createdAt })
        .execute();
      await kysely
        .insertInto("usageCounts")
        .values({ day: "2020-01-01", userId, ...counts })
        .execute();
    }
  });

const tracesOf = (deps: SharedDeps, { id }: Pick<Business, "id">) =>
  deps.databases.use(id, async ({ kysely }) => {
    const events = await kysely.selectFrom("webhookEvents").select("id").execute();
    const counts = await kysely
      .selectFrom("usageCounts")
      .select("userId")
      .where("day", "=", "2020-01-01")
      .orderBy("userId")
      .execute();
    return { events: events.map((event) => event.id), counted: counts.map(({ userId }) => userId) };
  });

async function contentOf(deps: SharedDeps, { id }: Pick<Business, "id">) {
  const users = await deps.databases.use(id, ({ kysely }) =>
    kysely.selectFrom("users").select("id").orderBy("id").execute(),
  );
  const streams = await deps.chunkStore.list({ businessId: id });
  const { items } = await deps.objects!.list({ businessId: id });
  return {
    users: users.map((user) => user.id),
    streams: streams.map(({ path, state }) => `${path} ${state.id} ${state.tail} ${state.closed}`),
    objects: items.map(({ path, facts }) => `${path} ${facts.bytes} ${facts.crc32c}`),
  };
}

const tracksOf = (deps: SharedDeps, { id }: Pick<Business, "id">) =>
  deps.databases.use(id, ({ kysely }) => kysely.selectFrom("tracks").select("id").execute());

test("a backup that was made during writes can be restored into another data folder", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "backup");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  const { business } = await createFilled(studio, "acme");
  const key = await readFile(join(config.dataDir, "master.key"), "utf8");
  let isOver = false;
  const write = async () => {
    const user = await studio.stores.createUser(business, "carol");
    while (!isOver) {
      await studio.make({}, user);
      await Bun.sleep(20);
    }
  };
  const writing = write();
  const sealed = sealMasterKey(Buffer.from(key.trim(), "base64"), "a long passphrase");
  const before = await contentOf(deps, business);
  const manifest = await backUp(deps, config, folder, sealed);
  isOver = true;
  await writing;
  expect(manifest.objects).toBe(2);
  expect(existsSync(`${folder}.partial`)).toBe(false);
  expect(await readFile(join(folder, "manifest.json"), "utf8")).not.toContain(key.trim());

  const fresh = readConfig({ RONDO_DATA: join(directory.path, "fresh"), RONDO_LOG: "silent" });
  await expect(restore(fresh, { folder })).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
  await expect(restore(fresh, { folder, passphrase: "a wrong passphrase" })).rejects.toMatchObject({
    code: "INVALID_PARAMETER",
  });
  const report = await restore(fresh, { folder, passphrase: "a long passphrase" });
  expect(report).toMatchObject({
    businesses: 3,
    objects: 2,
    erased: { users: 0, businesses: 0 },
    replaced: [],
  });
  const restored = await createSharedDeps(fresh, silentLog, "cli");
  try {
    const after = await contentOf(restored, business);
    for (const kind of ["users", "objects"] as const)
      expect(after[kind]).toEqual(expect.arrayContaining(before[kind]));
    const ended = before.streams.filter((one) => one.endsWith("true"));
    expect(ended).not.toBeEmpty();
    expect(after.streams).toEqual(expect.arrayContaining(ended));
    // Every piece that is complete in the restored database has its sound, including pieces that
    // were made during the backup.
    const versions = await restored.databases.use(business.id, ({ kysely }) =>
      kysely
        .selectFrom("versions as v")
        .innerJoin("generations as g", "g.versionId", "v.id")
        .where("g.state", "=", "complete")
        .select("v.id")
        .execute(),
    );
    for (const { id } of versions)
      expect((await restored.chunkStore.head(audioKey(business.id, id)))?.closed).toBe(true);
    expect((await restored.registry.findBySlug("acme"))?.state).toBe("active");
  } finally {
    await restored.close();
  }
});

test("if the audit entry of a backup can't be stored, the backup is still complete", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "backup");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  await createFilled(studio, "acme");
  await sql`create trigger "refuseAudit" before insert on "audit" begin select raise(abort, 'no room'); end`.execute(
    deps.control.kysely,
  );
  const reported: unknown[] = [];
  const manifest = await backUp(deps, config, folder, leftOut, (err) => reported.push(err));
  expect(manifest).toMatchObject({ businesses: 3, objects: 2 });
  expect(reported).toMatchObject([{ code: "CONFLICT" }]);
  const fresh = readConfig({ RONDO_DATA: join(directory.path, "fresh"), RONDO_LOG: "silent" });
  const key = await readFile(join(config.dataDir, "master.key"));
  await mkdir(fresh.dataDir, { recursive: true });
  await writeFile(join(fresh.dataDir, "master.key"), key, { mode: 0o600 });
  expect(await restore(fresh, { folder })).toMatchObject({ businesses: 3, objects: 2 });
});

test("users and businesses that were erased after a backup are erased again by its restore", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "backup");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  const acme = await createFilled(studio, "acme");
  const globex = await createFilled(studio, "globex");
  await storeTraces(deps, acme.business);
  await backUp(deps, config, folder);
  await noteErasedUser(deps.control, acme.business.id, "alice");
  await deleteBusiness(deps, "test", { slug: "globex", graceDays: 0 });
  await sweepDeletedBusinesses(deps, noSignal, Date.now() + 60_000);
  const [receipt] = (await readErasures(deps.control)).businesses;
  await deps.close();
  await rm(join(config.dataDir, "jobs.alive"), { force: true });

  await expect(restore(config, { folder })).rejects.toMatchObject({ code: "CONFLICT" });
  const report = await restore(config, { folder, replace: true });
  expect(report.erased).toEqual({ users: 1, businesses: 1 });
  expect(report.replaced.length).toBeGreaterThanOrEqual(4);
  const restored = await createSharedDeps(config, silentLog, "cli");
  try {
    expect((await restored.registry.list()).map(({ slug }) => slug)).toEqual([
      "business-1",
      "business-2",
      "acme",
    ]);
    const content = await contentOf(restored, acme.business);
    expect(content.users).toEqual(["bob"]);
    expect([...content.streams, ...content.objects].join()).not.toContain(acme.versions.alice!);
    expect(content.objects.join()).toContain(acme.versions.bob!);
    expect(await tracesOf(restored, acme.business)).toEqual({
      events: ["event-bob"],
      counted: ["(deleted)", "bob"],
    });
    expect((await readErasures(restored.control)).businesses).toEqual([receipt!]);
  } finally {
    await restored.close();
  }
  // No file of the erased business is left in the folders that are in use.
  for (const name of ["businesses", "chunks", "objects"]) {
    const names = await readdir(join(config.dataDir, name), { recursive: true });
    expect(names.filter((one) => one.includes(globex.business.id))).toEqual([]);
  }
});

test("if a restored business is erased a second time, the receipt of its first erasure is kept", async () => {
  await using studio = await createStudio();
  const { deps } = studio.stores;
  const { business } = await createFilled(studio, "acme");
  const { kysely } = deps.control;
  const row = () => kysely.selectFrom("businesses").selectAll().where("id", "=", business.id);
  const restored = await row().executeTakeFirstOrThrow();
  await deleteBusiness(deps, "test", { slug: "acme", graceDays: 0 });
  await sweepDeletedBusinesses(deps, noSignal, Date.now() + 60_000);
  const [first] = (await readErasures(deps.control)).businesses;
  expect(first?.receipt).toBeString();

  await kysely
    .insertInto("businesses")
    .values({ ...restored, state: "erasing" })
    .execute();
  await sweepDeletedBusinesses(deps, noSignal, Date.now() + 60_000);
  expect(await row().execute()).toEqual([]);
  expect((await readErasures(deps.control)).businesses).toEqual([first!]);
});

test("a restore on a new machine erases the users in the exported list of erasures", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "backup");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  const { business } = await createFilled(studio, "acme");
  await backUp(deps, config, folder);
  await noteErasedUser(deps.control, business.id, "alice");
  const erasures = parseErasures(JSON.stringify(await readErasures(deps.control)));
  const fresh = readConfig({
    RONDO_DATA: join(directory.path, "fresh"),
    RONDO_LOG: "silent",
    RONDO_MASTER_KEY: (await readFile(join(config.dataDir, "master.key"), "utf8")).trim(),
  });
  const report = await restore(fresh, { folder, erasures });
  expect(report.erased).toEqual({ users: 1, businesses: 0 });
  expect(() => parseErasures("{}")).toThrow("not a list of erasures");
});

test("a backup with objects is not restored if no object store is set", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "backup");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  await createFilled(studio, "acme");
  await backUp(deps, config, folder);
  const fresh = readConfig({
    RONDO_DATA: join(directory.path, "fresh"),
    RONDO_LOG: "silent",
    RONDO_OBJECTS_URL: "none:",
    RONDO_MASTER_KEY: (await readFile(join(config.dataDir, "master.key"), "utf8")).trim(),
  });
  await expect(restore(fresh, { folder })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    faults: [expect.objectContaining({ at: "RONDO_OBJECTS_URL" })],
  });
  expect(existsSync(fresh.controlUrl.location)).toBe(false);
});

test("a restore needs the right master key and an undamaged backup", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "backup");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  await createFilled(studio, "acme");
  await backUp(deps, config, folder);
  await expect(backUp(deps, config, folder)).rejects.toMatchObject({ code: "CONFLICT" });
  const fresh = (over: Record<string, string> = {}) =>
    readConfig({ RONDO_DATA: join(directory.path, "fresh"), RONDO_LOG: "silent", ...over });
  await expect(restore(fresh(), { folder })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  const other = Buffer.alloc(32, 7).toString("base64");
  await expect(restore(fresh({ RONDO_MASTER_KEY: other }), { folder })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
  expect(existsSync(fresh().controlUrl.location)).toBe(false);
  const file = join(folder, "businesses", (await readdir(join(folder, "businesses")))[0]!);
  const bytes = await readFile(file);
  bytes[5_000]! ^= 1;
  await writeFile(file, bytes);
  await expect(openBackup(folder)).rejects.toMatchObject({ code: "INVALID_BODY" });
  await rm(file);
  await expect(openBackup(folder)).rejects.toThrow("is missing");
  for (const manifest of ["null", "[]", "1", "{"]) {
    await writeFile(join(folder, manifestName), manifest);
    await expect(openBackup(folder)).rejects.toMatchObject({ code: "INVALID_BODY" });
  }
});

test("if the disk becomes full during a backup, the backup fails with STORAGE_FULL", async () => {
  await using disk = await mountSmallDisk(12);
  if (!disk.isMounted)
    return console.warn("skipped: only root may mount the small disk that this test fills");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  const { id: businessId } = await studio.stores.createBusiness("acme");
  await deps.objects!.write(
    { businessId, path: "large" },
    (async function* () {
      for (let part = 0; part < 16; part++) yield new Uint8Array(1_000_000).fill(part);
    })(),
    { contentType: "audio/mpeg" },
  );
  const folder = join(disk.path, "backup");
  await expect(backUp(deps, config, folder)).rejects.toMatchObject({ code: "STORAGE_FULL" });
  expect(existsSync(folder)).toBe(false);
});

test("a backup without its control database or its list of objects is refused as damaged", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "backup");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  await createFilled(studio, "acme");
  await backUp(deps, config, folder);
  const { manifest } = await openBackup(folder);
  const lines = await readFile(join(folder, objectListName), "utf8");
  const writeManifest = (files: typeof manifest.files) =>
    writeFile(join(folder, manifestName), JSON.stringify({ ...manifest, files }));
  const damage = () =>
    openBackup(folder).then(
      () => "none",
      (err: AppError) => [err.code, err.message, err.hint].join(" "),
    );
  const refusal = (why: string) =>
    `INVALID_BODY The backup is damaged: ${why} Use another copy of the backup. Nothing was changed.`;
  for (const [text, why] of [
    ["{\n", "objects.jsonl has an invalid line."],
    ["{}\n", "objects.jsonl has an invalid line."],
    [
      lines.replace("objects/000000.bin", "lost.bin"),
      "objects.jsonl names lost.bin, which the manifest does not list.",
    ],
  ] as const) {
    await writeFile(join(folder, objectListName), text);
    const facts = await factsOf(join(folder, objectListName));
    await writeManifest({ ...manifest.files, [objectListName]: facts });
    expect(await damage()).toBe(refusal(why));
  }
  for (const name of [objectListName, controlName]) {
    const { [name]: _, ...others } = manifest.files;
    await writeManifest(others);
    await rm(join(folder, name));
    expect(await damage()).toBe(refusal(`The manifest does not list ${name}.`));
  }
});

test("if a store is on a server, the refusal of a backup names the setting of this store", () => {
  const reported = (over: Record<string, string>): readonly string[] => {
    try {
      embeddedFilesOf(readConfig({ RONDO_DATA: "/nowhere", ...over }));
      return [];
    } catch (err) {
      return (err as AppError).faults?.map(({ at }) => at) ?? ["?"];
    }
  };
  const onServer = { RONDO_CONTROL_URL: "postgres://rondo@127.0.0.1/rondo" };
  expect(reported(onServer)).toEqual(["RONDO_CONTROL_URL"]);
  expect(reported({ ...onServer, RONDO_OBJECTS_URL: "none:" })).toEqual(["RONDO_CONTROL_URL"]);
  expect(reported({ RONDO_OBJECTS_URL: "none:" })).toEqual([]);
});

test("a business can be restored from a backup as a new business, and erased users are left out", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "backup");
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  const acme = await createFilled(studio, "acme");
  const globex = await createFilled(studio, "globex");
  await backUp(deps, config, folder);
  await deps.databases.use(acme.business.id, ({ kysely }) => kysely.deleteFrom("tracks").execute());
  await noteErasedUser(deps.control, acme.business.id, "bob");
  const present = await contentOf(deps, acme.business);
  const moves = createMoveDeps(config, deps, []);
  const key = await readFile(join(config.dataDir, "master.key"), "utf8");
  const report = await restoreOne(
    {
      ...{
        ...deps,
        openCopy: moves.openCopy,
        older: moves.older,
        masterKey: new Uint8Array(Buffer.from(key.trim(), "base64")),
      },
      openControlFile: (location) => openControl({ ...config, controlUrl: { scheme: "sqlite", location } }),
      openCopyFile: (file) => moves.openCopy({ engine: "sqlite", file }),
      openChunkFolder: (location) =>
        openChunkStore(
          { scheme: "sqlite", location },
          { credentialKey: new Uint8Array(32), onError: () => {} },
        ),
    },
    "test",
    { folder, slug: "acme", as: "acme-then" },
  );
  await moves.close();
  expect(report).toMatchObject({ objects: 1, erasedUsers: 1 });
  const content = await contentOf(deps, report.business);
  expect(content.users).toEqual(["alice"]);
  expect(content.objects.join()).toContain(acme.versions.alice!);
  expect(await contentOf(deps, acme.business)).toEqual(present);
  expect(await tracksOf(deps, acme.business)).toEqual([]);
  expect(await tracksOf(deps, report.business)).toHaveLength(1);
  expect((await contentOf(deps, globex.business)).users).toEqual(["alice", "bob"]);
});
