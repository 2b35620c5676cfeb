// Lists the businesses whose sweep or migration failed.
import { counted } from "../counted.ts";
import { type BusinessFault, listBusinessFaults } from "../businesses/due/business-faults.ts";
import type { Config } from "../config/config.ts";
import { type Found, wrong } from "../ports/found.ts";
import { openControl } from "./open-control.ts";

/**
 * Returns an empty list if the control database does not exist yet or can't be read. The check of RONDO_CONTROL_URL
 * reports why the database can't be read.
 */
export async function businessFaultFindings({
  controlUrl,
}: Pick<Config, "controlUrl">): Promise<readonly Found[]> {
  const control = await openControl(controlUrl).catch(() => undefined);
  try {
    return control ? (await listBusinessFaults(control)).map(foundOf) : [];
  } catch {
    return [];
  } finally {
    await control?.close();
  }
}

const foundOf = ({ slug, businessId, kind, count, since, code, message }: BusinessFault): Found =>
  wrong(
    kind === "schema"
      ? `The tables of the business ${slug} (${businessId}) have failed to migrate since ${since}: ${code}, ${message}`
      : `Sweeps of the business ${slug} (${businessId}) have failed (${kind}) since ${since}, ${counted(count, "time")}: ${code}, ${message}`,
    kind === "schema"
      ? "The business is not served until its tables are migrated. Correct its tables or the failing migration, then run `rondo migrate`. Each request for the business also tries the migration again."
      : "Does its database exist, and is it undamaged? The sweep is repeated automatically; the other businesses are swept meanwhile.",
  );
