// Prepares the return of a business to its former database, which it had before it moved to another engine. If the
// present database was migrated after the move, the former database is migrated, too.
import type { BusinessCredentials } from "../../../ports/business-provisioner/business-provisioner.ts";
import type { CopyEnds } from "./copy-table.ts";
import type { MoveDeps } from "../move-business.ts";
import type { HeldMove } from "../move-record.ts";

export interface MigrateFormer {
  readonly move: HeldMove;
  readonly former: BusinessCredentials;
  /** `from` is the present database, and `to` is the former one. */
  readonly ends: CopyEnds;
}

/**
 * Migrates the former database if its migrations differ from those of the present database. Returns whether the
 * migrations differed. After a migration, the caller must copy all tables again, because the change log lacks the
 * changes of tables that migrations created or recreated. Before the migration, the list of copied tables in the record
 * of the move is emptied. So if this process is killed, the next run also copies all tables again.
 */
export async function migrateFormer(
  { provisionerOf }: Pick<MoveDeps, "provisionerOf">,
  { move, former, ends }: MigrateFormer,
): Promise<boolean> {
  const [present, earlier] = [await ends.from.reader.describe(), await ends.to.reader.describe()];
  if (present.migrations.join() === earlier.migrations.join()) return false;
  await move.update({ copied: [] });
  // Since the move, triggers in the former database refuse all writes. The triggers are removed before the migrations,
  // because migrations that change rows would fail.
  await ends.to.log.resume();
  await (await provisionerOf(former.engine).openAsOwner(former)).close();
  return true;
}
