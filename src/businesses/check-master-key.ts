// At every start: the master key at hand is the one that the control database's secrets are sealed with.
import { AppError, isAppError } from "../errors.ts";
import type { Database } from "../ports/database/database.ts";
import type { ControlTables } from "./control-schema.ts";
import type { Sealing } from "./sealing.ts";

const settingName = "masterKeyCheck";
const context = `settings/${settingName}`;

/** Another key: CONFIG_INVALID, before anything is sealed under it or fails to open. */
export async function checkMasterKey(control: Database<ControlTables>, sealing: Sealing): Promise<void> {
  await control.kysely
    .insertInto("settings")
    .values({ name: settingName, value: sealing.seal(Buffer.from("rondo"), context) })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const { value } = await control.kysely
    .selectFrom("settings")
    .select("value")
    .where("name", "=", settingName)
    .executeTakeFirstOrThrow();
  try {
    sealing.open(value, context);
  } catch (err) {
    if (!isAppError(err, "INTERNAL")) throw err;
    throw new AppError("CONFIG_INVALID", "Rondo can't start with these settings.", {
      faults: [
        {
          at: "RONDO_MASTER_KEY",
          message: "It is not the key that this data was made with.",
          hint: "Set the key, or put back the master.key, that belongs to RONDO_CONTROL_URL's database.",
        },
      ],
    });
  }
}

/** Writes nothing. Undefined where no key was ever used; false for none where one was. */
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
