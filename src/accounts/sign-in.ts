// From an e-mail and a password to a new session. A guest who signs in brings along what they made.
import type { Transaction } from "kysely";
import { hashOf } from "../businesses/keys.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { BusinessTables } from "../businesses/schema.ts";
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
  /** The caller's address. Wrong passwords are counted per e-mail and address, so that no stranger locks a member out. */
  readonly address?: string;
}

/**
 * An e-mail that nobody has and a password that is wrong: the same UNAUTHENTICATED, after the same time.
 * Errors besides: NOT_FOUND (the business), TOO_MANY_REQUESTS.
 */
export async function signIn(
  deps: SignInDeps,
  caller: Caller | undefined,
  { business: slug, email, password, address = "unknown" }: SignInInput,
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
  // Callers with a session of this account are counted apart from others at the address.
  const from = login !== undefined && isOwn(caller, business.id, login.userId) ? "own session" : address;
  const attempts = `sign-in:${hashOf(`${business.id}\n${foldedEmail}\n${from}`)}`;
  // Attempts are counted before the password is checked, so that concurrent ones gain nothing.
  await refuseTooMany(deps, attempts);
  const hash = login?.passwordHash ?? (await nobodysHash(deps.passwords));
  const isRight = await deps.passwords.verify(normalPassword(password), hash);
  if (login === undefined || !isRight) throw wrongLogin();
  await deps.limiter.forget(attempts);

  const { userId } = login;
  const session = newSession(business.slug);
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
    "Too many attempts to sign in with this e-mail from this address.",
    {
      hint: "Wait, then try again.",
      retryAfterSeconds: Math.ceil(retryMs / 1000),
    },
  );
}

const hashes = new WeakMap<PasswordHasher, Promise<string>>();

/** Of a password that nobody has: looking at it takes as long as looking at anybody's. */
function nobodysHash(passwords: PasswordHasher): Promise<string> {
  const known = hashes.get(passwords) ?? passwords.hash(crypto.randomUUID());
  hashes.set(passwords, known);
  return known;
}

/** What belongs to a user, and is theirs still in another account. */
export const ownedTables = [
  "projects",
  "tracks",
  "versions",
  "generations",
  "deletions",
  "receipts",
] as const;

/** Moves everything of the guest to the account, in the transaction of the sign-in; ends the guest's sessions and returns their ids. Other kinds of users are left alone. */
async function adoptGuest(
  trx: Transaction<BusinessTables>,
  guestId: string,
  userId: string,
  now: string,
): Promise<readonly string[]> {
  // Nothing changes in the row: it is held until the end, so that the guest can't sign up meanwhile.
  const { numUpdatedRows } = await trx
    .updateTable("users")
    .set({ kind: "guest" })
    .where("id", "=", guestId)
    .where("kind", "=", "guest")
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return [];
  // A key of the guest's may be one of the account's too; its answer has been given long since.
  await trx.updateTable("generations").set({ idempotencyKey: null }).where("userId", "=", guestId).execute();
  for (const table of ownedTables)
    await trx.updateTable(table).set({ userId }).where("userId", "=", guestId).execute();
  return revokeSessions(trx, guestId, now);
}

const wrongLogin = () =>
  new AppError("UNAUTHENTICATED", "This e-mail and this password don't go together.", {
    hint: "Check both, or sign up.",
    isWrongCredential: true,
  });
