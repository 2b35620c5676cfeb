// Finds the derivation key, from which Rondo derives further keys, such as the key of write tokens. The derivation key
// is the first master key, and does not change when the master key is rotated.
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { createSealing, type MasterKeys, type Sealing } from "./sealing.ts";
import { masterKeyCheckContext } from "./check-master-key.ts";

type Control = Pick<Database<ControlTables>, "kysely">;

export const derivationKeySetting = "derivationKey";
export const derivationKeyContext = `settings/${derivationKeySetting}`;

/** Returns the derivation key. Call this function only after the master key has been checked. */
export async function findDerivationKey(
  { kysely }: Control,
  sealing: Sealing,
  { current, previous }: MasterKeys,
): Promise<Uint8Array> {
  const rows = await kysely
    .selectFrom("settings")
    .selectAll()
    .where("name", "in", [derivationKeySetting, "masterKeyCheck"])
    .execute();
  const settingOf = (name: string) => rows.find((row) => row.name === name)?.value;
  const stored = settingOf(derivationKeySetting);
  if (stored !== undefined) return sealing.open(stored, derivationKeyContext);
  // No derivation key is stored before the first rotation of the master key. Until then, the derivation key is the
  // master key in use, which has sealed the check value. If the operator has already configured a new master key, but
  // the rotation has not run, the key in use is `previous`.
  const check = settingOf("masterKeyCheck");
  const isCurrent =
    check === undefined || createSealing(() => ({ current })).isCurrent(check, masterKeyCheckContext);
  return isCurrent ? current : (previous ?? current);
}
