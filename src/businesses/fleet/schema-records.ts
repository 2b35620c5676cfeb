// Manages a table of the control database. For each business, the table says which schema the business's database has,
// and which process is migrating that database.
import { randomUUID } from "node:crypto";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";

/** The schema that the migrations of this process create. */
export interface OwnSchema {
  /** A hash of the names of all migrations. */
  readonly version: string;
  /** The name of the newest migration. */
  readonly newest: string;
}

export interface SchemaRecords {
  readonly own: OwnSchema;
  /** Saves the fact that the business's database has this process's schema. */
  note(businessId: string): Promise<void>;
  /**
   * Takes the right to migrate the business's database. Only one process has this right at a time. Returns undefined
   * while another process has it.
   */
  hold(businessId: string): Promise<HeldSchema | undefined>;
}

interface HeldSchema {
  release(): Promise<void>;
}

/**
 * The right of a killed process expires after this time, in milliseconds. Even if the right expires too early, no two
 * processes migrate a database at once, because the database has its own lock.
 */
const holdMsUsual = 5_000;

interface SchemaRecordsOptions {
  /** The time in milliseconds after which the right to migrate expires. Only tests set a shorter time. */
  readonly holdMs?: number | undefined;
}

export function createSchemaRecords(
  control: Database<ControlTables>,
  own: OwnSchema,
  { holdMs = holdMsUsual }: SchemaRecordsOptions = {},
): SchemaRecords {
  const until = (ms: number) => new Date(Date.now() + ms).toISOString();
  return {
    own,
    async note(businessId) {
      const known = { ...own, migratedAt: until(0) };
      await control.kysely
        .insertInto("businessSchemas")
        .values({ businessId, ...known, holder: null, heldUntil: null })
        .onConflict((row) => row.column("businessId").doUpdateSet(known))
        .execute();
    },
    async hold(businessId) {
      const holder = randomUUID();
      const held = { holder, heldUntil: until(holdMs) };
      const { numInsertedOrUpdatedRows } = await control.kysely
        .insertInto("businessSchemas")
        .values({ businessId, version: null, newest: null, migratedAt: null, ...held })
        .onConflict((row) =>
          row
            .column("businessId")
            .doUpdateSet(held)
            .where((is) =>
              is.or([
                is("businessSchemas.heldUntil", "is", null),
                is("businessSchemas.heldUntil", "<", until(0)),
              ]),
            ),
        )
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows !== 1n) return undefined;
      const mine = (heldUntil: string | null) =>
        control.kysely
          .updateTable("businessSchemas")
          .set(heldUntil === null ? { holder: null, heldUntil } : { heldUntil })
          .where("businessId", "=", businessId)
          .where("holder", "=", holder)
          .execute();
      const renewing = setInterval(() => void mine(until(holdMs)).catch(() => undefined), holdMs / 5);
      renewing.unref();
      return {
        async release() {
          clearInterval(renewing);
          await mine(null);
        },
      };
    },
  };
}
