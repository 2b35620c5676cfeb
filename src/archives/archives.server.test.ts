// Exports a business from each database engine and restores it on each engine. Afterwards, the
// audio, a stream and each named query that is called with GET have to respond with the same bytes
// as before. Also tests restores after erasures, and damaged archives.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { createUserToken } from "../accounts/users.ts";
import { createApp } from "../app.ts";
import { credentialsContext } from "../businesses/databases/open-databases.ts";
import { noteErasedUser } from "../businesses/lifecycle/erased-users.ts";
import { deleteBusiness } from "../businesses/lifecycle/delete-business.ts";
import { sweepDeletedBusinesses } from "../businesses/lifecycle/sweep-deleted-businesses.ts";
import { createApiDeps } from "../deps/api-deps.ts";
import { createMoveDeps } from "../deps/move-deps.ts";
import { queryRows } from "../testing/isolation/attempts.ts";
import { createTenant, type Tenant } from "../testing/isolation/tenant.ts";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../testing/servers/postgres/postgres-server.ts";
import { createStudio, noSignal } from "../testing/studio.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { silentLog } from "../testing/test-stores.ts";
import { exportBusiness, type ExportDeps } from "./export-business.ts";
import { openArchive } from "./open-archive.ts";
import { restoreBusiness } from "./restore-business.ts";
import { createTar } from "./tar-file.ts";

setDefaultTimeout(120_000);

