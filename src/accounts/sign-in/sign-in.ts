// Signs a user in with an e-mail and a password, and returns a new session. If the caller is a
// guest of the same business, the guest's music is moved to the account.
import type { Transaction } from "kysely";
import { moveOwnRows } from "../../apps/move-own-rows.ts";
import { hashOf } from "../../businesses/secrets/keys.ts";
import type { Business } from "../../businesses/business.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { moveCounts } from "../../usage/usage-counts.ts";
import { makeOnce } from "../../make-once.ts";
import { AppError, notFound } from "../../errors.ts";
import type { RateLimit, RateLimiter } from "../../ports/rate-limiter/rate-limiter.ts";
import type { Caller } from "../caller.ts";
import { accountDeleting, accountErasing } from "../deletion/deletion-errors.ts";
import { foldEmail, normalPassword, type PasswordHasher } from "../passwords/passwords.ts";
import { newSession, revokeSessions, type Sessions } from "../sessions/sessions.ts";
import type { SignedIn } from "./sign-up.ts";
import { mintToken, sessionTokenSeconds } from "../tokens.ts";

export interface SignInDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly sessions: Sessions;
  readonly passwords: PasswordHasher;
  readonly limiter: RateLimiter;
  /** The limit of attempts for one e-mail from one IP address. Undefined: there is no limit. */
  readonly signInLimit: RateLimit | undefined;
}

export interface SignInInput {
  readonly business: string;
  readonly email: string;
  readonly password: string;
  /**
   * The caller's IP address. Attempts are counted for each pair of e-mail and IP address, so that a
   * stranger at another address can't lock a member out. All callers without an address share one
   * count for each e-mail.
   */
  readonly address?: string;
  /** The browser and operating system of the person. */
  readonly device?: string | null;
}

/**
 * Throws UNAUTHENTICATED for an unknown e-mail and for a wrong password. The error and its response time are the same
 * in both cases. Other errors: NOT_FOUND (the business), TOO_MANY_REQUESTS, UNAVAILABLE (too many passwords are being
 * checked), ACCOUNT_DELETING (the account can be restored), GONE (the grace period is over).
 */
export async function signIn(
  deps: SignInDeps,
  caller: Caller | undefined,
  input: SignInInput,
): Promise<SignedIn> {
  const { business, userId } = await verifyLogin(deps, caller, input);
  return openUserSession(deps, caller, {
    business,
    device: input.device ?? null,
    findUserId: async () => userId,
  });
}

/**
 * Checks the e-mail and the password. After a success, the count of attempts begins at zero again. Throws
 * UNAUTHENTICATED, NOT_FOUND, TOO_MANY_REQUESTS or UNAVAILABLE, like `signIn`.
 */
export async function verifyLogin(
  deps: SignInDeps,
  caller: Caller | undefined,
  { business: slug, email, password, address = "unknown" }: Omit<SignInInput, "device">,
): Promise<{ readonly business: Business; readonly userId: string }> {
  const business = await deps.registry.findBySlug(slug);
  if (!business) throw notFound("business");
  const foldedEmail = foldEmail(email);
  const login = await deps.databases.use(business.id, ({ kysely }) =>
    kysely
      .selectFrom("logins")
      .select(["userId", "passwordHash"])
      .where("foldedEmail", "=", foldedEmail)
      .executeTakeFirst(),
  );
  // The attempts of a caller who is already signed in to this account have their own count. So a stranger at the same
  // IP address can't block this caller.
  const from = login !== undefined && isOwn(caller, business.id, login.userId) ? "own session" : address;
  const attempts = `sign-in:${hashOf(`${business.id}\n${foldedEmail}\n${from}`)}`;
  // Attempts are counted before the password is checked, so that concurrent attempts can't exceed the limit.
  await refuseTooMany(
    deps,
    attempts,
    "There were too many attempts to sign in with this e-mail from this address.",
  );
  const hash = login?.passwordHash ?? (await nobodysHash(deps.passwords));
  const isRight = await deps.passwords.verify(normalPassword(password), hash);
  if (login === undefined || !isRight) throw wrongLogin();
  await deps.limiter.forget(attempts);
  return { business, userId: login.userId };
}

/**
 * Opens a session of a user whose identity was checked. If the caller is a guest of the same
 * business, the guest's music is moved to this user. Errors: ACCOUNT_DELETING, GONE, and the errors
 * of `findUserId`.
 */
