// Migrates the database of one business, unless another process is already migrating it.
import type {
  BusinessCredentials,
  BusinessProvisioner,
} from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../../ports/database/database.ts";
import type { Log } from "../../process/log.ts";
import { credentialsContext } from "../databases/open-databases.ts";
import { type BusinessFaults, faultOf } from "../due/business-faults.ts";
import type { Sealing } from "../secrets/sealing.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import type { BusinessTables } from "../tables/schema.ts";
import type { SchemaRecords } from "./schema-records.ts";

export interface MigrateBusinessDeps {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
  readonly provisioner: Pick<BusinessProvisioner<BusinessTables>, "open">;
  readonly schemas: SchemaRecords;
  readonly faults: BusinessFaults;
  readonly log: Pick<Log, "error">;
}

/**
 * `current` means that no migration was needed, or that the business is missing or being erased.
 * `moving` means that the business is being moved to another engine, so its tables must not be
 * changed now.
 */
export type MigrationOutcome =
  | { readonly kind: "migrated" | "current" | "moving" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly cause: unknown };

/**
 * Migrates the database of the business by opening it: `provisioner.open` applies the pending migrations. A database
 * that the control database records as current is not opened, except if `isAgain` is true.
 * The outcome `held` means that another process is migrating the database. A failed migration leaves the database
 * unchanged. The failure is logged, and the metrics and `rondo doctor` report it.
 */
export async function migrateBusiness(
  deps: MigrateBusinessDeps,
  { businessId, slug }: { readonly businessId: string; readonly slug: string },
  { isAgain }: { readonly isAgain: boolean },
): Promise<MigrationOutcome | { readonly kind: "held" }> {
  const held = await deps.schemas.hold(businessId);
  if (held === undefined) return { kind: "held" };
  try {
    const found = await find(deps, businessId);
    if (found === undefined) return { kind: "current" };
    if (found.isMoving) return { kind: "moving" };
    if (found.isCurrent && !isAgain) return { kind: "current" };
    try {
      await (await deps.provisioner.open(found.credentials)).close();
    } catch (err) {
      deps.log.error({ err, businessId, slug }, "the tables of a business could not be migrated");
      await deps.faults.note(businessId, "schema", err);
      return { kind: "failed", ...faultOf(err), cause: err };
    }
    await deps.schemas.note(businessId);
    await deps.faults.clear(businessId, "schema");
    return { kind: found.isCurrent ? "current" : "migrated" };
  } finally {
    await held.release();
  }
}

interface FoundBusiness {
  readonly credentials: BusinessCredentials;
  readonly isMoving: boolean;
  readonly isCurrent: boolean;
}

/**
 * Reads the business from the control database. Returns undefined if the business doesn't exist or is being erased.
 * Call this function only after `hold`. Without the hold, another process can change the row at the same time.
 */
async function find(
  { control, sealing, schemas }: MigrateBusinessDeps,
  businessId: string,
): Promise<FoundBusiness | undefined> {
  const row = await control.kysely
    .selectFrom("businesses as b")
    .leftJoin("businessSchemas as s", "s.businessId", "b.id")
    .leftJoin("businessMoves as m", "m.businessId", "b.id")
    .leftJoin("businessFaults as f", (on) =>
      on.onRef("f.businessId", "=", "b.id").on("f.kind", "=", "schema"),
    )
    .select(["b.credentials", "s.version", "m.step", "f.code"])
    .where("b.id", "=", businessId)
    .where("b.state", "!=", "erasing")
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const plain = sealing.open(row.credentials, credentialsContext(businessId));
  return {
    credentials: JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials,
    isMoving: row.step !== null && row.step !== "switched",
    isCurrent: row.version === schemas.own.version && row.code === null,
  };
}
