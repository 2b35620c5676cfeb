// Tests the command that moves objects from files to S3 or Google Cloud Storage, and back. S3 is emulated by moto, and
// Google Cloud Storage by a test server. The command runs in its own process, and is killed while it copies objects to
// the bucket.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { bytesOf, inChunks, readWhole } from "../../ports/object-store/contract.ts";
import { hasMoto, type MotoServer, startMoto } from "../../ports/object-store/s3/fixtures/moto-server.ts";
import { createMovingObjects } from "../../ports/object-store/moving-store.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { openObjectStore } from "../../ports/object-store/open.ts";
import { createS3ObjectStore } from "../../ports/object-store/s3/store.ts";
import { startGcsServer } from "../../testing/servers/gcs/gcs-server.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { until } from "../../testing/until.ts";

setDefaultTimeout(120_000);

const audio = { contentType: "audio/mpeg" };
const program = join(import.meta.dirname, "../../cli/main.ts");
const s3Key = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
const keyOf = (businessId: string, at: number) => ({ businessId, path: `versions/v${at}/audio.mp3` });
const contentOf = (at: number) => bytesOf(30_000 + at, at + 1);

const startMove = (environment: Record<string, string>, ...words: string[]) =>
  Bun.spawn([process.execPath, program, "move", "objects", "--json", ...words], {
    env: { PATH: Bun.env.PATH, RONDO_LOG: "silent", ...s3Key, ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });

async function runMove(environment: Record<string, string>, ...words: string[]) {
  const child = startMove(environment, ...words);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect([err, code]).toEqual(["", 0]);
  return JSON.parse(out.trim().split("\n").at(-1)!) as Record<string, unknown>;
}

const objectCount = 40;

/**
 * Runs the command once for each number in `killedAt`. Each number is a share of the objects, for example 0.1 for a
 * tenth. When this share has been copied, the command is killed. Then runs the command to its end, and moves the objects
 * back.
 */
async function moveThereAndBack(
  bucket: string,
  inBucket: ObjectStore,
  killedAt: readonly number[],
): Promise<void> {
  await using stores = await createTestStores();
  const { id } = await stores.createBusiness();
  const { dataDir } = stores.config;
  const inFiles = stores.deps.objects!;
  for (let at = 0; at < objectCount; at += 1)
    await inFiles.write(keyOf(id, at), inChunks(contentOf(at)), audio);
  const there = {
    RONDO_DATA: dataDir,
    RONDO_OBJECTS_URL: bucket,
    RONDO_OBJECTS_FROM: `file:${join(dataDir, "objects")}`,
  };
  const moving = createMovingObjects(inBucket, inFiles);
  const copied = async () => (await inBucket.list({ businessId: id })).items.length;

  expect(await runMove(there, "--dry-run")).toMatchObject({ event: "plan", items: objectCount, present: 0 });
  for (const share of killedAt) {
    const child = startMove(there);
    await until("some objects are copied", async () => (await copied()) > objectCount * share, 60_000);
    child.kill("SIGKILL");
    await child.exited;
    for (let at = 0; at < objectCount; at += 7)
      expect(await readWhole(moving, keyOf(id, at))).toEqual(contentOf(at));
  }
  await moving.delete(keyOf(id, 0));
  expect(await runMove(there)).toMatchObject({ event: "moved", troubles: [] });
  expect(await copied()).toBe(objectCount - 1);
  for (let at = 1; at < objectCount; at += 1)
    expect(await readWhole(inBucket, keyOf(id, at))).toEqual(contentOf(at));

  // The objects move back, into an empty folder.
  const folder = `file:${join(dataDir, "objects-2")}`;
  const back = { RONDO_DATA: dataDir, RONDO_OBJECTS_URL: folder, RONDO_OBJECTS_FROM: bucket };
  expect(await runMove(back)).toMatchObject({ event: "moved", moved: objectCount - 1, troubles: [] });
  await using after = await createTestStores({ RONDO_DATA: dataDir, RONDO_OBJECTS_URL: folder });
  for (let at = 1; at < objectCount; at += 1)
    expect(await readWhole(after.deps.objects!, keyOf(id, at))).toEqual(contentOf(at));
}

describe.skipIf(!hasMoto)(
  "with S3 (skipped without moto: `bun run test --install-tools` installs it),",
  () => {
    let moto: MotoServer;
    beforeAll(async () => {
      moto = await startMoto();
    });
    afterAll(() => moto[Symbol.asyncDispose]());

    test("no object is lost if a move to an S3 bucket is killed and repeated", async () => {
      const url = await moto.createBucket("moved");
      const credentials = { accessKeyId: "test", secretAccessKey: "test" };
      await moveThereAndBack(url, createS3ObjectStore({ url, credentials }), [0.1, 0.4, 0.7]);
    });
  },
);

test("no object is lost if a move to Google Cloud Storage is killed and repeated", async () => {
  await using server = startGcsServer();
  const options = { partBytes: undefined, noteKey: new Uint8Array(32) };
  const { objects } = await openObjectStore({ scheme: "gs", location: server.url }, options);
  await moveThereAndBack(server.url, objects!, [0.4]);
});

test("a move with only --from and --to fails and names the missing settings", async () => {
  await using stores = await createTestStores();
  const child = startMove(
    { RONDO_DATA: stores.config.dataDir },
    ...["--from", "file:./data/objects", "--to", "s3://bucket"],
  );
  expect(await child.exited).toBe(78);
  const text = await new Response(child.stderr).text();
  expect(text).toContain("RONDO_OBJECTS_FROM=file:./data/objects and RONDO_OBJECTS_URL=s3://bucket");
});