export async function openUserSession(
  deps: Pick<SignInDeps, "databases" | "sessions">,
  caller: Caller | undefined,
  { business, device, findUserId }: OpenedBy,
): Promise<SignedIn> {
  const session = newSession(business.slug, device);
  const guestId = caller?.kind === "user" && caller.businessId === business.id ? caller.userId : undefined;
  const now = new Date().toISOString();
  const { userId, endedIds } = await deps.databases.use(business.id, (database) =>
    database.transaction(async (trx) => {
      const userId = await findUserId(trx);
      await requireOpenAccount(trx, userId);
      const endedIds = guestId === undefined ? [] : await adoptGuest(trx, guestId, userId, now);
      await trx.insertInto("sessions").values(session.rowOf(userId, now)).execute();
      return { userId, endedIds };
    }),
  );
  deps.sessions.forget(business.id, { ids: endedIds });
  const token = await mintToken(business, userId, sessionTokenSeconds, { sessionId: session.id });
  return { session, token };
}

async function requireOpenAccount(trx: Transaction<BusinessTables>, userId: string): Promise<void> {
  const user = await trx
    .selectFrom("users")
    .select("deleteAfter")
    .where("id", "=", userId)
    .executeTakeFirst();
  if (!user?.deleteAfter) return;
  throw user.deleteAfter > new Date().toISOString() ? accountDeleting(user.deleteAfter) : accountErasing();
}

interface OpenedBy {
  readonly business: Business;
  readonly device: string | null;
  /** Called in the transaction that opens the session. An error of this function rolls the transaction back. */
  findUserId(trx: Transaction<BusinessTables>): Promise<string>;
}

const isOwn = (caller: Caller | undefined, businessId: string, userId: string): boolean =>
  caller?.kind === "user" && caller.businessId === businessId && caller.userId === userId;

/**
 * Counts an attempt under the key `attempts`. If there were too many attempts, throws TOO_MANY_REQUESTS with the text
 * `refusal`.
 */
export async function refuseTooMany(
  { limiter, signInLimit }: SignInDeps,
  attempts: string,
  refusal: string,
): Promise<void> {
  if (signInLimit === undefined) return;
  const { isAllowed, retryMs } = await limiter.take(attempts, signInLimit);
  if (isAllowed) return;
  throw new AppError("TOO_MANY_REQUESTS", refusal, {
    hint: "Wait, then try again.",
    retryAfterSeconds: Math.ceil(retryMs / 1000),
    details: { limit: "signIn" },
  });
}

const hashes = new WeakMap<PasswordHasher, () => Promise<string>>();

/** Returns the hash of a random password. A check of this hash takes as long as a check of a user's hash. */
function nobodysHash(passwords: PasswordHasher): Promise<string> {
  const known = hashes.get(passwords) ?? makeOnce(() => passwords.hash(crypto.randomUUID()));
  hashes.set(passwords, known);
  return known();
}

/** The tables whose owner column is `userId`. `adoptGuest` moves the rows of a guest to the account. */
export const ownedTables = [
  "shares",
  "projects",
  "tracks",
  "versions",
  "generations",
  "deletions",
  "receipts",
] as const;

/**
 * Moves the guest's rows to the account, in the transaction of the sign-in. Ends the guest's
 * sessions, and returns the ids of these sessions. If `guestId` is the id of a user who is not a
 * guest, does nothing and returns an empty list.
 */
async function adoptGuest(
  trx: Transaction<BusinessTables>,
  guestId: string,
  userId: string,
  now: string,
): Promise<readonly string[]> {
  // The update changes no value. It locks the row until the end of the transaction, so that the guest can't sign up
  // meanwhile.
  const { numUpdatedRows } = await trx
    .updateTable("users")
    .set({ kind: "guest" })
    .where("id", "=", guestId)
    .where("kind", "=", "guest")
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return [];
  // The guest's idempotency keys are removed, because the account possibly used the same keys before.
  // The guest can't repeat a request with these keys, because the guest's sessions end here.
  await trx.updateTable("generations").set({ idempotencyKey: null }).where("userId", "=", guestId).execute();
  for (const table of ownedTables)
    await trx.updateTable(table).set({ userId }).where("userId", "=", guestId).execute();
  await moveOwnRows(trx, { guestId, userId });
  await moveCounts(trx, guestId, userId);
  return revokeSessions(trx, guestId, now);
}

const wrongLogin = () =>
  new AppError("UNAUTHENTICATED", "The e-mail or the password is wrong.", {
    hint: "Check both, or sign up.",
    isWrongCredential: true,
  });
