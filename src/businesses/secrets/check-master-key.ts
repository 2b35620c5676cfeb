// Checks the master key at every start. The secrets of the control database must have been sealed under the current or
// the previous master key.
import { AppError, isAppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { storeSettingOnce } from "../tables/stored-setting.ts";
import type { Sealing } from "./sealing.ts";

const settingName = "masterKeyCheck";
export const masterKeyCheckContext = `settings/${settingName}`;
const context = masterKeyCheckContext;

/**
 * At the first start, stores a check value that is sealed under the master key. Throws
 * CONFIG_INVALID if the stored check value was sealed under another master key. Call this function
 * before any secret is sealed or opened.
 */
export async function checkMasterKey(control: Database<ControlTables>, sealing: Sealing): Promise<void> {
  const value = await storeSettingOnce(control, {
    name: settingName,
    value: sealing.seal(Buffer.from("rondo"), context),
  });
  try {
    sealing.open(value, context);
  } catch (err) {
    if (!isAppError(err, "INTERNAL")) throw err;
    throw new AppError("CONFIG_INVALID", "Rondo can't start with these settings.", {
      faults: [
        {
          at: "RONDO_MASTER_KEY",
          message: "The existing data was created with another master key.",
          hint: "Set the master key with which the database in RONDO_CONTROL_URL was created, or restore its file master.key.",
        },
      ],
    });
  }
}

/**
 * Returns true if the master key fits the data. Returns false if it does not, or if the data needs
 * a key but `sealing` is undefined. Returns undefined if no key was ever used. Writes nothing.
 */
export async function masterKeyFits(
  control: Database<ControlTables>,
  sealing: Sealing | undefined,
): Promise<boolean | undefined> {
  const check = await control.kysely
    .selectFrom("settings")
    .select("value")
    .where("name", "=", settingName)
    .executeTakeFirst();
  if (!check) return undefined;
  try {
    sealing?.open(check.value, context);
    return sealing !== undefined;
  } catch (err) {
    if (isAppError(err, "INTERNAL")) return false;
    throw err;
  }
}