async function createHouse(environment: Record<string, string> = {}) {
  const studio = await createStudio(environment);
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp(deps);
  const moves = createMoveDeps(studio.stores.config, deps, []);
  async function ask(businessId: string, path: string) {
    const business = (await deps.registry.list()).find(({ id }) => id === businessId)!;
    const { key } = await deps.keys.create(businessId, "test", "test");
    const caller = { kind: "business", businessId, keyId: "test" } as const;
    const { token } = await createUserToken(deps, caller, { userId: "alice", expiresInSeconds: 300 });
    const bearer = path.includes("/business.") || path.startsWith("/v1/stream/") ? key : token;
    const res = await app.request(path, { headers: { authorization: `Bearer ${bearer}` } });
    return `${business.state} ${res.status} ${await res.text()}`;
  }
  return {
    ...{ studio, deps, app, ask },
    tenant: (slug: string) => createTenant(studio, deps, app, slug),
    async export({ business }: Pick<Tenant, "business">, file: string, exportDeps: ExportDeps = deps) {
      const { credentials } = await deps.control.kysely
        .selectFrom("businesses")
        .select("credentials")
        .where("id", "=", business.id)
        .executeTakeFirstOrThrow();
      const plain = Buffer.from(deps.sealing.open(credentials, credentialsContext(business.id)));
      const copy = await moves.openCopy(JSON.parse(plain.toString()));
      try {
        return await exportBusiness(exportDeps, copy, business, file);
      } finally {
        await copy.close();
      }
    },
    restore: (path: string, slug: string) =>
      restoreBusiness({ ...deps, openCopy: moves.openCopy, older: moves.older }, "test", { path, slug }),
    async [Symbol.asyncDispose]() {
      await moves.close();
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}
type House = Awaited<ReturnType<typeof createHouse>>;

async function answersOf(house: House, businessId: string, { ids }: Tenant): Promise<readonly string[]> {
  const paths = Object.entries(queryRows(house.deps.specs.current))
    .filter(([route]) => route.startsWith("get "))
    .map(([, row]) => row(ids, { ids } as Tenant)[0]!.path);
  const pages = ["tracks.list", "projects.list"].map((name) => `/v1/queries/${name}?limit=100`);
  const sounds = [`/v1/versions/${ids.versionId}/audio`, `/v1/stream/${ids.streamPath}?offset=-1`];
  const answers: string[] = [];
  for (const path of [...paths, ...pages, ...sounds])
    answers.push(`${path} ${await house.ask(businessId, path)}`);
  return answers;
}

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("with Postgres (skipped where no server is installed)", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer(programs);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const environmentOf = async (engine: string): Promise<Record<string, string>> => {
    if (engine === "sqlite") return {};
    const url = await createPostgresDatabase(server);
    return { RONDO_CONTROL_URL: url, RONDO_BUSINESS_URL: url };
  };

  for (const [from, to] of [
    ["sqlite", "postgres"],
    ["postgres", "sqlite"],
    ["sqlite", "sqlite"],
    ["postgres", "postgres"],
  ] as const)
    test(`after an export from ${from} and a restore on ${to}, every answer has the same bytes`, async () => {
      await using directory = await createTemporaryDirectory();
      const file = join(directory.path, "acme.tar");
      await using source = await createHouse(await environmentOf(from));
      await using target = await createHouse(await environmentOf(to));
      const tenant = await source.tenant("acme");
      async function* sound() {
        yield new TextEncoder().encode("the stored sound");
      }
      const objectPath = `versions/${tenant.ids.versionId}/audio.mp3`;
      await source.deps.objects!.write({ businessId: tenant.business.id, path: objectPath }, sound(), {
        contentType: "audio/mpeg",
      });
      const before = await answersOf(source, tenant.business.id, tenant);
      const manifest = await source.export(tenant, file);
      const report = await target.restore(file, "restored");
      expect(report.business.engine).toBe(to);
      // The source still has the two streams of a purged version, because no worker has deleted them yet. The restore
      // leaves them out.
      const { streams, objects, erasedUsers } = report;
      expect([streams, objects, erasedUsers]).toEqual([manifest.streams - 2, 1, 0]);
      expect(await answersOf(target, report.business.id, tenant)).toEqual([...before]);
      expect(before.every((answer) => answer.includes(" active 20"))).toBe(true);
      const object = await target.deps.objects!.read({ businessId: report.business.id, path: objectPath });
      expect(await new Response(object!.body).text()).toBe("the stored sound");
      // A program other than Rondo can read the archive.
      const listed = Bun.spawnSync(["tar", "-tf", file]).stdout.toString().trim().split("\n");
      expect(listed.toSorted()).toEqual([...Object.keys(manifest.files), "manifest.json"].toSorted());
    });
});

test("a restore from an archive brings back neither an erased user nor an erased business", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "acme.tar");
  await using house = await createHouse();
  const tenant = await house.tenant("acme");
  await house.studio.make(
    {},
    { ...tenant.alice, userId: (await house.studio.stores.createUser(tenant.business, "bob")).userId },
  );
  await house.export(tenant, file);
  await noteErasedUser(house.deps.control, tenant.business.id, "alice");
  const first = await house.restore(file, "first");
  expect(first.erasedUsers).toBe(1);
  const left = await house.deps.databases.use(first.business.id, async ({ kysely }) => ({
    users: (await kysely.selectFrom("users").select("id").execute()).map(({ id }) => id),
    tracks: (await kysely.selectFrom("tracks").select("userId").execute()).map(({ userId }) => userId),
  }));
  expect(left.users).not.toContain("alice");
  expect(left.tracks).toEqual(["bob"]);
  const paths = (await house.deps.chunkStore.list({ businessId: first.business.id })).map(({ path }) => path);
  expect(paths.filter((path) => path.includes(tenant.ids.versionId))).toEqual([]);
  expect(paths.filter((path) => path.startsWith("versions/"))).toHaveLength(1);

  // A user who is erased in a restored business is also left out of later restores from archives of the original
  // business.
  await noteErasedUser(house.deps.control, first.business.id, "bob");
  expect((await house.restore(file, "second")).erasedUsers).toBe(2);
  await deleteBusiness(house.deps, "test", { slug: "acme", graceDays: 0 });
  await sweepDeletedBusinesses(house.deps, noSignal, Date.now() + 60_000);
  await expect(house.restore(file, "third")).rejects.toMatchObject({ code: "CONFLICT" });
  expect((await house.deps.registry.list()).map(({ slug }) => slug)).not.toContain("third");
});

