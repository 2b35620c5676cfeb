// Stores settings in the control database, so that all processes share them.
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "./control-schema.ts";

interface SettingRow {
  readonly name: string;
  readonly value: string;
}

/**
 * Stores a setting, unless a setting with this name is already stored. Returns the stored value,
 * which can differ from `setting.value`. Concurrent calls with the same name return the same value.
 */
export async function storeSettingOnce(
  { kysely }: Pick<Database<ControlTables>, "kysely">,
  setting: SettingRow,
): Promise<string> {
  await kysely
    .insertInto("settings")
    .values(setting)
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const { value } = await kysely
    .selectFrom("settings")
    .select("value")
    .where("name", "=", setting.name)
    .executeTakeFirstOrThrow();
  return value;
}
