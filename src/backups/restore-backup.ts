// Restores the whole backup of an installation whose stores are all local files (the embedded profile). The restored
// files are prepared beside the present files, and replace the present files only at the end.
import { existsSync, statSync } from "node:fs";
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { credentialsContext } from "../businesses/databases/open-databases.ts";
import { dueKinds, type DueWork } from "../businesses/due/due-work.ts";
import { checkMasterKey } from "../businesses/secrets/check-master-key.ts";
import { createSealing, type Sealing } from "../businesses/secrets/sealing.ts";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import type { Config } from "../config/config.ts";
import { AppError } from "../errors.ts";
import type { Database } from "../ports/database/database.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { type AppliedErasures, applyErasures, type ApplyErasuresDeps } from "./apply-erasures.ts";
import { businessesFolder, chunksFolder, controlName, jobsName } from "./backup-format.ts";
import { embeddedFilesOf } from "./embedded-files.ts";
import { type ErasureList, mergeErasures, parseErasures, readErasures } from "./erasure-list.ts";
import { type Backup, openBackup } from "./open-backup.ts";
import { openMasterKey } from "./sealed-key.ts";
import { createReadStream } from "node:fs";

/** The opened stores of the restored installation. */
interface RestoredStores extends ApplyErasuresDeps {
  readonly due: Pick<DueWork, "mark">;
  readonly objects: Pick<ObjectStore, "list" | "delete" | "write"> | undefined;
  close(): Promise<void>;
}

export interface RestoreBackupDeps {
  readonly config: Config;
  readonly openStores: (config: Config) => Promise<RestoredStores>;
  readonly openControl: (config: Config) => Promise<Database<ControlTables>>;
}

export interface RestoreBackupInput {
  readonly folder: string;
  /** Whether present data may be replaced. Replaced data is renamed, and not deleted. */
  readonly replace: boolean;
  /** The passphrase that opens the master key in the backup. */
  readonly passphrase: string | undefined;
  /** Erasures to apply in addition to those in the backup and in the present data. */
  readonly erasures: ErasureList | undefined;
}

export interface RestoredBackup {
  readonly createdAt: string;
  readonly businesses: number;
  readonly objects: number;
  /**
   * The numbers of users and businesses in the backup that are not restored, because they were
   * erased after the backup.
   */
  readonly erased: AppliedErasures;
  /**
   * The paths to which this call renamed the former data. Data that an interrupted earlier call renamed is left out.
   */
  readonly replaced: readonly string[];
}

const staging = ".restoring";
/**
 * The name of a file with the erasures that the present control database lists. A restore replaces
 * this database. If the restore is interrupted afterwards, the next restore reads the erasures from
 * the file. A successful restore deletes the file.
 */
const pendingName = "erasures.pending.json";
const logEnds = ["-wal", "-shm"];

/**
 * Restores the backup in `folder`. The caller must hold the locks of Rondo's folders, so that no
 * API process uses the data. If the process is killed during the restore, repeat the same call.
 * Errors, in addition to those of `openBackup` and of the stores:
 * - CONFLICT: a control database exists and `replace` is false, or a worker ran within the last 25 seconds.
 * - INVALID_PARAMETER: the master key must be taken from the backup, and the passphrase is missing or wrong.
 * - CONFIG_INVALID: the master key is missing or is not the key of the backup; a store is on a server or is being
 *   moved; or the backup has objects and no object store is set.
 */
export async function restoreBackup(
  deps: RestoreBackupDeps,
  { folder, replace, passphrase, erasures }: RestoreBackupInput,
): Promise<RestoredBackup> {
  const { config } = deps;
  const files = embeddedFilesOf(config);
  refuseWorker(config);
  const places = [files.businesses, files.chunks, files.objects, files.jobs, files.control].filter(
    (place) => place !== undefined,
  );
  const hasData = existsSync(files.control);
  if (hasData && !replace)
    throw new AppError("CONFLICT", `There is data in ${config.dataDir} already.`, {
      hint: "With --replace, the present data is renamed, and the backup takes its place.",
    });
  const backup = await openBackup(folder);
  if (backup.objects.length > 0 && files.objects === undefined) throw needsObjects();
  await provideMasterKey(config, backup, passphrase);
  const known = await collectErasures(deps, hasData, erasures);
  for (const place of places) await rm(`${place}${staging}`, { recursive: true, force: true });
  const staged = await stage(config, backup);
  const erased = await prepare(deps, staged, backup, known);
  const replaced = await swap(places);
  await rm(join(config.dataDir, pendingName), { force: true });
  const { createdAt, businesses, objects } = backup.manifest;
  return { createdAt, businesses, objects, erased, replaced };
}

