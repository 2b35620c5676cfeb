import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAppError } from "../../../errors.ts";
import { openLink } from "../../../testing/servers/breakable-link.ts";
import { createTemporaryDirectory } from "../../../testing/temporary-directory.ts";
import { onCi } from "../../../testing/runners/on-ci.ts";
import { bytesOf, inChunks, objectStoreContract, readWhole } from "../contract.ts";
import { crc32c } from "../crc32c.ts";
import type { ObjectStore } from "../object-store.ts";
import { s3 } from "./index.ts";
import { hasMoto, type MotoServer, startMoto } from "./fixtures/moto-server.ts";
import { createS3ObjectStore } from "./store.ts";
import { parseS3Url } from "./url.ts";

if (!hasMoto && onCi) throw new Error("moto is not installed, and on CI no test may be skipped");

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const audio = { contentType: "audio/mpeg" };
const key = { businessId: "acme", path: "versions/v1/audio.mp3" };

describe.skipIf(!hasMoto)("S3 (skipped without moto: `bun run test --install-tools` installs it)", () => {
  let moto: MotoServer;
  let buckets = 0;
  beforeAll(async () => {
    moto = await startMoto();
  }, 60_000);
  afterAll(() => moto[Symbol.asyncDispose]());

  const newBucket = () => moto.createBucket(`bucket-${++buckets}`);
  const storeIn = (url: string): ObjectStore => createS3ObjectStore({ url, credentials });

  objectStoreContract(async () => {
    const url = await newBucket();
    return { first: storeIn(url), second: storeIn(url), async [Symbol.asyncDispose]() {} };
  });

  test("an object of several parts can be read completely and in ranges", async () => {
    const store = storeIn(await newBucket());
    const bytes = bytesOf(20_000_000);
    const written = await store.write(key, inChunks(bytes, 1_000_000), audio);
    expect(written).toMatchObject({ bytes: bytes.length, crc32c: crc32c(bytes), contentType: "audio/mpeg" });
    const read = (await readWhole(store, key, { start: 8_388_600, end: 8_388_700 }))!;
    expect(read).toEqual(bytes.slice(8_388_600, 8_388_700));
    const whole = (await store.read(key))!;
    let length = 0;
    for await (const chunk of whole.checked()) length += chunk.length;
    expect(length).toBe(bytes.length);
  });

  test("a checked read detects an object that was altered in the bucket", async () => {
    const url = await newBucket();
    const store = storeIn(url);
    const { crc32c: checksum } = await store.write(key, inChunks(bytesOf(1_000)), audio);
    const client = new Bun.S3Client({
      ...credentials,
      bucket: `bucket-${buckets}`,
      endpoint: moto.endpoint,
      region: "us-east-1",
    });
    const type = `audio/mpeg; crc32c=${checksum.toString(16).padStart(8, "0")}`;
    await client.write(`music/acme/${key.path}`, bytesOf(1_000, 9), { type });
    const read = (await store.read(key))!;
    await expect(Array.fromAsync(read.checked())).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
    // An object without Rondo's checksum was not written by Rondo, so the store treats it as missing.
    await client.write(`music/acme/${key.path}`, bytesOf(10), { type: "audio/mpeg" });
    expect(await store.head(key)).toBeUndefined();
  });

  test("while an object is replaced repeatedly, a read returns the content of exactly one write", async () => {
    const store = storeIn(await newBucket());
    let isOver = false;
    let refusals = 0;
    const replace = async (): Promise<void> => {
      for (let seed = 1; !isOver; seed++) {
        await store.write(key, inChunks(bytesOf(20_000 + (seed % 3), seed)), audio);
        if (seed % 10 === 0) await store.delete(key);
      }
    };
    const replacing = replace();
    const readAll = async (): Promise<void> => {
      for (let whole = 0; whole < 60;) {
        try {
          const read = await store.read(key);
          if (!read) continue;
          await Array.fromAsync(read.checked());
          whole++;
        } catch (err) {
          // On a busy machine, moto answers some reads with 500 while the object is replaced and deleted.
          if (!isAppError(err, "UNAVAILABLE") || ++refusals > 60) throw err;
        }
      }
    };
    // The writer ends when the reader ends, even after an error. So nothing runs after the test.
    const [read, replaced] = await Promise.allSettled([
      readAll().finally(() => {
        isOver = true;
      }),
      replacing,
    ]);
    for (const ended of [read, replaced]) if (ended.status === "rejected") throw ended.reason;
    expect([read.status, replaced.status]).toEqual(["fulfilled", "fulfilled"]);
  }, 60_000);

  test("a missing bucket and an unreachable server both give UNAVAILABLE, with different messages", async () => {
    const url = `s3://missing-bucket?endpoint=${moto.endpoint}&region=us-east-1`;
    for (const attempt of [
      () => storeIn(url).head(key),
      () => storeIn(url).write(key, inChunks(bytesOf(5)), audio),
      () => storeIn(url).list({ businessId: "acme" }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code: "UNAVAILABLE",
        publicMessage: "The object store's bucket does not exist.",
      });
    }
    const away = storeIn("s3://bucket?endpoint=http://127.0.0.1:1&region=us-east-1");
    await expect(away.head(key)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      publicMessage: "The object store cannot be reached right now.",
    });
  });

  test("a write to an unreachable server leaves no temporary file", async () => {
    const url = await newBucket();
    await using link = await openLink({
      host: "127.0.0.1",
      port: Number(new URL(moto.endpoint).port),
    });
    const through = storeIn(url.replace(moto.endpoint, `http://127.0.0.1:${link.port}`));
    await through.write(key, inChunks(bytesOf(10)), audio);
    await link.cut();
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith("rondo-object-")).length;
    await expect(through.write(key, inChunks(bytesOf(20)), audio)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith("rondo-object-")).length;
    expect(after).toBeLessThanOrEqual(before);
    await link.mend();
    await through.write(key, inChunks(bytesOf(30)), audio);
    expect(await readWhole(storeIn(url), key)).toEqual(bytesOf(30));
  });
});

