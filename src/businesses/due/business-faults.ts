// Records faults that concern a single business, for the metrics and for `rondo doctor`.
import { isAppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import type { BusinessFaultKind, ControlTables } from "../tables/control-schema.ts";

export interface BusinessFault {
  readonly businessId: string;
  readonly slug: string;
  readonly kind: BusinessFaultKind;
  /** The code and the message of the latest occurrence. */
  readonly code: string;
  readonly message: string;
  /** The number of occurrences since the fault was last cleared. */
  readonly count: number;
  /** The time of the first occurrence since the fault was last cleared. */
  readonly since: string;
  readonly lastAt: string;
}

export interface BusinessFaults {
  /** Records an occurrence of the fault. Returns the number of occurrences since the fault was last cleared. */
  note(businessId: string, kind: BusinessFaultKind, err: unknown): Promise<number>;
  clear(businessId: string, kind: BusinessFaultKind): Promise<void>;
}

const messageCharactersMax = 300;

export const createBusinessFaults = (control: Database<ControlTables>): BusinessFaults => ({
  async note(businessId, kind, err) {
    const now = new Date().toISOString();
    const last = { ...faultOf(err), lastAt: now };
    const { count } = await control.kysely
      .insertInto("businessFaults")
      .values({ businessId, kind, ...last, count: 1, since: now })
      .onConflict((row) =>
        row
          .columns(["businessId", "kind"])
          .doUpdateSet((is) => ({ ...last, count: is("businessFaults.count", "+", 1) })),
      )
      .returning("count")
      .executeTakeFirstOrThrow();
    return count;
  },
  async clear(businessId, kind) {
    await control.kysely
      .deleteFrom("businessFaults")
      .where("businessId", "=", businessId)
      .where("kind", "=", kind)
      .execute();
  },
});

/** Returns the faults of the businesses that still exist, the oldest fault first. */
export function listBusinessFaults(control: Database<ControlTables>): Promise<readonly BusinessFault[]> {
  return control.kysely
    .selectFrom("businessFaults as f")
    .innerJoin("businesses as b", "b.id", "f.businessId")
    .selectAll("f")
    .select("b.slug")
    .orderBy("f.since")
    .execute();
}

/**
 * Returns the code and the message of an error, for operators. The message of an AppError includes
 * the message of its cause. Any other error gets the code INTERNAL. A message of more than 300 characters is cut.
 */
export function faultOf(err: unknown): { readonly code: string; readonly message: string } {
  if (!isAppError(err))
    return { code: "INTERNAL", message: shortened(err instanceof Error ? err.message : String(err)) };
  const inside = err.cause instanceof Error ? ` (${err.cause.message})` : "";
  return { code: err.code, message: shortened(`${err.publicMessage}${inside}`) };
}

const shortened = (message: string): string => message.slice(0, messageCharactersMax);
