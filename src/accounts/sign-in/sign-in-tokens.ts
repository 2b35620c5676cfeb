// Signs in users whom the business manages itself, so that they can use the page. The business's server creates a
// token for a user, and the page exchanges the token for a session.
import type { Kysely } from "kysely";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError, notFound } from "../../errors.ts";
import { createAccountLink, linkEnded, slugOfAccountLink, takeAccountLink } from "../account-links.ts";
import type { BusinessCaller, Caller } from "../caller.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { openUserSession } from "./sign-in.ts";
import type { SignedIn } from "./sign-up.ts";
import { ensureUser, type UsersDeps } from "../users.ts";
import type { UserToken } from "../tokens.ts";

/**
 * Returns a token with which one session of this user can be opened within two minutes. If the user doesn't exist, the
 * user is created. Throws CONFLICT for a guest or a member, because these users have accounts of Rondo.
 * Other errors: NOT_FOUND (the business), ACCOUNT_DELETING (the user is being deleted).
 */
export async function createSignInToken(
  deps: UsersDeps,
  caller: BusinessCaller,
  userId: string,
): Promise<UserToken> {
  const business = await deps.registry.findById(caller.businessId);
  if (!business) throw notFound("business");
  return deps.databases.use(business.id, async ({ kysely }) => {
    if ((await ensureUser(kysely, userId)) !== "external") throw notExternal();
    const link = await createAccountLink(kysely, business.slug, { userId, purpose: "sign-in", email: "" });
    return { userId, ...link };
  });
}

interface SignInTokenDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly sessions: Sessions;
}

/**
 * Exchanges a sign-in token for a session. If the caller is a guest of the same business, the guest's music is moved to
 * the user. Throws GONE if the token was already used, has expired or never existed, or if the user is
 * being erased. Throws ACCOUNT_DELETING if the user was deleted and can still be restored.
 */
export async function signInWithToken(
  deps: SignInTokenDeps,
  caller: Caller | undefined,
  { token, device }: { readonly token: string; readonly device: string | null },
): Promise<SignedIn> {
  const business = await deps.registry.findBySlug(slugOfAccountLink(token));
  if (!business) throw linkEnded("sign-in");
  // One transaction opens the session and marks the token as used. So if the session can't be opened, the token stays
  // valid.
  const findUserId = async (trx: Kysely<BusinessTables>) =>
    (await takeAccountLink(trx, token, "sign-in")).userId;
  return openUserSession(deps, caller, { business, device, findUserId });
}

const notExternal = () =>
  new AppError("CONFLICT", "This user has an account of Rondo, so a business can't sign the user in.", {
    hint: "Use the id that the user has in your own sign-in.",
  });
