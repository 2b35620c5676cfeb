// Lists the state of the schema of each business's database. Reads only the records in the control
// database, so no database of a business is opened.
import type { BusinessEngine } from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import type { OwnSchema, SchemaRecords } from "./schema-records.ts";

/**
 * - current: the database has the schema of this version of Rondo.
 * - behind: the database has the schema of an earlier version.
 * - ahead: the database has the schema of a later version of Rondo. If this version of Rondo has tried to open
 *   the database, `fault` contains the error STORE_NEWER.
 * - failed: an attempt to open or migrate the database failed for another reason, and no later attempt succeeded. The
 *   database can have any schema.
 * - running: a process is migrating the database. This state replaces all others.
 * - unknown: no schema is recorded. For example, the database was last opened by an old version of Rondo, which did not
 *   record schemas yet.
 */
type SchemaState = "current" | "behind" | "ahead" | "failed" | "running" | "unknown";

export interface BusinessSchema {
  readonly businessId: string;
  readonly slug: string;
  readonly engine: BusinessEngine;
  readonly state: SchemaState;
  /**
   * The name of the newest migration that is recorded for the database. Null if no schema is
   * recorded.
   */
  readonly newest: string | null;
  readonly migratedAt: string | null;
  /** Why an attempt to open or migrate the database failed. Null if no attempt failed, or if a later one succeeded. */
  readonly fault: { readonly code: string; readonly message: string; readonly since: string } | null;
}

interface ListSchemasDeps {
  readonly control: Database<ControlTables>;
  readonly schemas: Pick<SchemaRecords, "own">;
}

/** Lists the oldest businesses first. Businesses that are being erased are left out. */
export async function listSchemas({ control, schemas }: ListSchemasDeps): Promise<readonly BusinessSchema[]> {
  const nowMs = Date.now();
  const rows = await control.kysely
    .selectFrom("businesses as b")
    .leftJoin("businessSchemas as s", "s.businessId", "b.id")
    .leftJoin("businessFaults as f", (on) =>
      on.onRef("f.businessId", "=", "b.id").on("f.kind", "=", "schema"),
    )
    .select([
      "b.id as businessId",
      "b.slug",
      "b.engine",
      "s.version",
      "s.newest",
      "s.migratedAt",
      "s.heldUntil",
    ])
    .select(["f.code", "f.message", "f.since"])
    .where("b.state", "!=", "erasing")
    .orderBy("b.createdAt")
    .orderBy("b.id")
    .execute();
  return rows.map(({ version, heldUntil, code, message, since, ...row }) => ({
    ...row,
    state: stateOf(schemas.own, { ...row, version, code, isHeld: Date.parse(heldUntil ?? "") > nowMs }),
    fault: code === null || message === null || since === null ? null : { code, message, since },
  }));
}

interface Recorded {
  readonly version: string | null;
  readonly newest: string | null;
  readonly code: string | null;
  readonly isHeld: boolean;
}

function stateOf(own: OwnSchema, { version, newest, code, isHeld }: Recorded): SchemaState {
  if (isHeld) return "running";
  if (code === "STORE_NEWER") return "ahead";
  if (code !== null) return "failed";
  if (version === own.version) return "current";
  if (newest === null) return "unknown";
  return newest > own.newest ? "ahead" : "behind";
}
