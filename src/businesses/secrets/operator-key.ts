// Loads the operator's key from the configuration. If the configuration contains no key, the first
// call creates a key and stores the hash of this key in the control database. The key itself is not
// stored, so only the call that created the key can return it.
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { storeSettingOnce } from "../tables/stored-setting.ts";
import { hashOf } from "./keys.ts";

const settingName = "operatorKeyHash";

export interface OperatorKey {
  matches(key: string): boolean;
  /** The key in plain text if this call created it; undefined otherwise. */
  readonly made: string | undefined;
}

/**
 * If `configured` is given, only this key matches, and a key that was created earlier doesn't
 * match. If several processes create a key at the same time, one key is stored, and only this key
 * matches.
 */
export async function loadOperatorKey(
  control: Database<ControlTables>,
  configured: string | undefined,
): Promise<OperatorKey> {
  if (configured) return { matches: sameHash(hashOf(configured)), made: undefined };
  const key = `ro_${randomBytes(24).toString("base64url")}`;
  const value = await storeSettingOnce(control, { name: settingName, value: hashOf(key) });
  return { matches: sameHash(value), made: value === hashOf(key) ? key : undefined };
}

const sameHash = (expected: string) => (key: string) =>
  timingSafeEqual(Buffer.from(hashOf(key), "hex"), Buffer.from(expected, "hex"));