test.each(["deleted", "deleted and created again"])(
  "an archive does not contain a stream that was %s during the export",
  async (change) => {
    await using directory = await createTemporaryDirectory();
    const file = join(directory.path, "acme.tar");
    await using house = await createHouse();
    const { chunkStore } = house.deps;
    const { business } = await house.tenant("acme");
    const keyOf = (path: string) => ({ businessId: business.id, path });
    const part = (byte: number) => new Uint8Array(1 << 20).fill(byte);
    for (const path of ["own/1-whole", "own/2-lost", "own/3-whole"])
      await chunkStore.create(keyOf(path), {}, { chunks: [part(1), part(2)], close: true });
    let isChanged = false;
    const changing: ExportDeps["chunkStore"] = {
      ...chunkStore,
      async read(key, position, maxBytes) {
        if (key.path === "own/2-lost" && position > 0 && !isChanged) {
          isChanged = true;
          await chunkStore.delete(key);
          if (change !== "deleted")
            await chunkStore.create(key, {}, { chunks: [part(3), part(4)], close: true });
        }
        return chunkStore.read(key, position, maxBytes);
      },
    };
    const all = await chunkStore.list({ businessId: business.id });
    const manifest = await house.export({ business }, file, { ...house.deps, chunkStore: changing });
    expect(isChanged).toBe(true);
    expect(manifest.streams).toBe(all.length - 1);
    const { business: restored } = await house.restore(file, "restored");
    const bytesOf = async (path: string) => {
      const read = await chunkStore.read({ businessId: restored.id, path }, 0, 1 << 22);
      return read && Buffer.concat(read.chunks);
    };
    const whole = Buffer.concat([part(1), part(2)]);
    expect((await bytesOf("own/1-whole"))?.equals(whole)).toBe(true);
    expect(await bytesOf("own/2-lost")).toBeUndefined();
    expect((await bytesOf("own/3-whole"))?.equals(whole)).toBe(true);
  },
);

test.each([
  ["tables/000000/000000.jsonl", "{"],
  ["tables/000000/000000.jsonl", '{"id":"1"}'],
  ["streams/000000/meta.json", "{"],
  ["streams/000000/meta.json", "{}"],
  ["streams/000000/000000.json", '["1"]'],
  ["objects/000000.json", "null"],
])("an archive with valid checksums is refused if its file %s contains only %s", async (name, text) => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "acme.tar");
  await using house = await createHouse();
  await house.export(await house.tenant("acme"), file);
  const archive = await openArchive(file);
  const contents = new Map<string, Uint8Array>();
  for (const one of ["manifest.json", ...Object.keys(archive.manifest.files)])
    contents.set(one, Buffer.concat(await Array.fromAsync(archive.read(one))));
  await archive.close();
  contents.set(name, Buffer.from(text));
  const sha256 = createHash("sha256").update(text).digest("hex");
  const { manifest } = archive;
  const files = { ...manifest.files, [name]: { bytes: text.length, sha256 } };
  contents.set("manifest.json", Buffer.from(JSON.stringify({ ...manifest, files })));
  const wrong = join(directory.path, "wrong.tar");
  const tar = await createTar(wrong);
  for (const [one, bytes] of contents) {
    const content = async function* () {
      yield bytes;
    };
    await tar.add(one, bytes.length, content());
  }
  await tar.finish();
  await expect(house.restore(wrong, "restored")).rejects.toMatchObject({
    code: "INVALID_BODY",
    message: `The archive is damaged: The content of ${name} is not in the format of an archive.`,
  });
  expect((await house.deps.registry.list()).map(({ slug }) => slug)).not.toContain("restored");
});

test("a damaged or truncated archive is refused before anything is created", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "acme.tar");
  await using house = await createHouse();
  await house.export(await house.tenant("acme"), file);
  const whole = new Uint8Array(await Bun.file(file).arrayBuffer());
  const changed = whole.slice();
  const at = Buffer.from(whole).indexOf("private ");
  changed[at] = 80;
  const wrong = join(directory.path, "wrong.tar");
  for (const bytes of [
    changed,
    whole.subarray(0, whole.length >> 1),
    whole.subarray(0, 700),
    new Uint8Array(2048),
  ]) {
    await Bun.write(wrong, bytes);
    await expect(house.restore(wrong, "restored")).rejects.toMatchObject({ code: "INVALID_BODY" });
  }
  await expect(house.restore(join(directory.path, "none"), "restored")).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect((await house.deps.registry.list()).map(({ slug }) => slug)).not.toContain("restored");
  expect((await house.restore(file, "restored")).rows).toBeGreaterThan(10);
});