test("the temporary file of an upload is deleted only after the answer of the server", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = directory.path;
  const before = Bun.env.TMPDIR;
  Bun.env.TMPDIR = folder;
  const seen: boolean[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(req) {
      await req.arrayBuffer();
      if (req.method !== "PUT") return new Response(null, { status: 404 });
      await Bun.sleep(100);
      const names = await readdir(folder, { recursive: true });
      seen.push(names.some((name) => name.endsWith("/content")));
      return new Response(null, { status: seen.length > 1 ? 400 : 200, headers: { etag: '"1"' } });
    },
  });
  try {
    const url = `s3://bucket?endpoint=http://127.0.0.1:${server.port}&region=us-east-1`;
    const store = createS3ObjectStore({ url, credentials });
    await store.write(key, inChunks(bytesOf(1_000)), audio);
    await expect(store.write(key, inChunks(bytesOf(1_000)), audio)).rejects.toThrow();
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(seen).not.toContain(false);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    if (before === undefined) delete Bun.env.TMPDIR;
    else Bun.env.TMPDIR = before;
    await server.stop(true);
  }
});

test("only a valid S3 URL is accepted", () => {
  for (const url of [
    "s3://bucket",
    "s3://bucket/folder",
    "s3://bucket?endpoint=https://account.r2.cloudflarestorage.com&region=auto",
    "s3://bucket?virtualHosted=true",
  ]) {
    expect(s3.faultOf(url)).toBeUndefined();
  }
  for (const url of [
    "s3://",
    "s3://ab",
    "s3://Bucket",
    "s3://bucket/../x",
    "s3://bucket?endpoint=file:///etc",
    "s3://bucket?region=a b",
    "s3://bucket?key=secret",
  ]) {
    expect(s3.faultOf(url)).toBe("It is not the address of an S3 bucket.");
  }
});

test("without an endpoint in the URL, Amazon's endpoint for the region is used", () => {
  expect(parseS3Url("s3://bucket")).toMatchObject({
    endpoint: "https://s3.us-east-1.amazonaws.com",
    region: "us-east-1",
  });
  expect(parseS3Url("s3://bucket?region=eu-west-1&virtualHosted=true").endpoint).toBe(
    "https://bucket.s3.eu-west-1.amazonaws.com",
  );
});
