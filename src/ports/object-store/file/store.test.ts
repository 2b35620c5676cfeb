import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesInUse } from "../../../testing/measure/bytes-in-use.ts";
import { bytesOf, inChunks, objectStoreContract, readWhole } from "../contract.ts";
import { createFileObjectStore } from "./store.ts";

function createFolder(): Disposable & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "rondo-objects-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));

const key = { businessId: "acme", path: "versions/v1/audio.mp3" };
const audio = { contentType: "audio/mpeg" };

for (const [title, options] of [
  ["one file per object", {}],
  ["parts of 100,000 bytes", { partBytes: 100_000 }],
] as const) {
  describe(title, () => {
    objectStoreContract(async () => {
      const { folder, [Symbol.dispose]: remove } = createFolder();
      return {
        first: createFileObjectStore({ folder: join(folder, "deep", "objects"), ...options }),
        second: createFileObjectStore({ folder: join(folder, "deep", "objects"), ...options }),
        async [Symbol.asyncDispose]() {
          remove();
        },
      };
    });
  });
}

test("a read from an object in one file returns a Blob of the requested length", async () => {
  using at = createFolder();
  const store = createFileObjectStore(at);
  await store.write(key, inChunks(bytesOf(500_000)), audio);
  const { body } = (await store.read(key, { start: 100, end: 300_000 }))!;
  expect(body).toBeInstanceOf(Blob);
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(body) });
  const answer = await fetch(server.url);
  expect(answer.headers.get("content-length")).toBe("299900");
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytesOf(500_000).slice(100, 300_000));
});

test("a large object is stored in parts, and no part is larger than `partBytes`", async () => {
  using at = createFolder();
  const store = createFileObjectStore({ ...at, partBytes: 100_000 });
  await store.write(key, inChunks(bytesOf(450_000)), audio);
  const sizes = filesIn(at.folder)
    .filter((name) => !name.endsWith(".json"))
    .map((name) => Bun.file(name).size);
  expect(sizes.toSorted((one, two) => two - one)).toEqual([100_000, 100_000, 100_000, 100_000, 50_000]);
});

test("replaced objects, deleted objects and failed writes leave nothing on the disk", async () => {
  using at = createFolder();
  const store = createFileObjectStore({ ...at, partBytes: 100_000 });
  await store.write(key, inChunks(bytesOf(450_000)), audio);
  await store.write(key, inChunks(bytesOf(100)), audio);
  expect(filesIn(at.folder)).toHaveLength(2);
  const breaking = async function* (): AsyncGenerator<Uint8Array> {
    yield bytesOf(800_000);
    throw new Error("broke");
  };
  const other = { ...key, path: "other/one" };
  await expect(store.write(other, breaking(), audio)).rejects.toThrow("broke");
  await store.delete(key);
  expect(readdirSync(at.folder)).toEqual([]);
});

test("if the parts of the earlier object can't be removed, the new object is complete", async () => {
  using at = createFolder();
  const store = createFileObjectStore(at);
  await store.write(key, inChunks(bytesOf(1_000)), audio);
  const part = filesIn(at.folder).find((name) => !name.endsWith(".json"))!;
  // A folder can't be removed in the way in which a file is removed.
  rmSync(part);
  mkdirSync(part);
  await expect(store.write(key, inChunks(bytesOf(2_000)), audio)).rejects.toThrow();
  expect(await readWhole(store, key)).toEqual(bytesOf(2_000));
  rmdirSync(part);
  writeFileSync(part, bytesOf(1_000));
  expect(await store.sweep(-1_000)).toBe(1);
  expect(await readWhole(store, key)).toEqual(bytesOf(2_000));
});

test("after a process is killed during a write, a sweep removes the files of the write", async () => {
  using at = createFolder();
  const script = new URL("./process.ts", import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, script, at.folder, key.path], { stdout: "pipe" });
  for await (const _ of child.stdout) break;
  child.kill("SIGKILL");
  await child.exited;
  const store = createFileObjectStore(at);
  expect(filesIn(at.folder).length).toBeGreaterThan(0);
  expect(await store.head(key)).toBeUndefined();
  expect((await store.list({ businessId: "acme" })).items).toEqual([]);
  expect(await store.sweep(3_600_000)).toBe(0);

  await store.write(key, inChunks(bytesOf(1_000)), audio);
  // With a negative age, the sweep also removes files that were written just now.
  expect(await store.sweep(-1_000)).toBeGreaterThan(0);
  expect(filesIn(at.folder)).toHaveLength(2);
  expect(await readWhole(store, key)).toEqual(bytesOf(1_000));
});

test("sweeps remove the folders of an object whose files are missing", async () => {
  using at = createFolder();
  const store = createFileObjectStore(at);
  await store.write(key, inChunks(bytesOf(10)), audio);
  for (const name of filesIn(at.folder)) rmSync(name);
  await store.sweep(-1_000);
  await store.sweep(-1_000);
  expect(readdirSync(at.folder)).toEqual([]);
});

