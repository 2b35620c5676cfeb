// Lists the erasures of businesses, begun or completed, with their receipts, newest first.
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";

export type Erasure = Pick<
  ControlTables["erasures"],
  "businessId" | "requestedAt" | "completedAt" | "receipt"
>;

export const listErasures = (control: Database<ControlTables>): Promise<readonly Erasure[]> =>
  control.kysely
    .selectFrom("erasures")
    .select(["businessId", "requestedAt", "completedAt", "receipt"])
    .orderBy("requestedAt", "desc")
    .execute();
