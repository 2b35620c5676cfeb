// Restores one business from a backup as a new business. First makes an archive of the business,
// because an archive can be restored on any engine.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createReadStream, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type ExportDeps, exportBusiness } from "../archives/export-business.ts";
import { type RestoreDeps, type RestoreReport, restoreBusiness } from "../archives/restore-business.ts";
import { businessOf } from "../businesses/business.ts";
import { credentialsContext } from "../businesses/databases/open-databases.ts";
import { type BusinessDatabase, promisingDatabase } from "../businesses/outbox/promising.ts";
import { createSealing } from "../businesses/secrets/sealing.ts";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import { AppError } from "../errors.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import type { Database } from "../ports/database/database.ts";
import type { TableCopy } from "../ports/database/table-copy.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { businessesFolder, chunksFolder, controlName } from "./backup-format.ts";
import { type Backup, damaged, openBackup } from "./open-backup.ts";

export interface RestoreOneDeps extends RestoreDeps {
  readonly openControlFile: (file: string) => Promise<Database<ControlTables>>;
  readonly openCopyFile: (file: string) => Promise<TableCopy>;
  readonly openChunkFolder: (folder: string) => Promise<ChunkStore>;
  /** The key under which the backup's secrets are sealed. */
  readonly masterKey: Uint8Array;
}

/**
 * Restores the business that had `slug` in the backup in `folder`. The new business gets the slug
 * `as`. Users who were erased after the backup stay erased. The system's temporary folder needs
 * space for the business's database and archive, and for the chunks of all businesses. Errors:
 * those of `openBackup`, `exportBusiness` and `restoreBusiness`; NOT_FOUND if the backup has no
 * business with this slug; INTERNAL if `masterKey` is not the key of the backup.
 */
export async function restoreOne(
  deps: RestoreOneDeps,
  actor: string,
  { folder, slug, as }: { readonly folder: string; readonly slug: string; readonly as: string },
): Promise<RestoreReport> {
  const backup = await openBackup(folder);
  const work = await mkdtemp(join(tmpdir(), "rondo-restore-"));
  try {
    const archive = join(work, "business.tar");
    await exportFrom(deps, backup, slug, work, archive);
    return await restoreBusiness(deps, actor, { path: archive, slug: as });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Exports the business from the backup. Opening a database can change its file, so this function
 * opens copies of the files.
 */
async function exportFrom(
  deps: RestoreOneDeps,
  backup: Backup,
  slug: string,
  work: string,
  archive: string,
): Promise<void> {
  const { folder } = backup;
  await cp(join(folder, controlName), join(work, controlName));
  const control = await deps.openControlFile(join(work, controlName));
  const row = await control.kysely
    .selectFrom("businesses")
    .selectAll()
    .where("slug", "=", slug)
    .executeTakeFirst()
    .finally(() => control.close());
  if (row === undefined)
    throw new AppError("NOT_FOUND", `The backup has no business "${slug}".`, {
      hint: "Use the slug that the business had when the backup was made.",
    });
  const sealing = createSealing(() => ({ current: deps.masterKey }));
  const plain = Buffer.from(sealing.open(row.credentials, credentialsContext(row.id))).toString();
  const name = basename((JSON.parse(plain) as { readonly file: string }).file);
  const nameInBackup = join(businessesFolder, name);
  if (!existsSync(join(folder, nameInBackup))) throw damaged(`${nameInBackup} is missing.`);
  await cp(join(folder, nameInBackup), join(work, name));
  if (existsSync(join(folder, chunksFolder)))
    await cp(join(folder, chunksFolder), join(work, chunksFolder), { recursive: true });
  await using open = new AsyncDisposableStack();
  // Opening the database migrates it, so backups of older releases can be used, too.
  const opened = await deps.provisioner.open({ engine: "sqlite", file: join(work, name) });
  open.defer(() => opened.close());
  const database = promisingDatabase(opened, row.id, { mark: async () => {} });
  const copy = await deps.openCopyFile(join(work, name));
  open.defer(() => copy.close());
  const chunkStore = await deps.openChunkFolder(join(work, chunksFolder));
  open.defer(() => chunkStore.close());
  const databases: ExportDeps["databases"] = {
    use: async <T>(_: string, read: (database: BusinessDatabase) => MaybePromise<T>) => read(database),
  };
  const objects = objectsOf(backup);
  await exportBusiness({ databases, chunkStore, objects }, copy, businessOf(row, sealing), archive);
}

function objectsOf({ folder, objects }: Backup): Pick<ObjectStore, "list" | "read"> {
  const factsOf = ({ bytes, crc32c, contentType }: Backup["objects"][number]) => ({
    ...{ bytes, crc32c, contentType, writtenAtMs: 0 },
  });
  return {
    list: async ({ businessId }) => ({
      items: objects
        .filter((entry) => entry.businessId === businessId)
        .map((entry) => ({ path: entry.path, facts: factsOf(entry) })),
      next: undefined,
    }),
    async read({ businessId, path }) {
      const entry = objects.find((one) => one.businessId === businessId && one.path === path);
      if (entry === undefined) return undefined;
      // The SHA-256 of this file was already compared when the backup was opened.
      const checked = () => createReadStream(join(folder, entry.file)) as AsyncIterable<Uint8Array>;
      return { facts: factsOf(entry), start: 0, end: entry.bytes, body: new Blob([]), checked };
    },
  };
}
