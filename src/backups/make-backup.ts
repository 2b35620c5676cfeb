// Makes a backup of the embedded profile while it is in use. The backup contains the databases, the
// streams, the objects and the job queue. The copy of each database is consistent, but the copies are
// made one after another.
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { credentialsContext } from "../businesses/databases/open-databases.ts";
import type { Sealing } from "../businesses/secrets/sealing.ts";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import { AppError } from "../errors.ts";
import { listBusinessIds } from "../moves/stores/business-ids.ts";
import type { Database } from "../ports/database/database.ts";
import { isDiskFull } from "../ports/disk-full.ts";
import { snapshotSqlite } from "../ports/drivers/sqlite-snapshot.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import {
  type BackedUpKey,
  type BackupManifest,
  businessesFolder,
  chunksFolder,
  controlName,
  formatVersion,
  jobsName,
  manifestName,
  type ObjectEntry,
  objectListName,
  objectsFolder,
} from "./backup-format.ts";
import type { EmbeddedFiles } from "./embedded-files.ts";

export interface BackupDeps {
  readonly control: Pick<Database<ControlTables>, "kysely">;
  readonly sealing: Pick<Sealing, "open">;
  readonly objects: Pick<ObjectStore, "list" | "read"> | undefined;
  readonly files: EmbeddedFiles;
  /** Called after each file with the number of files and bytes so far. */
  readonly onFile: (files: number, bytes: number) => void;
  /** Called if the backup is complete, but can't be added to the audit log. */
  readonly onNotAudited: (err: unknown) => void;
}

/**
 * Writes the backup to `<folder>.partial`, and renames this folder to `folder` when the backup is complete. After an
 * error, `<folder>.partial` stays until the next call, which deletes it first. So two concurrent calls must not have
 * the same `folder`. Rows are copied before sound. Therefore the sound of each copied row is in the backup, too, unless
 * this sound was deleted for good during the backup. Errors:
 * - CONFLICT: the folder exists, or a business is not on SQLite.
 * - STORE_DAMAGED: a database is damaged.
 * - STORAGE_FULL: the disk of the backup is full.
 * - CONTENT_DAMAGED: an object is damaged. The error names the object.
 */
export async function makeBackup(
  deps: BackupDeps,
  { folder, masterKey }: { readonly folder: string; readonly masterKey: BackedUpKey },
): Promise<BackupManifest> {
  if (existsSync(folder))
    throw new AppError("CONFLICT", `${folder} exists already.`, {
      hint: "Name a folder that does not exist.",
    });
  await refuseOtherEngines(deps.control);
  const manifest = await writeBackup(deps, { folder, masterKey }).catch((err: unknown) => {
    if (!isDiskFull(err)) throw err;
    throw new AppError("STORAGE_FULL", "The disk of the backup is full.", {
      hint: "Free some space, or name a folder on another disk; the data of Rondo is not affected.",
      cause: err,
    });
  });
  await noteBackup(deps.control, { folder, at: manifest.createdAt }).catch(deps.onNotAudited);
  return manifest;
}

async function writeBackup(
  deps: BackupDeps,
  { folder, masterKey }: { readonly folder: string; readonly masterKey: BackedUpKey },
): Promise<BackupManifest> {
  const { files: from, onFile } = deps;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  for (const name of [businessesFolder, chunksFolder, objectsFolder])
    await mkdir(join(partial, name), { recursive: true, mode: 0o700 });
  const files: Record<string, { bytes: number; sha256: string }> = {};
  let bytes = 0;
  const note = async (name: string): Promise<void> => {
    files[name] = await factsOf(join(partial, name));
    bytes += files[name].bytes;
    onFile(Object.keys(files).length, bytes);
  };
  const snapshot = async (file: string, name: string): Promise<void> => {
    if (!existsSync(file)) return;
    snapshotSqlite(file, join(partial, name));
    await note(name);
  };

  await snapshot(from.control, controlName);
  const databases = await databasesOf(deps);
  for (const file of databases) await snapshot(file, join(businessesFolder, basename(file)));
  const chunkFiles = existsSync(from.chunks) ? await readdir(from.chunks) : [];
  for (const name of chunkFiles.filter((one) => one.endsWith(".db")))
    await snapshot(join(from.chunks, name), join(chunksFolder, name));
  const entries = await addObjects(deps, partial, note);
  await writeFile(
    join(partial, objectListName),
    entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""),
  );
  await note(objectListName);
  await snapshot(from.jobs, jobsName);
  const manifest: BackupManifest = {
    ...{ format: "rondo-backup", version: formatVersion, createdAt: new Date().toISOString(), masterKey },
    ...{ businesses: databases.length, objects: entries.length, files },
  };
  const file = await open(join(partial, manifestName), "w", 0o600);
  await file.writeFile(`${JSON.stringify(manifest, null, 1)}\n`);
  await file.sync();
  await file.close();
  await rename(partial, folder);
  return manifest;
}

/** Adds the backup to the audit log. The console shows the time of the latest backup. */
async function noteBackup(
  { kysely }: BackupDeps["control"],
  { folder, at }: { readonly folder: string; readonly at: string },
): Promise<void> {
  await kysely
    .insertInto("audit")
    .values({ id: uuidv7(), at, actor: "command line", action: "backup.make", subject: folder })
    .execute();
}

async function refuseOtherEngines({ kysely }: BackupDeps["control"]): Promise<void> {
  const others = await kysely
    .selectFrom("businesses")
    .select("slug")
    .where("engine", "!=", "sqlite")
    .execute();
  if (others.length === 0) return;
  throw new AppError(
    "CONFLICT",
    `These businesses are not on SQLite: ${others.map(({ slug }) => slug).join(", ")}.`,
    {
      hint: "Back up their server with the server's own tools, or export each business with `rondo business export`.",
    },
  );
}

/**
 * Lists the database files of all businesses. The path of each file comes from the credentials of the business, because
 * the files may be in different folders.
 */
async function databasesOf({ control, sealing }: BackupDeps): Promise<readonly string[]> {
  const rows = await control.kysely
    .selectFrom("businesses")
    .select(["id", "credentials"])
    .orderBy("id")
    .execute();
  return rows.map(({ id, credentials }) => {
    const plain = Buffer.from(sealing.open(credentials, credentialsContext(id))).toString();
    return (JSON.parse(plain) as { readonly file: string }).file;
  });
}

async function addObjects(
  { control, objects }: BackupDeps,
  partial: string,
  note: (name: string) => Promise<void>,
): Promise<readonly ObjectEntry[]> {
  const entries: ObjectEntry[] = [];
  for (const businessId of await listBusinessIds(control)) {
    for (let after: string | undefined = ""; objects !== undefined && after !== undefined;) {
      const { items, next }: Awaited<ReturnType<ObjectStore["list"]>> = await objects.list({
        businessId,
        after,
      });
      for (const { path } of items) {
        const read = await objects.read({ businessId, path });
        // The object was deleted after it had been listed.
        if (read === undefined) continue;
        const name = join(objectsFolder, `${String(entries.length).padStart(6, "0")}.bin`);
        await writeAll(join(partial, name), read.checked());
        const { bytes, crc32c, contentType } = read.facts;
        entries.push({ businessId, path, contentType, bytes, crc32c, file: name });
        await note(name);
      }
      after = next;
    }
  }
  return entries;
}

async function writeAll(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    for await (const part of content) await file.appendFile(part);
  } finally {
    await file.close();
  }
}

export async function factsOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return { bytes: (await stat(path)).size, sha256: hash.digest("hex") };
}