const needsObjects = (): AppError =>
  new AppError("CONFIG_INVALID", "The backup has objects, and this Rondo has no object store.", {
    faults: [
      {
        at: "RONDO_OBJECTS_URL",
        message: "No object store is set, so finished audio would be missing.",
        hint: "Remove RONDO_OBJECTS_URL=none: for the restore, or name a folder, such as file:./data/objects.",
      },
    ],
  });

const aliveMs = 25_000;

/**
 * Throws CONFLICT if a worker ran within the last `aliveMs`. Workers take no lock, but update the
 * modification time of a file every ten seconds.
 */
function refuseWorker({ dataDir }: Config): void {
  const alive = join(dataDir, "jobs.alive");
  if (!existsSync(alive) || Date.now() - statSync(alive).mtimeMs > aliveMs) return;
  throw new AppError("CONFLICT", "A worker that uses this data has run within the last half minute.", {
    hint: "Stop the worker, wait for half a minute, and run the command again.",
    retryAfterSeconds: 30,
  });
}

async function provideMasterKey(
  { masterKey }: Config,
  { manifest }: Backup,
  passphrase: string | undefined,
): Promise<void> {
  if (masterKey instanceof Uint8Array || existsSync(masterKey.file)) return;
  if (manifest.masterKey.kind === "left out")
    throw new AppError("CONFIG_INVALID", "Neither this backup nor this Rondo has a master key.", {
      hint: `Rondo needs the key file that it had when the backup was made. Put this file at ${masterKey.file}, or set RONDO_MASTER_KEY to the key in this file. The backup can't be restored without the key.`,
    });
  if (passphrase === undefined)
    throw new AppError("INVALID_PARAMETER", "The master key in this backup is sealed under a passphrase.", {
      hint: "Pass the file with the passphrase: --passphrase-file <file>",
    });
  const key = openMasterKey(manifest.masterKey, passphrase);
  await mkdir(dirname(masterKey.file), { recursive: true });
  await writeFile(masterKey.file, `${Buffer.from(key).toString("base64")}\n`, { mode: 0o600 });
  await chmod(masterKey.file, 0o600);
}

async function collectErasures(
  { config, openControl }: RestoreBackupDeps,
  hasData: boolean,
  given: ErasureList | undefined,
): Promise<readonly ErasureList[]> {
  const pending = join(config.dataDir, pendingName);
  const lists: ErasureList[] = given === undefined ? [] : [given];
  if (existsSync(pending)) lists.push(parseErasures(await readFile(pending, "utf8")));
  if (!hasData) return lists;
  const control = await openControl(config);
  try {
    const list = await readErasures(control);
    lists.push(list);
    // Only the first try stores the list. If a try was interrupted, the next try may read its list
    // from a control database that was already replaced.
    if (!existsSync(pending)) await writeFile(pending, JSON.stringify(list), { mode: 0o600 });
  } finally {
    await control.close();
  }
  return lists;
}

