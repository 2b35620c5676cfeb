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
   * Takes the right to migrate the business's database, and renews the right until `release` is called. Returns
   * undefined if another call, in this process or in another, has this right.
   */
  hold(businessId: string): Promise<HeldSchema | undefined>;
}

interface HeldSchema {
  /** Does nothing if the right has expired and another call has taken it. */
  release(): Promise<void>;
}

/**
 * The time in milliseconds after which a right that is not renewed expires, for example because the process was killed.
 * If the right of a running process expires, two processes still don't migrate a database at the same time, because
 * each migration also locks the database itself.
 */
const holdMsUsual = 5_000;

interface SchemaRecordsOptions {
  /** The time in milliseconds after which a right that is not renewed expires. Only tests set a shorter time. */
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
