// Opens and checks the databases and the chunk files of the businesses that the control database lists.
import { counted } from "../counted.ts";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { credentialsContext } from "../businesses/databases/open-databases.ts";
import { masterKeyFits } from "../businesses/secrets/check-master-key.ts";
import { loadMasterKeys } from "../businesses/secrets/master-key-file.ts";
import { createSealing, type Sealing } from "../businesses/secrets/sealing.ts";
import type { Config } from "../config/config.ts";
import { migrationsOf } from "../deps/migrations-of.ts";
import { AppError, isAppError, storeNewer } from "../errors.ts";
import type { BusinessCredentials } from "../ports/business-provisioner/business-provisioner.ts";
import { fileNameOf } from "../ports/chunk-store/sqlite/file-name.ts";
import { chunkSchemaVersion } from "../ports/chunk-store/sqlite/schema.ts";
import { provisioners } from "../ports/business-provisioner/open.ts";
import { migrationNames, refuseNewer } from "../ports/database/migration-files.ts";
import { inspectSqlite } from "../ports/drivers/sqlite-inspect.ts";
import { isOnDisk } from "../ports/store-url.ts";
import { technologyOf } from "../ports/technology.ts";
import { type Found, good, wrong } from "../ports/found.ts";
import { openControl } from "./open-control.ts";

interface BusinessStores {
  readonly slug: string;
  readonly id: string;
  /** Throws if the sealed credentials in the control database are damaged. */
  openCredentials(): BusinessCredentials;
}

const migrations = migrationsOf("business");
const othersWork = "The other businesses continue to work.";
const atOnce = 4;

/**
 * Checks databases in files and on Postgres. Branches of Neon are skipped, because a check would start their compute.
 */
export async function businessDatabaseFindings(config: Config): Promise<readonly Found[]> {
  const names = await migrationNames(migrations);
  return findingsOf("database", await businessesOf(config), async ({ openCredentials }) => {
    const credentials = openCredentials();
    const technology = technologyOf(provisioners, credentials.engine);
    const ran = await technology.migrationsRun(credentials, migrations);
    if (ran === undefined) return "skipped";
    refuseNewer(ran, names);
    return "checked";
  });
}

/** Skips a business without a chunk file. Returns no finding if the chunks are not in files. */
export async function chunkFileFindings(config: Config): Promise<readonly Found[]> {
  const { location } = config.chunksUrl;
  if (!isOnDisk(config.chunksUrl)) return [];
  const there = new Set(await readdir(location).catch(() => []));
  const businesses = (await businessesOf(config)).filter(({ id }) => there.has(fileNameOf(id)));
  return findingsOf("chunk file", businesses, ({ id }) => {
    const file = join(location, fileNameOf(id));
    const { refusal, userVersion } = inspectSqlite(file);
    if (refusal !== undefined) throw new Error(`${file} is damaged: ${refusal}`);
    if (userVersion > chunkSchemaVersion) throw storeNewer(file, userVersion);
    return "checked";
  });
}

/**
 * Returns one finding for each store that can't be used. If at least one store is healthy, also returns one finding for
 * all healthy stores together. A skipped store is in no finding.
 */
async function findingsOf(
  noun: string,
  businesses: readonly BusinessStores[],
  check: (business: BusinessStores) => "checked" | "skipped" | Promise<"checked" | "skipped">,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  let well = 0;
  const left = [...businesses];
  const checkNext = async (): Promise<void> => {
    for (let business = left.shift(); business !== undefined; business = left.shift()) {
      try {
        if ((await check(business)) === "checked") well += 1;
      } catch (err) {
        found.push(notWell(noun, business, err));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, checkNext));
  return well === 0
    ? found
    : [...found, good(`The ${noun}s of ${counted(well, "business", "businesses")} were opened and checked.`)];
}

function notWell(noun: string, { slug, id }: BusinessStores, err: unknown): Found {
  const whose = `The ${noun} of the business ${slug} (${id}) can't be used`;
  const hint = `Restore it from a backup. ${othersWork}`;
  if (isAppError(err)) return wrong(`${whose}: ${saidBy(err)}`, err.hint ?? hint);
  return wrong(`${whose}: ${err instanceof Error ? err.message : String(err)}.`, hint);
}

const saidBy = ({ publicMessage, cause }: AppError): string =>
  cause instanceof Error ? `${publicMessage} (${cause.message})` : publicMessage;

function openCredentials(sealing: Sealing, id: string, sealed: string): BusinessCredentials {
  try {
    const opened = sealing.open(sealed, credentialsContext(id));
    return JSON.parse(Buffer.from(opened).toString()) as BusinessCredentials;
  } catch (cause) {
    throw new AppError("INTERNAL", "Its credentials in the control database are damaged.", {
      hint: `Restore the control database from a backup. ${othersWork}`,
      cause,
    });
  }
}

/**
 * Lists the businesses, including a business whose credentials are damaged. If the control database or the master key
 * can't be read, or if the master key is missing or wrong, returns an empty list: other findings of the doctor report
 * this fault.
 */
async function businessesOf(config: Config): Promise<readonly BusinessStores[]> {
  const control = await openControl(config.controlUrl).catch(() => undefined);
  if (control === undefined) return [];
  try {
    const rows = await control.kysely
      .selectFrom("businesses")
      .select(["id", "slug", "credentials"])
      .orderBy("createdAt")
      .execute();
    const { masterKey } = config;
    // If the key file is missing, `loadMasterKeys` is not called, because it would create the file.
    if (rows.length === 0 || (!(masterKey instanceof Uint8Array) && !existsSync(masterKey.file))) return [];
    const sealing = createSealing(await loadMasterKeys(config));
    if ((await masterKeyFits(control, sealing)) === false) return [];
    return rows.map(({ id, slug, credentials }) => ({
      id,
      slug,
      openCredentials: () => openCredentials(sealing, id, credentials),
    }));
  } catch {
    return [];
  } finally {
    await control.close();
  }
}
