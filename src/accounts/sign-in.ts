// Signs in with an e-mail and a password, and returns a new session. The music of a guest who signs
// in moves to the account.
import type { Transaction } from "kysely";
import { moveOwnRows } from "../apps/move-own-rows.ts";
import { hashOf } from "../businesses/secrets/keys.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { moveCounts } from "../usage/usage-counts.ts";
import { AppError, notFound } from "../errors.ts";
import type { RateLimit, RateLimiter } from "../ports/rate-limiter/rate-limiter.ts";
import type { Caller } from "./caller.ts";
import { foldEmail, normalPassword, type PasswordHasher } from "./passwords.ts";
import { newSession, revokeSessions, type Sessions } from "./sessions.ts";
import type { SignedIn } from "./sign-up.ts";
import { mintToken, sessionTokenSeconds } from "./tokens.ts";

export interface SignInDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly sessions: Sessions;
  readonly passwords: PasswordHasher;
  readonly limiter: RateLimiter;
  /** The limit of wrong passwords for one e-mail from one address; undefined: no limit. */
  readonly signInLimit: RateLimit | undefined;
}

export interface SignInInput {
  readonly business: string;
  readonly email: string;
  readonly password: string;
  /**
   * The caller's address. Wrong passwords are counted per e-mail and address, so that a stranger
   * can't lock a member out.
   */
  readonly address?: string;
  /** The browser and system of the person. */
  readonly device?: string | null;
}

/**
 * Throws the same UNAUTHENTICATED after the same time for an unknown e-mail and for a wrong
 * password. Other errors: NOT_FOUND (the business), TOO_MANY_REQUESTS.
 */
export async function signIn(
  deps: SignInDeps,
  caller: Caller | undefined,
  { business: slug, email, password, address = "unknown", device = null }: SignInInput,
): Promise<SignedIn> {
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
  // Callers with a session of this account are counted separately from others at the address.
  const from = login !== undefined && isOwn(caller, business.id, login.userId) ? "own session" : address;
  const attempts = `sign-in:${hashOf(`${business.id}\n${foldedEmail}\n${from}`)}`;
  // Attempts are counted before the password is checked, so that concurrent attempts gain nothing.
  await refuseTooMany(deps, attempts);
  const hash = login?.passwordHash ?? (await nobodysHash(deps.passwords));
  const isRight = await deps.passwords.verify(normalPassword(password), hash);
  if (login === undefined || !isRight) throw wrongLogin();
  await deps.limiter.forget(attempts);

  const { userId } = login;
  const session = newSession(business.slug, device);
  const guestId = caller?.kind === "user" && caller.businessId === business.id ? caller.userId : undefined;
  const now = new Date().toISOString();
  const endedIds = await deps.databases.use(business.id, (database) =>
    database.transaction(async (trx) => {
      const ended = guestId === undefined ? [] : await adoptGuest(trx, guestId, userId, now);
      await trx.insertInto("sessions").values(session.rowOf(userId, now)).execute();
      return ended;
    }),
  );
  deps.sessions.forget(business.id, { ids: endedIds });
  const token = await mintToken(business, userId, sessionTokenSeconds, { sessionId: session.id });
  return { session, token };
}

const isOwn = (caller: Caller | undefined, businessId: string, userId: string): boolean =>
  caller?.kind === "user" && caller.businessId === businessId && caller.userId === userId;

export async function refuseTooMany({ limiter, signInLimit }: SignInDeps, attempts: string): Promise<void> {
  if (signInLimit === undefined) return;
  const { isAllowed, retryMs } = await limiter.take(attempts, signInLimit);
  if (isAllowed) return;
  throw new AppError(
    "TOO_MANY_REQUESTS",
    "There were too many attempts to sign in with this e-mail from this address.",
    {
      hint: "Wait, then try again.",
      retryAfterSeconds: Math.ceil(retryMs / 1000),
    },
  );
}

const hashes = new WeakMap<PasswordHasher, Promise<string>>();

/** The hash of a random password. Its verification takes as long as that of a user's hash. */
function nobodysHash(passwords: PasswordHasher): Promise<string> {
  const known = hashes.get(passwords) ?? passwords.hash(crypto.randomUUID());
  hashes.set(passwords, known);
  return known;
}

/** The tables whose rows belong to a user, and move with the user to another account. */
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
 * Moves all rows of the guest to the account, in the transaction of the sign-in; ends the guest's
 * sessions and returns their ids. Other kinds of users are left unchanged.
 */
async function adoptGuest(
  trx: Transaction<BusinessTables>,
  guestId: string,
  userId: string,
  now: string,
): Promise<readonly string[]> {
  // The update changes nothing, but locks the row until the end, so that the guest can't sign up
  // meanwhile.
  const { numUpdatedRows } = await trx
    .updateTable("users")
    .set({ kind: "guest" })
    .where("id", "=", guestId)
    .where("kind", "=", "guest")
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return [];
  // The account may have used the same key. The keys are removed, because the guest's requests were answered long ago.
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