/** Copies the databases and chunks of the backup beside the present data. Returns settings that open the copies. */
async function stage(config: Config, { folder, manifest }: Backup): Promise<Config> {
  const { controlUrl, queueUrl, businessUrl, chunksUrl, objectsUrl } = config;
  const beside = <Url extends { readonly location: string }>(url: Url): Url => ({
    ...url,
    location: `${url.location}${staging}`,
  });
  const staged: Config = {
    ...config,
    ...{ controlUrl: beside(controlUrl), queueUrl: beside(queueUrl), businessUrl: beside(businessUrl) },
    ...{
      chunksUrl: beside(chunksUrl),
      objectsUrl: objectsUrl.scheme === "none" ? objectsUrl : beside(objectsUrl),
    },
  };
  for (const [name, to] of [
    [controlName, staged.controlUrl.location],
    [jobsName, staged.queueUrl.location],
    [businessesFolder, staged.businessUrl.location],
    [chunksFolder, staged.chunksUrl.location],
  ] as const) {
    await mkdir(dirname(to), { recursive: true });
    const isThere = Object.keys(manifest.files).some((file) => file === name || file.startsWith(`${name}/`));
    if (isThere) await cp(join(folder, name), to, { recursive: true });
    else if (name === businessesFolder || name === chunksFolder)
      await mkdir(to, { recursive: true, mode: 0o700 });
  }
  return staged;
}

/**
 * Restores the objects, and repeats the erasures that were made after the backup. The credentials of each business
 * contain the path of its database file. They first get the path of the copy, so that this function can open the copy,
 * and at the end the path to which the copy will be renamed.
 */
async function prepare(
  { openStores, openControl, config }: RestoreBackupDeps,
  staged: Config,
  { folder, objects }: Backup,
  lists: readonly ErasureList[],
): Promise<AppliedErasures> {
  const key = await masterKeyOf(config);
  const sealing = createSealing(() => ({ current: key, previous: config.masterKeyPrevious }));
  const control = await openControl(staged);
  try {
    await checkMasterKey(control, sealing);
    await point(control, sealing, (file) => join(staged.businessUrl.location, basename(file)));
    for (const list of lists) await mergeErasures(control, list);
  } finally {
    await control.close();
  }
  const stores = await openStores(staged);
  try {
    for (const { file, bytes, crc32c, contentType, ...at } of objects)
      await stores.objects?.write(at, createReadStream(join(folder, file)) as AsyncIterable<Uint8Array>, {
        ...{ contentType, expected: { bytes, crc32c } },
      });
    const erased = await applyErasures(stores);
    // Marks every business as one with due work, so that the next sweeps check which work is really due.
    for (const { id } of await stores.registry.list()) await stores.due.mark(id, dueKinds);
    await point(stores.control, sealing, (file) => join(config.businessUrl.location, basename(file)));
    return erased;
  } finally {
    await stores.close();
  }
}

async function masterKeyOf({ masterKey }: Config): Promise<Uint8Array> {
  if (masterKey instanceof Uint8Array) return masterKey;
  return new Uint8Array(Buffer.from((await readFile(masterKey.file, "utf8")).trim(), "base64"));
}

/** Changes the path of the database file in the credentials of each business. */
async function point(
  { kysely }: Pick<Database<ControlTables>, "kysely">,
  sealing: Sealing,
  placeOf: (file: string) => string,
): Promise<void> {
  const rows = await kysely.selectFrom("businesses").select(["id", "credentials"]).execute();
  for (const { id, credentials } of rows) {
    const context = credentialsContext(id);
    const plain = JSON.parse(Buffer.from(sealing.open(credentials, context)).toString()) as { file: string };
    const next = JSON.stringify({ ...plain, file: placeOf(plain.file) });
    await kysely
      .updateTable("businesses")
      .set({ credentials: sealing.seal(Buffer.from(next), context) })
      .where("id", "=", id)
      .execute();
  }
}

/**
 * Renames the present files, and gives their former names to the prepared files. Returns the new
 * paths of the present files. The control database must be the last of `places`: if the process is
 * killed before the control database is renamed, the next restore can still read its erasures.
 */
async function swap(places: readonly string[]): Promise<readonly string[]> {
  const replaced: string[] = [];
  const aside = `.replaced-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  for (const place of places) {
    if (existsSync(place)) {
      await rename(place, `${place}${aside}`);
      replaced.push(`${place}${aside}`);
    }
    for (const end of logEnds) {
      if (existsSync(`${place}${end}`)) await rename(`${place}${end}`, `${place}${aside}${end}`);
      if (existsSync(`${place}${staging}${end}`)) await rename(`${place}${staging}${end}`, `${place}${end}`);
    }
    if (existsSync(`${place}${staging}`)) await rename(`${place}${staging}`, place);
  }
  return replaced;
}
