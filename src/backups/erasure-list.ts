// Reads the list of erased users and businesses from the control database, parses an exported list, and adds its
// entries to a control database. A restore replaces the databases with older ones, which can contain erased data again.
// With this list, the erasures can be repeated.
import { z } from "zod";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import { AppError } from "../errors.ts";
import type { Database } from "../ports/database/database.ts";

type Control = Pick<Database<ControlTables>, "kysely">;

const listSchema = z.object({
  format: z.literal("rondo-erasures"),
  users: z.array(z.object({ originId: z.string(), userHash: z.string(), erasedAt: z.string() })),
  businesses: z.array(
    z.object({
      ...{ businessId: z.string(), originId: z.string(), counts: z.string(), requestedAt: z.string() },
      ...{ completedAt: z.string().nullable(), receipt: z.string().nullable() },
    }),
  ),
});
export type ErasureList = z.output<typeof listSchema>;

export async function readErasures({ kysely }: Control): Promise<ErasureList> {
  const users = await kysely.selectFrom("erasedUsers").selectAll().orderBy("erasedAt").execute();
  const businesses = await kysely.selectFrom("erasures").selectAll().orderBy("requestedAt").execute();
  return { format: "rondo-erasures", users, businesses };
}

/** Parses a list that `rondo erasures export` wrote. Throws INVALID_BODY if the text is not such a list. */
export function parseErasures(text: string): ErasureList {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    raw = undefined;
  }
  const list = listSchema.safeParse(raw);
  if (list.success) return list.data;
  throw new AppError("INVALID_BODY", "The file is not a list of erasures.", {
    hint: "Use a file that `rondo erasures export` wrote.",
  });
}

/**
 * Adds the entries to the control database. An entry that is already in the database does not change. Each entry is
 * added on its own, without a transaction for all entries. So after an error, a part of the entries can be in the
 * database. The call can then be repeated.
 */
export async function mergeErasures({ kysely }: Control, { users, businesses }: ErasureList): Promise<void> {
  for (const user of users)
    await kysely
      .insertInto("erasedUsers")
      .values(user)
      .onConflict((conflict) => conflict.columns(["originId", "userHash"]).doNothing())
      .execute();
  for (const business of businesses)
    await kysely
      .insertInto("erasures")
      .values(business)
      .onConflict((conflict) => conflict.column("businessId").doNothing())
      .execute();
}
