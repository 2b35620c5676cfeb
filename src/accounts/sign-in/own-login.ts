// Reads the login of a signed-in member.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError } from "../../errors.ts";
import type { UserCaller } from "../caller.ts";

/**
 * Throws CONFLICT for a user without a login: a guest, or a user whom the business manages itself.
 */
export async function findOwnLogin(
  { databases }: { readonly databases: Pick<OpenDatabases, "use"> },
  { businessId, userId }: Pick<UserCaller, "businessId" | "userId">,
): Promise<BusinessTables["logins"]> {
  const login = await databases.use(businessId, ({ kysely }) =>
    kysely.selectFrom("logins").selectAll().where("userId", "=", userId).executeTakeFirst(),
  );
  if (login) return login;
  throw new AppError("CONFLICT", "This user has no e-mail and no password.", {
    hint: "Guests can sign up. Other users sign in through the business.",
  });
}
