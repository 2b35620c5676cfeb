// Migrates the former database of a business that was migrated after its switch, before the business returns to it.
import type { BusinessCredentials } from "../ports/business-provisioner/business-provisioner.ts";
import type { CopyEnds } from "./copy-table.ts";
import type { MoveDeps } from "./move-business.ts";
import type { HeldMove } from "./move-record.ts";

export interface MigrateFormer {
  readonly move: HeldMove;
  readonly former: BusinessCredentials;
  /** From the present database to the former one. */
  readonly ends: CopyEnds;
}

/**
 * Returns whether the migrations differed. If they did, all tables have to be copied again, because the log has no changes of tables that
 * the migrations created or made anew; the record says so before anything is changed, in case this process is killed.
 */
export async function migrateFormer(
  { provisionerOf }: Pick<MoveDeps, "provisionerOf">,
  { move, former, ends }: MigrateFormer,
): Promise<boolean> {
  const [present, earlier] = [await ends.from.reader.describe(), await ends.to.reader.describe()];
  if (present.migrations.join() === earlier.migrations.join()) return false;
  await move.update({ copied: [] });
  // Migrations that change rows would be refused.
  await ends.to.log.resume();
  await (await provisionerOf(former.engine).openAsOwner(former)).close();
  return true;
}
