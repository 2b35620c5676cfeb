import { expect, test } from "bun:test";
import { join } from "node:path";
import { mountFullDisk } from "../testing/disks/full-disk.ts";
import { goldenOf } from "./business-provisioner/sqlite/golden.ts";
import { createSqliteProvisioner } from "./business-provisioner/sqlite/provisioner.ts";
import { createSqliteChunkStore } from "./chunk-store/sqlite/store.ts";
import { copySqliteFile } from "./database/sqlite/copy-file.ts";
import { createFileObjectStore } from "./object-store/file/store.ts";
import { spool } from "./object-store/s3/spool.ts";

test("if no file can be created on the disk, every attempt to store something fails with STORAGE_FULL", async () => {
  await using disk = await mountFullDisk();
  if (disk === undefined) return console.warn("skipped: only root may mount the full disk of this test");
  const { path } = disk;
  const before = Bun.env.TMPDIR;
  Bun.env.TMPDIR = path;
  const content = async function* () {
    yield new Uint8Array(10);
  };
  const provisioner = createSqliteProvisioner({
    directory: join(path, "businesses"),
    openDatabase: () => Promise.reject(new Error("not opened")),
    copyFile: copySqliteFile,
    golden: async () => new Uint8Array(),
  });
  const chunks = createSqliteChunkStore({ directory: join(path, "chunks") });
  const objects = createFileObjectStore({ folder: join(path, "objects"), reserveBytes: 1 });
  const attempts: Readonly<Record<string, () => Promise<unknown>>> = {
    "a temporary file": () => spool(content(), {}),
    "the file content of a new database": () => goldenOf(path),
    "a new database": () => provisioner.provision("acme"),
    "a copy of a database": () => copySqliteFile(join(path, "missing.db"), join(path, "copy.db")),
    "a chunk": () => chunks.create({ businessId: "acme", path: "audio" }, {}),
    "an object": () => objects.write({ businessId: "acme", path: "a" }, content(), { contentType: "a/b" }),
  };
  try {
    const codes: Record<string, unknown> = {};
    for (const [name, attempt] of Object.entries(attempts))
      codes[name] = await attempt().then(
        () => "no error",
        (err: unknown) => (err as { readonly code?: unknown }).code,
      );
    const refused = Object.keys(attempts).map((name) => [name, "STORAGE_FULL"]);
    expect(codes).toEqual(Object.fromEntries(refused));
  } finally {
    if (before === undefined) delete Bun.env.TMPDIR;
    else Bun.env.TMPDIR = before;
    await chunks.close();
  }
});
