// Tests the SQLite chunk store: its contract, full files, unusual names, killed writers, and when files are closed.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { statements as firstSchema } from "./migrations/202611220810_create_streams_and_chunks.ts";
import { until } from "../../../testing/until.ts";
import type { ChunkStore } from "../chunk-store.ts";
import { chunkStoreContract } from "../contract.ts";
import { fileNameOf } from "./file-name.ts";
import { type SqliteChunkStoreOptions, createSqliteChunkStore } from "./store.ts";

const newDirectory = (): string => mkdtempSync(join(tmpdir(), "rondo-chunks-"));

async function withStore(
  options: Omit<SqliteChunkStoreOptions, "directory">,
  run: (store: ChunkStore, directory: string) => Promise<void>,
): Promise<void> {
  const directory = newDirectory();
  const store = createSqliteChunkStore({ directory, ...options });
  try {
    await run(store, directory);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

chunkStoreContract("SQLite", async () => {
  const directory = newDirectory();
  return {
    left: createSqliteChunkStore({ directory }),
    right: createSqliteChunkStore({ directory }),
    close: async () => rmSync(directory, { recursive: true }),
  };
});

test("the full file of a business refuses appends until a stream is deleted", async () => {
  await withStore({ bytesMaxPerBusiness: 400_000 }, async (store) => {
    const key = { businessId: "full", path: "a" };
    const other = { businessId: "full", path: "b" };
    await store.create(key, {});
    await store.create(other, {}, { chunks: [new Uint8Array(100_000)] });
    const chunk = new Uint8Array(50_000).fill(7);
    let stored = 0;
    const fill = async (): Promise<string> => {
      for (;;) {
        try {
          await store.append(key, { chunks: [chunk], producer: { id: "w", epoch: 0, seq: stored } });
          stored++;
        } catch (err) {
          return (err as { code: string }).code;
        }
      }
    };
    expect(await fill()).toBe("STORAGE_FULL");
    const read = await store.read(key, 0, 1 << 20);
    expect(read?.next).toBe(stored * chunk.byteLength);
    expect(Buffer.concat(read?.chunks ?? []).every((byte) => byte === 7)).toBe(true);
    await store.delete(other);
    const before = stored;
    await fill();
    expect(stored).toBeGreaterThan(before);
  });
});

test("if the writer is killed after an append has returned, the appended data is not lost", async () => {
  await withStore({}, async (store, directory) => {
    const writer = Bun.spawn({
      cmd: [process.execPath, "-e", killedWriter],
      cwd: import.meta.dir,
      env: { ...process.env, CHUNKS: directory },
      stdout: "pipe",
    });
    const { value } = await writer.stdout.getReader().read();
    writer.kill("SIGKILL");
    await writer.exited;
    const acknowledged = Number(new TextDecoder().decode(value).trim().split("\n").at(-1));
    expect(acknowledged).toBeGreaterThan(0);
    const state = await store.head({ businessId: "killed", path: "a" });
    expect(state?.tail).toBeGreaterThanOrEqual(acknowledged);
  });
});

const killedWriter = `
  const { createSqliteChunkStore } = await import("./store.ts");
  const store = createSqliteChunkStore({ directory: process.env.CHUNKS });
  const key = { businessId: "killed", path: "a" };
  await store.create(key, {});
  for (;;) {
    const { state } = await store.append(key, { chunks: [new Uint8Array(1000)] });
    process.stdout.write(state.tail + "\\n");
    await new Promise((resolve) => setImmediate(resolve));
  }`;

test("two processes can create the file of the same new business at the same time", async () => {
  await withStore({}, async (_store, directory) => {
    const script = `
      const { createSqliteChunkStore } = await import("./store.ts");
      const store = createSqliteChunkStore({ directory: process.env.CHUNKS });
      for (let i = 0; i < 20; i++) await store.create({ businessId: "b" + i, path: "p" }, {});
      await store.close();`;
    const open = () =>
      Bun.spawn({
        cmd: [process.execPath, "-e", script],
        cwd: import.meta.dir,
        env: { ...process.env, CHUNKS: directory },
      }).exited;
    expect(await Promise.all([open(), open()])).toEqual([0, 0]);
  });
});

test("each business id gets a different file name, which contains no path", () => {
  const ids = [
    "demo",
    "Demo",
    "DEMO",
    "../demo",
    "a/b",
    "a\\b",
    "",
    ".",
    "con:1",
    "ü",
    "x".repeat(500),
    "demo.db",
  ];
  const names = ids.map((id) => fileNameOf(id).toLowerCase());
  expect(new Set(names).size).toBe(ids.length);
  for (const name of names) expect(name).toMatch(/^~?[a-z0-9-]+\.db$/);
});

test("paths with quotes, newlines or 1,024 characters are treated as plain strings", async () => {
  await withStore({}, async (store) => {
    for (const path of [
      "'; drop table streams; --",
      "a\nb",
      "../../etc/passwd",
      "\u0000x",
      "ü/%2e",
      "x".repeat(1024),
    ]) {
      const key = { businessId: "odd", path };
      await store.create(key, {}, { chunks: [new TextEncoder().encode(path)] });
      const read = await store.read(key, 0, 10_000);
      expect(new TextDecoder().decode(read?.chunks[0])).toBe(path);
    }
  });
});

test("the files of idle businesses are closed", async () => {
  await withStore({ openFilesMax: 3, idleCloseMs: 20 }, async (store, directory) => {
    const openFiles = () =>
      readdirSync("/proc/self/fd").filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory) && fd !== "";
        } catch {
          return false;
        }
      }).length;
    const keys = Array.from({ length: 12 }, (_, i) => ({ businessId: `b${i}`, path: "a" }));
    for (const key of keys) {
      await store.create(key, {}, { chunks: [new Uint8Array(3)] });
    }
    // At most three databases stay open (`openFilesMax`). For each database, SQLite opens up to three files: the
    // database, its WAL and its shared memory.
    expect(openFiles()).toBeLessThanOrEqual(9);
    const deadline = performance.now() + 3_000;
    while (openFiles() > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(openFiles()).toBe(0);
    expect((await store.head(keys[0]!))?.tail).toBe(3);
  });
});

