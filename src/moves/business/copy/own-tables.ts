// Creates a business's own tables, which its app has defined, in the database to which the business moves.
import { createOwnTables, readOwnTables } from "../../../apps/copy-own-tables.ts";
import type { BusinessTables } from "../../../businesses/tables/schema.ts";
import type {
  BusinessCredentials,
  BusinessEngine,
  BusinessProvisioner,
} from "../../../ports/business-provisioner/business-provisioner.ts";

/**
 * Creates the tables without their rows. Tables that already exist are left unchanged, so the call can be repeated.
 * Record the move before this call: while a move is recorded, the definitions of the tables can't be changed, so the
 * created tables stay equal to the present tables. Only a dry run calls this without a recorded move, because it moves
 * no rows.
 */
export async function copyOwnTables(
  provisionerOf: (engine: BusinessEngine) => Pick<BusinessProvisioner<BusinessTables>, "openAsOwner">,
  { from, to }: { readonly from: BusinessCredentials; readonly to: BusinessCredentials },
): Promise<void> {
  const present = await provisionerOf(from.engine).openAsOwner(from);
  const tables = await readOwnTables(present).finally(() => present.close());
  if (tables.length === 0) return;
  const next = await provisionerOf(to.engine).openAsOwner(to);
  await createOwnTables(next, tables).finally(() => next.close());
}
