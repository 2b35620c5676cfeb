// Checks whether the master key exists, whether the key belongs to the data, and whether users other than the owner
// have access to the file of the key.
import { stat } from "node:fs/promises";
import { masterKeyFits } from "../businesses/secrets/check-master-key.ts";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import { loadMasterKeys } from "../businesses/secrets/master-key-file.ts";
import { createSealing, type MasterKeys } from "../businesses/secrets/sealing.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../ports/database/database.ts";
import { type Found, good, warning, wrong } from "../ports/found.ts";
import { openControl } from "./open-control.ts";

type KeySettings = Pick<Config, "masterKey" | "masterKeyPrevious" | "controlUrl">;

export async function masterKeyFindings(config: KeySettings): Promise<readonly Found[]> {
  const { masterKey } = config;
  const isFile = !(masterKey instanceof Uint8Array);
  const file = isFile ? await stat(masterKey.file).catch(() => undefined) : undefined;
  const isMissing = isFile && file === undefined;
  const key = isMissing ? undefined : await loadMasterKeys(config);
  const fits = await fitsData(config, key);
  if (fits === false) {
    return [
      wrong(
        key
          ? "The existing data was created with another master key."
          : "There is no master key, but the existing data was created with one.",
        "Set the key with which the database of RONDO_CONTROL_URL was created, or restore the file master.key that contains this key.",
      ),
    ];
  }
  if (isMissing) return [good(`${masterKey.file} will be created at the first start.`)];
  const isOpen = file !== undefined && (file.mode & 0o077) !== 0;
  return [
    good(
      fits === undefined
        ? "The key has 32 bytes; no data was found."
        : "The key has 32 bytes and belongs to the existing data.",
    ),
    ...(isOpen && isFile
      ? [
          warning(
            `Other users of this machine can read ${masterKey.file}.`,
            `Run: chmod 600 ${masterKey.file}`,
          ),
        ]
      : []),
  ];
}

/**
 * Returns whether the key belongs to the data. Returns undefined if there is no data, or if the
 * data can't be read. If the data can't be read, the check of RONDO_CONTROL_URL reports the reason.
 */
async function fitsData(
  { controlUrl }: KeySettings,
  key: (() => MasterKeys) | undefined,
): Promise<boolean | undefined> {
  let control: Database<ControlTables> | undefined;
  try {
    control = await openControl(controlUrl);
    return control && (await masterKeyFits(control, key && createSealing(key)));
  } catch {
    return undefined;
  } finally {
    await control?.close();
  }
}
