// Loads the operator's key from the settings. Without a setting, the first start creates the key and shows it once.
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