describe("in a stored object,", () => {
  const damage: Record<string, (files: { readonly manifest: string; readonly part: string }) => void> = {
    "a part cut short": ({ part }) => truncateSync(part, 10),
    "a missing part": ({ part }) => rmSync(part),
    "a manifest that is not JSON": ({ manifest }) => writeFileSync(manifest, "\0\0\0"),
    "a manifest without the required fields": ({ manifest }) => writeFileSync(manifest, "null"),
  };
  for (const [what, harm] of Object.entries(damage)) {
    test(`${what} causes CONTENT_DAMAGED until a new write replaces the object`, async () => {
      using at = createFolder();
      const store = createFileObjectStore(at);
      await store.write(key, inChunks(bytesOf(1_000)), audio);
      const files = filesIn(at.folder);
      harm({
        manifest: files.find((name) => name.endsWith("@object.json"))!,
        part: files.find((name) => !name.endsWith(".json"))!,
      });
      await expect(store.read(key)).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
      await store.sweep(-1_000);
      await store.write(key, inChunks(bytesOf(1_000)), audio);
      expect(await readWhole(store, key)).toEqual(bytesOf(1_000));
      expect(await store.delete(key)).toBe(true);
    });
  }
});

test("a byte that changed on the disk causes an error at the end of a checked read", async () => {
  using at = createFolder();
  const store = createFileObjectStore(at);
  await store.write(key, inChunks(bytesOf(400_000)), audio);
  const part = filesIn(at.folder).find((name) => !name.endsWith(".json"))!;
  const changed = await Bun.file(part).bytes();
  changed[200_000]! ^= 1;
  writeFileSync(part, changed);
  const read = (await store.read(key))!;
  await expect(Array.fromAsync(read.checked())).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
});

describe("on a disk with too little free space,", () => {
  test("a write does not begin if less space than `reserveBytes` is free", async () => {
    using at = createFolder();
    const store = createFileObjectStore({ ...at, reserveBytes: Number.MAX_SAFE_INTEGER });
    await expect(store.write(key, inChunks(bytesOf(10)), audio)).rejects.toMatchObject({
      code: "STORAGE_FULL",
    });
    expect(filesIn(at.folder)).toEqual([]);
  });

  test("a write that fills the disk changes nothing", async () => {
    using at = createFolder();
    const mounted =
      Bun.which("mount") !== null &&
      Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", at.folder]).success;
    if (!mounted) return console.warn("skipped: only root may mount the small disk that this test fills");
    try {
      const store = createFileObjectStore(at);
      await store.write(key, inChunks(bytesOf(500_000)), audio);
      const large = store.write({ ...key, path: "large" }, inChunks(bytesOf(4_000_000)), audio);
      await expect(large).rejects.toMatchObject({ code: "STORAGE_FULL" });
      expect(filesIn(at.folder)).toHaveLength(2);
      expect(await readWhole(store, key)).toEqual(bytesOf(500_000));
      await store.write({ ...key, path: "small" }, inChunks(bytesOf(1_000_000)), audio);
    } finally {
      Bun.spawnSync(["umount", at.folder]);
    }
  });
});

test("writing and reading an object of 150 MB needs less than 20 MB of memory", async () => {
  using at = createFolder();
  const store = createFileObjectStore(at);
  const chunk = bytesOf(100_000);
  const many = async function* (): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < 1_500; index++) {
      if (index % 300 === 299) peak = Math.max(peak, bytesInUse());
      yield chunk.slice();
    }
  };
  const before = bytesInUse();
  let peak = 0;
  await store.write(key, many(), audio);
  let read = 0;
  for await (const bytes of ((await store.read(key))!.body as Blob).stream()) {
    const measuresNow = read % 30_000_000 > (read + bytes.length) % 30_000_000;
    read += bytes.length;
    if (measuresNow) peak = Math.max(peak, bytesInUse());
  }
  expect(read).toBe(150_000_000);
  expect(peak).toBeGreaterThan(0);
  expect(peak - before).toBeLessThan(20_000_000);
}, 60_000);

test("a listing and a sweep follow no symbolic link out of the folder", async () => {
  using at = createFolder();
  using outside = createFolder();
  const elsewhere = createFileObjectStore(outside);
  await elsewhere.write(key, inChunks(bytesOf(10)), audio);
  const store = createFileObjectStore(at);
  await store.write({ ...key, path: "real" }, inChunks(bytesOf(10)), audio);
  symlinkSync(join(outside.folder, "acme", "versions"), join(at.folder, "acme", "versions"));
  expect((await store.list({ businessId: "acme" })).items.map(({ path }) => path)).toEqual(["real"]);
  await store.sweep(-1_000);
  expect(existsSync(join(outside.folder, "acme", "versions", "v1"))).toBe(true);
});
