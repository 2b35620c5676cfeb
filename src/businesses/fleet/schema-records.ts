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
 * The right to migrate expires after this many milliseconds if it is not renewed, for example because the process was
 * killed. The right can also expire while a slow process still migrates. Even then, no second process migrates the
 * database at the same time, because each migration also locks the database.
 */
const holdMsUsual = 5_000;

interface SchemaRecordsOptions {
  /** Replaces `holdMsUsual`. Only tests set a shorter time. */
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
