// Users that a business brings along: made when its servers first mint a token for them.
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { notFound } from "../errors.ts";
import type { BusinessTables } from "../businesses/schema.ts";
import type { BusinessCaller, UserCaller } from "./caller.ts";
import { mintToken, type UserToken } from "./tokens.ts";

export interface UsersDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
}

export async function createUserToken(
  deps: UsersDeps,
  caller: BusinessCaller,
  input: { readonly userId: string; readonly expiresInSeconds: number },
): Promise<UserToken> {
  const business = await deps.registry.findById(caller.businessId);
  if (!business) throw notFound("business");
  await deps.databases.use(business.id, (database) =>
    database.kysely
      .insertInto("users")
      .values({ id: input.userId, kind: "external", createdAt: new Date().toISOString() })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute(),
  );
  return mintToken(business, input.userId, input.expiresInSeconds);
}

export interface Account {
  readonly userId: string;
  readonly kind: BusinessTables["users"]["kind"];
  readonly business: string;
  readonly createdAt: string;
}

export async function readAccount(deps: UsersDeps, caller: UserCaller): Promise<Account> {
  const business = await deps.registry.findById(caller.businessId);
  if (!business) throw notFound("user");
  const user = await deps.databases.use(business.id, (database) =>
    database.kysely.selectFrom("users").selectAll().where("id", "=", caller.userId).executeTakeFirst(),
  );
  if (!user) throw notFound("user");
  return { userId: user.id, kind: user.kind, business: business.slug, createdAt: user.createdAt };
}
