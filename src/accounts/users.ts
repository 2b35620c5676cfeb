// Creates the users whom a business manages itself. Rondo creates such a user when the business's
// server requests the first token for the user. Also reads the account of a user of any kind.
import type { Kysely } from "kysely";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { notFound } from "../errors.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import type { BusinessCaller, UserCaller } from "./caller.ts";
import { accountDeleting } from "./deletion/deletion-errors.ts";
import { mintToken, type UserToken } from "./tokens.ts";

export interface UsersDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
}

/**
 * Returns a token for a user of any kind. If the user does not exist, creates the user. Errors: NOT_FOUND if the
 * business is not active; ACCOUNT_DELETING if the account is being deleted.
 */
export async function createUserToken(
  deps: UsersDeps,
  caller: BusinessCaller,
  input: { readonly userId: string; readonly expiresInSeconds: number },
): Promise<UserToken> {
  const business = await deps.registry.findById(caller.businessId);
  if (!business) throw notFound("business");
  const { userId, expiresInSeconds } = input;
  const userKind = await deps.databases.use(business.id, ({ kysely }) => ensureUser(kysely, userId));
  return mintToken(business, userId, expiresInSeconds, { keyId: caller.keyId, userKind });
}

/**
 * If the user does not exist yet, creates a user of the kind "external". Returns the user's kind.
 * Throws ACCOUNT_DELETING if the account is being deleted.
 */
export async function ensureUser(
  kysely: Kysely<BusinessTables>,
  userId: string,
): Promise<BusinessTables["users"]["kind"]> {
  await kysely
    .insertInto("users")
    .values({ id: userId, kind: "external", createdAt: new Date().toISOString() })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  const user = await kysely
    .selectFrom("users")
    .select(["kind", "deleteAfter"])
    .where("id", "=", userId)
    .executeTakeFirstOrThrow();
  if (user.deleteAfter !== null) throw accountDeleting(user.deleteAfter);
  return user.kind;
}

export interface Account {
  readonly userId: string;
  readonly kind: BusinessTables["users"]["kind"];
  readonly business: string;
  /** The e-mail of a member; null for other users. */
  readonly email: string | null;
  /** Whether the member has opened a link that was mailed to the e-mail address. */
  readonly isEmailVerified: boolean;
  /** The new address, which replaces `email` as soon as the member has verified it; null if there is none. */
  readonly newEmail: string | null;
  /** The number of days for which the account can be restored after its deletion; 0 for users who are not members. */
  readonly graceDays: number;
  readonly createdAt: string;
}

/** Throws NOT_FOUND if the user doesn't exist or the business is not active. */
export async function readAccount(
  deps: UsersDeps & { readonly accountGraceDays: number },
  caller: UserCaller,
): Promise<Account> {
  const business = await deps.registry.findById(caller.businessId);
  if (!business) throw notFound("user");
  const user = await deps.databases.use(business.id, (database) =>
    database.kysely
      .selectFrom("users as u")
      .leftJoin("logins as l", "l.userId", "u.id")
      .select(["u.id", "u.kind", "u.createdAt", "l.email", "l.emailVerifiedAt", "l.newEmail"])
      .where("u.id", "=", caller.userId)
      .executeTakeFirst(),
  );
  if (!user) throw notFound("user");
  const { id: userId, kind, email, newEmail, emailVerifiedAt, createdAt } = user;
  const isEmailVerified = emailVerifiedAt !== null;
  const graceDays = email === null ? 0 : deps.accountGraceDays;
  return { userId, kind, business: business.slug, email, isEmailVerified, newEmail, graceDays, createdAt };
}
