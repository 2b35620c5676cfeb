// Lists the changes in the control database and who made them, newest first.
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";

export interface AuditSearch {
  /** The name of an action, such as "business.move" or "backup.make". */
  readonly action?: string | undefined;
  /** The slug of a business. Only entries whose subject is this business are returned. */
  readonly business?: string | undefined;
  /** Only entries older than the entry with this id are returned. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  /** The id of the changed thing, or another string that names it. */
  readonly subject: string;
  /** The slug of the business that is the subject. null if the subject is no business, or if the business is erased. */
  readonly business: string | null;
}

export async function listAudit(
  control: Pick<Database<ControlTables>, "kysely">,
  { action, business, before, limit }: AuditSearch,
): Promise<readonly AuditEntry[]> {
  let found = control.kysely
    .selectFrom("audit as a")
    .leftJoin("businesses as b", "b.id", "a.subject")
    .select(["a.id", "a.at", "a.actor", "a.action", "a.subject", "b.slug as business"])
    .orderBy("a.id", "desc")
    .limit(limit);
  if (action !== undefined) found = found.where("a.action", "=", action);
  if (business !== undefined) found = found.where("b.slug", "=", business);
  if (before !== undefined) found = found.where("a.id", "<", before);
  return found.execute();
}