test("a deleted stream keeps only the bytes that its forks share", async () => {
  await withStore({}, async (store, directory) => {
    const key = (path: string) => ({ businessId: "acme", path });
    const chunk = new Uint8Array(1000);
    await store.create(key("source"), {}, { chunks: Array(10).fill(chunk) });
    for (const [path, position] of [
      ["short", 2000],
      ["long", 4500],
    ] as const) {
      await store.create(key(path), { fork: { path: "source", position, head: new Uint8Array(10) } });
    }
    await store.append(key("long"), { chunks: [chunk] });
    const stored = () => {
      const db = new Database(join(directory, fileNameOf("acme")), { readonly: true });
      const row = db
        .query<{ chunks: number; streams: number }, []>(
          "select (select count(*) from chunks) as chunks, (select count(*) from streams) as streams",
        )
        .get();
      db.close();
      return row;
    };
    expect(stored()).toEqual({ chunks: 11, streams: 3 });
    await store.delete(key("source"));
    expect(stored()).toEqual({ chunks: 6, streams: 3 });
    expect((await store.read(key("long"), 0, 10_000))?.next).toBe(5500);
    await store.delete(key("long"));
    expect(stored()).toEqual({ chunks: 2, streams: 2 });
    await store.delete(key("short"));
    expect(stored()).toEqual({ chunks: 0, streams: 0 });
  });
});

test("a file with the oldest schema is migrated without losing data", async () => {
  await withStore({}, async (store, directory) => {
    const db = new Database(join(directory, fileNameOf("acme")), { create: true });
    for (const sql of firstSchema) db.run(sql);
    db.run("pragma user_version = 1");
    db.run(`insert into streams (path, id, contentType, tail, closed, createdClosed, createdAtMs, touchedAtMs,
      forkPosition, forks, deleted, changed) values ('old', 'a1', 'text/plain', 3, 0, 0, 1, 1, 0, 0, 0, 1)`);
    db.run("insert into chunks (streamRow, position, bytes) values (1, 0, ?)", [Buffer.from("abc")]);
    db.close();
    const fork = { businessId: "acme", path: "fork" };
    await store.create(fork, { fork: { path: "old", head: Buffer.from("X") } });
    const read = await store.read(fork, 0, 10);
    expect(Buffer.concat(read?.chunks ?? []).toString()).toBe("Xbc");
  });
});

test("the space of deleted streams is returned to the disk", async () => {
  await withStore({ idleCloseMs: 20 }, async (store, directory) => {
    const [gone, kept] = ["gone", "kept"].map((path) => ({ businessId: "acme", path }));
    const megabyte = new Uint8Array(1 << 20).fill(7);
    for (const key of [gone!, kept!]) {
      await store.create(key, {});
      for (let times = 0; times < 4; times++) await store.append(key, { chunks: [megabyte] });
    }
    const bytesOnDisk = () => statSync(join(directory, fileNameOf("acme"))).size;
    expect(bytesOnDisk()).toBeGreaterThan(7 << 20);
    await store.delete(gone!);
    await until("the file is shorter", () => bytesOnDisk() < 5 << 20);
    const read = await store.read(kept!, 0, 1 << 30);
    expect(read?.next).toBe(4 << 20);
  });
});
